"""What tests of any folder may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import postgres
import pytest
import sqlalchemy as sa

from apostil.adapters import Database, open_database, upgrade
from apostil.adapters.sql import metadata


@pytest.fixture(scope="session")
def postgres_server() -> sa.URL:
    """A PostgreSQL in which databases may be made."""
    server = postgres.server()
    if server is None:
        reason = (
            "THERE IS NO POSTGRESQL: run make setup, which brings one where it can, or name one in "
            "TEST_DATABASE_URL"
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return server


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> Iterator[str]:
    """A new, empty database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def _kept_database(postgres_server: sa.URL) -> Iterator[Database]:
    with postgres.database() as url:
        database = open_database(url)
        upgrade(database)
        yield database
        database.dispose()


@pytest.fixture
def postgres_database(_kept_database: Database) -> Database:
    """An up-to-date database with nothing in it but the local user. It stays open."""
    with _kept_database.writing(durable=False) as connection:
        for table in reversed(metadata.sorted_tables):
            emptied = sa.delete(table)
            if table.name == "users":
                emptied = emptied.where(table.c.id != "local")
            if table.name != "installation":
                connection.execute(emptied)
    return _kept_database
