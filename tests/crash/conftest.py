"""A store in a folder, and serving processes over it that may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import workload
from house import House
from tree import setup

from apostil.adapters import (
    ContentFiles,
    SqlDocuments,
    SqlJobs,
    SqlReader,
    SqlRoster,
    open_database,
    upgrade,
)


@pytest.fixture
def kind() -> str:
    """The kind of database; tests of ``on_both`` come with each."""
    return "sqlite"


@pytest.fixture
def house(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> Iterator[House]:
    if kind == "postgresql":
        (tmp_path / "database-url").write_text(request.getfixturevalue("postgres_url"))
    database = open_database(setup(tmp_path).database_url)
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    house = House(
        folder=tmp_path,
        database=database,
        jobs=SqlJobs(database, files, workload.effects()),
        reader=SqlReader(database, files),
        documents=SqlDocuments(database, files),
        roster=SqlRoster(database),
        files=files,
    )
    yield house
    for tree in house.trees:
        tree.kill()
    database.dispose()
