"""Statements that run for every segment, compiled once and handed straight to the driver.

Measured on SQLite: 5 µs a statement instead of 50 through ``Connection.execute``, which looks up
and prepares what never changes here. Everything else goes the usual way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor

_STATEMENTS = logging.getLogger("sqlalchemy.engine.Engine")

Statement: TypeAlias = sa.Select[Any] | sa.Insert | sa.Update


class ConstraintBroken(Exception):
    """The database refused a row: its key is taken, or what it refers to is gone."""


class Prepared:
    """One statement, or one for each dialect by its name where their words differ. ``columns`` are
    those that an INSERT or UPDATE sets."""

    def __init__(
        self, statement: Statement | Mapping[str, Statement], columns: Sequence[str] = ()
    ) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._text: dict[str, tuple[str, list[str] | None]] = {}

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> DBAPICursor:
        """The driver's cursor: rows are tuples, ``rowcount`` tells how many were changed."""
        text, order = self._compiled(connection.dialect)
        _tell(text)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, _bound(values, order))
        except connection.dialect.loaded_dbapi.IntegrityError as error:
            raise ConstraintBroken(str(error)) from error
        return cursor

    def run_each(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        text, order = self._compiled(connection.dialect)
        _tell(text)
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(text, [_bound(values, order) for values in rows])
        except connection.dialect.loaded_dbapi.IntegrityError as error:
            raise ConstraintBroken(str(error)) from error

    def _compiled(self, dialect: sa.Dialect) -> tuple[str, list[str] | None]:
        """The text, and the order of its values where the driver counts them."""
        if dialect.name not in self._text:
            statement = self._statement
            chosen = statement[dialect.name] if isinstance(statement, Mapping) else statement
            compiled = chosen.compile(dialect=dialect, column_keys=self._columns)
            self._text[dialect.name] = (str(compiled), compiled.positiontup)
        return self._text[dialect.name]


@contextmanager
def without_waiting(connection: sa.Connection) -> Iterator[None]:
    """Prepared statements that are sent one after the other, where the database is another process,
    before any is answered; what their cursors tell is known at the end. ConstraintBroken."""
    pipeline = getattr(connection.connection.driver_connection, "pipeline", None)
    if pipeline is None:
        yield
        return
    try:
        with pipeline():
            yield
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise ConstraintBroken(str(error)) from error


def _tell(text: str) -> None:
    """SQLAlchemy tells of the statements that it executes itself."""
    if _STATEMENTS.isEnabledFor(logging.INFO):
        _STATEMENTS.info(text)


def _bound(values: Mapping[str, Any], order: list[str] | None) -> Any:
    return dict(values) if order is None else tuple(values[name] for name in order)
