"""Every adapter of the engine's stores passes the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk import Desk, Store
from ports import OWNERS, Ports

from apostil.adapters import (
    ContentFiles,
    SqlAnswers,
    SqlDocuments,
    SqlJobs,
    SqlReader,
    SqlRoster,
    open_database,
    upgrade,
)
from apostil.adapters.memory import (
    MemoryAnswers,
    MemoryDocuments,
    MemoryJobs,
    MemoryReader,
    MemoryRoster,
    Shelf,
)
from apostil.adapters.sql import metadata


@pytest.fixture(params=["memory", "sqlite"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    if request.param == "memory":
        yield in_memory(ContentFiles(tmp_path / "files"))
    else:
        yield from on_sqlite(tmp_path)


@pytest.fixture
def store(ports: Ports) -> Store:
    return ports.desk.store


def in_memory(files: ContentFiles) -> Ports:
    shelf = Shelf()
    jobs = MemoryJobs(shelf=shelf)
    return Ports(
        desk=Desk(Store(jobs, MemoryRoster(), files, jobs.events, jobs.attempts)),
        reader=MemoryReader(shelf),
        documents=MemoryDocuments(shelf),
        answers=MemoryAnswers(),
    )


def on_sqlite(folder: Path) -> Iterator[Ports]:
    files = ContentFiles(folder / "files")
    database = open_database(f"sqlite:///{folder / 'apostil.db'}")
    upgrade(database)
    with database.writing(durable=False) as connection:
        for owner in set(OWNERS) - {"local"}:
            values = {"id": owner, "name": owner, "created_at": 0.0}
            connection.execute(sa.insert(metadata.tables["users"]).values(values))
    reader = SqlReader(database, files)
    store = Store(
        SqlJobs(database, files),
        SqlRoster(database),
        files,
        lambda job_id: reader.events("local", job_id, limit=10_000),
        lambda job_id: reader.attempts("local", job_id),
    )
    yield Ports(
        desk=Desk(store),
        reader=reader,
        documents=SqlDocuments(database, files),
        answers=SqlAnswers(database),
    )
    database.dispose()
