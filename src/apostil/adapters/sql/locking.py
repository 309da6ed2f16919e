"""Which rows keep others out where several write at a time.

The row of a file stands for everything that names it: whoever makes a document or an artifact of
these bytes, or deletes one, holds it first. So what is seen after that is as it stays, and nobody
waits for one who waits for him. Where whoever writes is alone, there is nothing to hold.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from apostil.adapters.sql import tables as t


def lock_files(connection: sa.Connection, digests: Iterable[str]) -> None:
    """Hold these files, in one order for all."""
    if not _is_alone(connection):
        file = t.files.c.sha256
        connection.execute(
            sa.select(file).where(file.in_(set(digests))).order_by(file).with_for_update()
        )


def lock_artifacts(
    connection: sa.Connection, is_wanted: sa.ColumnElement[bool], *, also: Iterable[str] = ()
) -> None:
    """Hold artifacts with their files, and other files: a segment that begins to refer to one
    waits, and one that did so before is seen by the next statement."""
    if not _is_alone(connection):
        row = t.artifacts.c
        digests = connection.scalars(sa.select(row.digest).where(is_wanted))
        lock_files(connection, [*digests, *also])
        connection.execute(
            sa.select(row.key).where(is_wanted).order_by(row.owner_id, row.key).with_for_update()
        )


def _is_alone(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"
