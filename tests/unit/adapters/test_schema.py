"""The migrations lead to the tables that the code uses, however often and by whomever they run."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from apostil.adapters import is_current, open_database, upgrade
from apostil.adapters.sql import metadata


def test_migrations_and_tables_agree(url: str) -> None:
    database = open_database(url)
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.dispose()


def test_processes_that_start_together_upgrade_once(url: str) -> None:
    databases = [open_database(url) for _ in range(5)]
    threads = [threading.Thread(target=upgrade, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        assert is_current(database)
    with databases[0].reading() as connection:
        made = connection.scalars(sa.select(metadata.tables["installation"].c.id)).all()
    assert len(made) == 1
    for database in databases:
        database.dispose()


def test_every_table_of_users_things_names_its_owner() -> None:
    owned = {"documents", "jobs", "segments", "artifacts", "answers", "receipts"}
    for name in owned:
        assert "owner_id" in metadata.tables[name].c
    of_job = {"job_documents", "attempts", "events"}
    for name in of_job:
        (key,) = metadata.tables[name].c.job_id.foreign_keys
        assert isinstance(key, sa.ForeignKey)
        assert key.column is metadata.tables["jobs"].c.id
    shared = {"users", "files", "workers", "turns", "installation"}
    assert set(metadata.tables) == owned | of_job | shared
