"""Clients that follow jobs over real connections: all events, in order, each once."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket as sockets
import subprocess
import sys
import time
import typing
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx
import pytest
import websockets
from followers import Event, Follower, Refused, all_events, opened, socket, stream, submit_steps
from programs import PATIENCE_SECONDS, PLUGIN, Running, environment, started
from websockets.asyncio.client import ClientConnection, connect

from apostil.engine import events as engine_events

STEPS: dict[str, Any] = {
    "PYTHONPATH": f"{PLUGIN}:{PLUGIN.parent / 'steps'}",
    "APOSTIL_RATE_LIMIT": "off",
}
CLIENTS = int(os.environ.get("APOSTIL_STREAM_CLIENTS", "60"))
"""Of each kind; the machine's whole word is 500."""
GUIDE = (Path(__file__).parents[2] / "docs" / "howto" / "follow-a-job.md").read_text("utf-8")
LIST = {"Accept": "application/json"}
_T = TypeVar("_T")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("followed") / "data", **STEPS) as running:
        yield running


@pytest.fixture(scope="module")
def ended(server: Running) -> tuple[str, list[Event]]:
    """A job that has ended, and its log."""
    with httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
        job = submit_steps(client)
        run(collected(stream, server, job))
        return job, all_events(client, job)


def run(test: Coroutine[Any, Any, _T]) -> _T:
    async def bounded() -> _T:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await test

    return asyncio.run(bounded())


async def collected(way: Callable[..., Any], server: Running, *asked: Any) -> list[Event]:
    return [event async for event in way(server.address, *asked)]


def crowd(address: str, job: str, count: int, restlessness: float) -> list[Follower]:
    return [
        Follower(address, job, way, Random(number), restlessness)  # noqa: S311 - to be repeatable
        for number in range(count)
        for way in (stream, socket)
    ]


async def all_follow(followers: list[Follower]) -> None:
    async with asyncio.TaskGroup() as group:
        for follower in followers:
            group.create_task(follower.follow())


def test_a_restless_crowd_misses_nothing_and_gets_nothing_twice(
    server: Running, client: httpx.Client
) -> None:
    job = submit_steps(client, seconds=0.15 if CLIENTS <= 60 else 0.5)
    followers = crowd(server.address, job, CLIENTS, restlessness=0.1)
    asyncio.run(all_follow(followers))
    log = all_events(client, job)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert log[-1]["type"] == "job_succeeded"
    assert [one.seen for one in followers if one.seen != log] == []
    assert sum(one.connections for one in followers) > 3 * len(followers)


def test_clients_go_on_where_they_were_when_the_server_is_killed_and_starts_again(
    tmp_path: Path,
) -> None:
    with sockets.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with started(tmp_path / "data", "--port", port, **STEPS) as first:
        with httpx.Client(base_url=first.address, timeout=PATIENCE_SECONDS) as client:
            gate = tmp_path / "gate"
            job = submit_steps(client, seconds=0.1, gate=gate)
        followers = crowd(first.address, job, 10, restlessness=0.05)

        async def test() -> None:
            following = asyncio.create_task(all_follow(followers))
            async for event in stream(first.address, job):
                # Nobody works on it now: what was worked on when a machine died waits for its lease.
                if event["type"] == "attempt_failed":
                    break
            first.stop(signal.SIGKILL)
            gate.touch()
            second = started(tmp_path / "data", "--port", port, **STEPS)
            running = await asyncio.to_thread(second.__enter__)
            try:
                await following
                with httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client:
                    log = all_events(client, job)
                assert log[-1]["type"] == "job_succeeded"
                assert [one.seen for one in followers if one.seen != log] == []
            finally:
                await asyncio.to_thread(second.__exit__, None, None, None)

        run(test())


@pytest.mark.parametrize("way", [stream, socket])
@pytest.mark.parametrize("query", ["?epoch=another", "?after=3&epoch=another", "?after=1000000"])
def test_numbers_that_mean_nothing_here_are_told_anew(
    server: Running, ended: tuple[str, list[Event]], way: Callable[..., Any], query: str
) -> None:
    job, log = ended
    told = run(collected(way, server, job, query))
    assert told[0].keys() == {"type", "job", "epoch"}
    assert told[0]["type"] == "reset"
    assert told[1:] == log
    anew = run(collected(way, server, job, f"?after=3&epoch={told[0]['epoch']}"))
    assert anew == log[3:]


def test_a_list_goes_on_from_page_to_page_and_tells_anew_too(
    client: httpx.Client, ended: tuple[str, list[Event]]
) -> None:
    job, log = ended
    path = f"/api/v1/jobs/{job}/events"
    first = client.get(path, params={"after": 2, "limit": 5}, headers=LIST)
    assert first.json()["items"] == log[2:7]
    assert first.headers["link"] == f'<{first.json()["next"]}>; rel="next"'
    second = client.get(first.json()["next"], headers=LIST).json()
    assert second["items"] == log[7:12]
    assert client.get(path, params={"after": len(log)}, headers=LIST).json() == {
        "items": [],
        "next": None,
        "prev": None,
    }
    anew = client.get(path, params={"after": len(log) + 1}, headers=LIST).json()["items"]
    assert anew[0] == {"type": "reset", "job": job, "epoch": first.headers["apostil-epoch"]}
    assert anew[1:] == log[: len(anew) - 1]


def test_a_client_that_knows_the_end_need_not_come_back(
    server: Running, client: httpx.Client, ended: tuple[str, list[Event]]
) -> None:
    job, log = ended
    path = f"/api/v1/jobs/{job}/events"
    assert client.get(path, params={"after": len(log)}).status_code == 204
    known = client.get(path, params={"after": 1}, headers={"Last-Event-ID": str(len(log))})
    assert known.status_code == 204
    assert known.headers["apostil-epoch"]
    assert run(collected(socket, server, job, f"?after={len(log)}")) == []
    rest = run(collected(stream, server, job, "", {"Last-Event-ID": str(len(log) - 1)}))
    assert rest == log[-1:]


def test_an_answer_about_nothing_or_nobody_is_a_problem_or_says_why_it_closes(
    server: Running, client: httpx.Client
) -> None:
    missing = client.get("/api/v1/jobs/none/events")
    assert missing.status_code == 404
    assert missing.json()["type"] == "/problems/job-not-found"
    assert client.get("/api/v1/jobs/none/events?after=x").status_code == 422

    async def closed(path: str) -> tuple[int, str]:
        async with connect(f"{server.address.replace('http', 'ws')}{path}", proxy=None) as opened:
            with pytest.raises(websockets.ConnectionClosed):
                await opened.recv()
            return opened.close_code or 0, opened.close_reason or ""

    assert run(closed("api/v1/jobs/none/ws")) == (4404, "job-not-found")
    assert run(closed("api/v1/jobs/none/ws?after=-1")) == (4422, "request-invalid")


def test_a_page_of_another_site_cannot_open_a_socket(server: Running, client: httpx.Client) -> None:
    job = submit_steps(client)

    async def opened_from(origin: str) -> int:
        url = f"{server.address.replace('http', 'ws')}api/v1/jobs/{job}/ws"
        try:
            async with connect(url, additional_headers={"Origin": origin}, proxy=None) as opened:
                await opened.recv()
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    assert run(opened_from("https://evil.example")) == 403
    assert run(opened_from(server.address.rstrip("/"))) == 101


def test_a_client_that_sends_without_end_is_cut_off(server: Running, client: httpx.Client) -> None:
    job = submit_steps(client, seconds=5.0)

    async def flood(opened: ClientConnection, message: str) -> None:
        while True:
            await opened.send(message)
            await asyncio.sleep(0)  # else the library never looks at what comes

    async def test(message: str) -> int:
        url = f"{server.address.replace('http', 'ws')}api/v1/jobs/{job}/ws?after=1"
        async with connect(url, proxy=None, compression=None) as opened:
            with pytest.raises(websockets.ConnectionClosed):
                await flood(opened, message)
            return opened.close_code or 0

    assert run(test("hello")) == 1008
    assert run(test("x" * 100_000)) in {1006, 1009}  # it sends on: the reason may be lost
    assert client.post(f"/api/v1/jobs/{job}/cancel").status_code == 200


def test_a_deleted_job_ends_its_streams(server: Running, client: httpx.Client) -> None:
    job = submit_steps(client, seconds=5.0)

    async def test() -> list[list[Event]]:
        following = [asyncio.create_task(collected(way, server, job)) for way in (stream, socket)]
        async for _ in stream(server.address, job):
            break
        await asyncio.to_thread(client.delete, f"/api/v1/jobs/{job}")
        return [await one for one in following]

    for told in run(test()):
        assert told[-1]["type"] in {"job_cancelled", "job_deleted"}
    with pytest.raises(Refused, match="404"):
        run(collected(stream, server, job))


def test_open_streams_do_not_hold_a_server_that_stops(tmp_path: Path) -> None:
    with started(tmp_path / "data", **STEPS) as running:
        with httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client:
            job = submit_steps(client, seconds=5.0)

        async def test() -> tuple[float, list[Any]]:
            following = [
                asyncio.create_task(collected(way, running, job))
                for way in (stream, socket)
                for _ in range(20)
            ]
            async with opened(running.address, f"/api/v1/jobs/{job}/events") as (status, _):
                assert status == 200
                await asyncio.sleep(0.3)
                began = time.monotonic()
                running.process.send_signal(signal.SIGINT)
                ends = await asyncio.gather(*following, return_exceptions=True)
                return time.monotonic() - began, ends

        seconds, ends = run(test())
        assert running.stop() == 130
        assert running.process.stdout is not None
        said = running.process.stdout.read()
    assert seconds < 3.0
    assert "Traceback" not in said
    assert "Cancel" not in said
    assert sum(isinstance(end, list) for end in ends) == 20
    broken = [end for end in ends if not isinstance(end, list)]
    assert {end.rcvd.code for end in broken} == {1012}


def test_the_guide_runs_as_printed(
    server: Running, ended: tuple[str, list[Event]], tmp_path: Path
) -> None:
    job, log = ended

    def printed(language: str) -> str:
        sample = "".join(re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE))
        return sample.replace("JOB", job).replace("127.0.0.1:8000/", server.address[7:])

    subprocess.run(["bash", "-eu", "-c", printed("sh")], cwd=tmp_path, check=True)
    assert (tmp_path / "stream.txt").read_text().count("\nid: ") == len(log)
    assert json.loads((tmp_path / "list.json").read_text())["items"] == log[2:5]
    program = [sys.executable, "-W", "error", "-c", printed("python")]
    told = subprocess.run(program, check=True, capture_output=True, text=True, env=environment())
    assert told.stdout.splitlines() == [f"{event['seq']} {event['type']}" for event in log]


def test_the_guide_names_every_event() -> None:
    names = {kind.__struct_config__.tag for kind in typing.get_args(engine_events.Event)}
    assert {name for name in names if f"`{name}`" not in GUIDE} == set()


def test_both_forms_stand_in_the_document_of_the_interface(client: httpx.Client) -> None:
    told = client.get("/openapi.json").json()["paths"]["/api/v1/jobs/{job_id}/events"]["get"]
    assert told["operationId"] == "follow_job"
    assert set(told["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert json.dumps(told["responses"]["200"]).count("example")
    assert {"204", "404"} <= set(told["responses"])
