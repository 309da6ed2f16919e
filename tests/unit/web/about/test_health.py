"""What the health of an installation is called, on a real database without workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from apostil.adapters import SqlRoster, open_database, upgrade
from apostil.adapters.sql.session import Database
from apostil.engine import WorkerState
from apostil.web import Services
from apostil.web.about.health import LEAST_ROOM_BYTES, Health, examine
from apostil.web.api.workers import WORKER_SILENCE_SECONDS

NOW = 1_700_000_000.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/apostil.db")
    upgrade(opened)
    yield opened
    opened.dispose()


def health(
    database: Database,
    *,
    free_bytes: int = LEAST_ROOM_BYTES,
    trouble: str | None = None,
    queue_mode: str = "local",
) -> Health:
    asked = SimpleNamespace(
        hub=SimpleNamespace(trouble=trouble),
        roster=SqlRoster(database),
        clock=lambda: NOW,
        free_bytes=lambda: free_bytes,
        applications={"lines": object()},
        queue_mode=queue_mode,
    )
    return examine(cast("Services", asked))


def seen(database: Database, *, seconds_ago: float) -> None:
    at = NOW - seconds_ago
    worker = WorkerState(id=f"w{seconds_ago}", host="h", pid=1, started_at=at, seen_at=at)
    SqlRoster(database).report(worker)


def test_without_a_worker_work_waits(database: Database) -> None:
    found = health(database)
    assert (found.status, found.workers, found.database) == ("degraded", 0, "ok")
    assert "No worker" in str(found.detail)


def test_it_is_told_how_workers_hear_of_work(database: Database) -> None:
    assert [health(database, queue_mode=mode).mode for mode in ("local", "celery")] == [
        "local",
        "celery",
    ]


def test_a_worker_that_is_silent_does_not_count(database: Database) -> None:
    seen(database, seconds_ago=WORKER_SILENCE_SECONDS + 1)
    assert health(database).workers == 0
    seen(database, seconds_ago=WORKER_SILENCE_SECONDS - 1)
    found = health(database)
    assert (found.status, found.workers, found.detail) == ("healthy", 1, None)


def test_a_disk_without_room_is_told(database: Database) -> None:
    seen(database, seconds_ago=0)
    found = health(database, free_bytes=LEAST_ROOM_BYTES - 1)
    assert found.status == "degraded"
    assert "make room" in str(found.detail)


def test_live_events_that_are_late_are_told(database: Database) -> None:
    seen(database, seconds_ago=0)
    found = health(database, trouble="StoreBusy")
    assert (found.status, found.database) == ("degraded", "ok")
    assert "Live events are late (StoreBusy)" in str(found.detail)


def test_a_database_that_does_not_answer_is_told_without_its_path(tmp_path: Path) -> None:
    gone = open_database(f"sqlite:///{tmp_path}/none/apostil.db")
    found = health(gone)
    assert (found.status, found.database) == ("unhealthy", "unavailable")
    assert str(tmp_path) not in found.model_dump_json()
    gone.dispose()
