"""Inserting what may be there already, in each database's own words."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Upsert = sqlite.Insert | postgresql.Insert


def insert_or(connection: sa.Connection, table: sa.Table) -> Upsert:
    """An INSERT that can be told what to do on a conflict."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
