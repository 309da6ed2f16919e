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
    Database,
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

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["memory", "sqlite", POSTGRESQL])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Ports:
    files = ContentFiles(tmp_path / "files")
    if request.param == "memory":
        return in_memory(files)
    if request.param == "sqlite":
        return on_database(request.getfixturevalue("sqlite_database"), files)
    return on_database(request.getfixturevalue("postgres_database"), files)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database in turn, up to date and empty."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    opened: Database = request.getfixturevalue(f"{kind}_database")
    return opened


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    yield database
    database.dispose()


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


def on_database(database: Database, files: ContentFiles) -> Ports:
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
    return Ports(
        desk=Desk(store),
        reader=reader,
        documents=SqlDocuments(database, files),
        answers=SqlAnswers(database),
    )
