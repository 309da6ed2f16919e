"""Run by Alembic with the connection that ``upgrade`` has opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from apostil.adapters.sql.tables import metadata

connection = context.config.attributes["connection"]
assert isinstance(connection, sa.Connection)  # noqa: S101 - tells the type checker
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
