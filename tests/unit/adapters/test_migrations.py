"""Every migration can be gone and gone back with a database that is in use; no row is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from desk import BAD, Desk, Store

from apostil.adapters import (
    ContentFiles,
    Database,
    SqlDocuments,
    SqlJobs,
    SqlReader,
    SqlRoster,
    is_current,
    open_database,
    upgrade,
)
from apostil.adapters.sql import schema
from apostil.engine import JobQuery, JobStatus, WorkerState

Dump = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.dispose()


def move(database: Database, *, down: str) -> None:
    config = schema._config()
    with database.writing(durable=True) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, down)


def fill(desk: Desk) -> None:
    """At least one row in every table of the first migration."""
    for number in range(3):
        desk.submit(idempotency_key=str(number), paper=b"%d" % number)
    desk.finish(desk.take())
    desk.fail(desk.take(), BAD)
    desk.submit("fork", parallel=True)
    desk.take()
    state = WorkerState(id="w", host="h", pid=1, started_at=desk.now, seen_at=desk.now)
    desk.store.roster.report(state)
    desk.store.roster.take_turn("sweep", holder="w", now=desk.now, every=2.0)


def dump(database: Database) -> Dump:
    """All rows of all tables, as they stand."""
    with database.reading() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        return {
            f"{name}({', '.join(sorted(table.c.keys()))})": sorted(
                (tuple(row) for row in connection.execute(_sorted_columns(table))), key=repr
            )
            for name, table in tables.tables.items()
            if name != "alembic_version"
        }


def _sorted_columns(table: sa.Table) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in sorted(table.c.keys())))


def test_a_database_in_use_goes_back_and_forth_without_losing_a_row(
    database: Database, tmp_path: Path
) -> None:
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    jobs, reader = SqlJobs(database, files), SqlReader(database, files)
    desk = Desk(
        Store(
            jobs,
            SqlRoster(database),
            files,
            lambda job_id: reader.events("local", job_id),
            lambda job_id: reader.attempts("local", job_id),
        )
    )
    fill(desk)
    seen = reader.list("local", JobQuery())
    move(database, down="0001")
    before = dump(database)
    assert all(before.values()), "a table has no row to lose"
    upgrade(database)
    assert is_current(database)
    assert reader.list("local", JobQuery()) == seen
    desk.work_off()
    assert desk.submit(idempotency_key="0", paper=b"0", parameters={"colour": 0}) in [
        desk.job(job) for job in seen.jobs
    ]
    ended = {job.status for job in reader.list("local", JobQuery()).jobs}
    assert ended == {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.RUNNING}
    assert SqlDocuments(database, files).used_bytes("local") > 0


def test_going_back_leaves_what_was_there_before(database: Database, tmp_path: Path) -> None:
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    fill(Desk(Store(SqlJobs(database, files), SqlRoster(database), files, _none, _none)))
    move(database, down="0001")
    before = dump(database)
    upgrade(database)
    move(database, down="0001")
    assert dump(database) == before
    move(database, down="base")
    assert dump(database) == {}


def _none(_: str) -> list[Any]:
    return []
