"""Which of its two forms an answer about events takes, and that a silent stream stays open."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from desk import Desk, Store
from starlette.types import Message

from apostil.adapters import ContentFiles, SqlJobs, SqlReader, SqlRoster, open_database, upgrade
from apostil.engine import LOCAL_OWNER
from apostil.web.api import events
from apostil.web.api.events import EventStream, prefers_list
from apostil.web.following import start_of
from apostil.web.hub import Hub


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False),
        ("*/*", False),
        ("text/event-stream", False),
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/*", True),
        ("application/json, text/event-stream", False),
        ("application/json;q=0.9, text/event-stream;q=0.5", True),
        ("application/json;q=0.5, text/event-stream", False),
        ("application/json, */*;q=0.1", True),
        ("text/html, */*;q=0.8", False),
        ("application/json;q=much", False),
        (";;,;q=", False),
    ],
)
def test_the_list_is_for_those_who_prefer_it(accept: str, *, expected: bool) -> None:
    assert prefers_list(accept) is expected


def test_a_silent_stream_is_kept_open_by_comments_until_the_client_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.02)
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    reader = SqlReader(database, files)
    store = Store(SqlJobs(database, files), SqlRoster(database), files, lambda _: (), lambda _: ())
    job = Desk(store).submit()
    hub = Hub(reader)
    sent: list[bytes] = []
    has_gone = asyncio.Event()

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))
        if sent[-4:] == [b": \n\n"] * 4:
            has_gone.set()

    async def receive() -> Message:
        await has_gone.wait()
        return {"type": "http.disconnect"}

    async def test() -> None:
        start = await start_of(hub, LOCAL_OWNER, job.id, after=0)
        async with asyncio.timeout(20.0):
            await EventStream(hub, LOCAL_OWNER, job.id, start)({}, receive, send)

    asyncio.run(test())
    assert sent[1] == b"retry: 1000\n\n"
    assert sent[2].startswith(b"id: 1\nevent: job_submitted\ndata: {")
    assert not hub._channels
    hub.close()
    database.dispose()
