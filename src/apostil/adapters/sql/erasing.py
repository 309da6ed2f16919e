"""Beginning anew: a database without anything of ours."""

from __future__ import annotations

import sqlalchemy as sa

from apostil.adapters.sql.opening import database_file, open_database
from apostil.adapters.sql.session import Database
from apostil.adapters.sql.tables import metadata


def erase_database(url: str) -> None:
    """Delete the file that is the database, or, where it is none, all our tables in it. Nobody may
    be working on it. A damaged file goes too."""
    file = database_file(url)
    if file is not None:
        for ending in ("", "-wal", "-shm"):  # an empty database does not take over an old log
            file.with_name(file.name + ending).unlink(missing_ok=True)
        return
    database = open_database(url)
    try:
        drop_tables(database)
    finally:
        database.dispose()


def drop_tables(database: Database) -> None:
    """Drop our tables, all or none, and the word of which migrations they have seen."""
    with database.writing(durable=True) as connection:
        metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
