"""Which kind of database an address names."""

from __future__ import annotations

import logging
from pathlib import Path

import sqlalchemy as sa

from apostil.adapters.sql.session import Database, DatabaseOptions

_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}
_STATEMENTS = logging.getLogger("sqlalchemy.engine")


def open_database(url: str, options: DatabaseOptions | None = None) -> Database:
    """Open the database that a URL such as ``sqlite:////data/apostil.db`` or
    ``postgresql://user:password@host:5432/name`` names. ValueError if it names none that can be
    used here; the sentence does not repeat the URL, which may hold a password."""
    address, chosen = _parsed(url), options or DatabaseOptions()
    if chosen.echo:
        if not _STATEMENTS.hasHandlers():  # a process that logs tells them in its own shape
            _STATEMENTS.addHandler(logging.StreamHandler())  # stderr
        _STATEMENTS.setLevel(logging.INFO)
    if address.get_backend_name() == "sqlite":
        # Only the module of the database in use is loaded, with its driver.
        from apostil.adapters.sql.sqlite import SqliteDatabase  # noqa: PLC0415

        return SqliteDatabase(address, chosen)
    if address.drivername in _POSTGRESQL:
        from apostil.adapters.sql.postgresql import PostgresqlDatabase  # noqa: PLC0415

        return PostgresqlDatabase(address.set(drivername="postgresql+psycopg"), chosen)
    raise ValueError(
        f"data is kept in SQLite or PostgreSQL (postgresql://…), not in {address.drivername}"
    )


def database_file(url: str) -> Path | None:
    """The file that holds the database; None for one that is no file."""
    address = _parsed(url)
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    return Path(str(address.database))


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ValueError(
            "it is no address such as sqlite:////data/apostil.db or "
            "postgresql://user:password@host:5432/name"
        ) from error
