"""Every adapter of the engine's stores passes the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Store

from apostil.adapters import ContentFiles, SqlJobs, SqlReader, SqlRoster, open_database, upgrade
from apostil.adapters.memory import MemoryJobs, MemoryRoster


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    files = ContentFiles(tmp_path / "files")
    if request.param == "memory":
        jobs = MemoryJobs()
        yield Store(jobs, MemoryRoster(), files, jobs.events, jobs.attempts)
        return
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    reader = SqlReader(database, files)
    yield Store(
        SqlJobs(database, files),
        SqlRoster(database),
        files,
        lambda job_id: reader.events("local", job_id, limit=10_000),
        lambda job_id: reader.attempts("local", job_id),
    )
    database.dispose()
