"""The ``Answers`` port on SQL: one guarded statement decides who is first."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.rows import to_json
from apostil.adapters.sql.session import Database
from apostil.adapters.sql.upsert import insert_or
from apostil.engine import (
    ABANDONED_SECONDS,
    ANSWER_BYTES,
    ANSWER_SECONDS,
    AnswerNotKept,
    IdempotencyConflict,
    IdempotencyInProgress,
    StoredAnswer,
)

_FORGOTTEN_AT_ONCE = 100
_HEADERS = msgspec.json.Decoder(dict[str, str])
_row = t.answers.c


class SqlAnswers:
    """See ``Answers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, owner: str, route: str, key: str, request: str, *, now: float
    ) -> StoredAnswer | None:
        with self._database.writing(durable=False) as connection:
            forget_answers(connection, begun_before=now - ANSWER_SECONDS)
            if _is_first(connection, owner, route, key, request, now=now):
                return None
            row = connection.execute(sa.select(t.answers).where(_named(owner, route, key))).one()
        if row.request_digest != request:
            raise IdempotencyConflict(
                "This idempotency key belongs to another request; choose a new one."
            )
        if row.status is None:
            raise IdempotencyInProgress
        if row.body is None:
            raise AnswerNotKept
        return StoredAnswer(
            status=row.status, headers=_HEADERS.decode(row.headers), body=bytes(row.body)
        )

    def finish(self, owner: str, route: str, key: str, answer: StoredAnswer, *, now: float) -> None:
        is_open = sa.and_(_named(owner, route, key), _row.status.is_(None))
        kept: dict[str, Any] = {
            "status": answer.status,
            "headers": to_json(dict(answer.headers)),
            "body": answer.body if len(answer.body) <= ANSWER_BYTES else None,
            "finished_at": now,
        }
        with self._database.writing(durable=True) as connection:
            connection.execute(sa.update(t.answers).where(is_open).values(kept))

    def abandon(self, owner: str, route: str, key: str) -> None:
        is_open = sa.and_(_named(owner, route, key), _row.status.is_(None))
        with self._database.writing(durable=False) as connection:
            connection.execute(sa.delete(t.answers).where(is_open))


def forget_answers(
    connection: sa.Connection, *, begun_before: float, at_most: int = _FORGOTTEN_AT_ONCE
) -> int:
    """Delete answers that are older than they are kept, the oldest first; return how many."""
    old = (
        sa.select(_row.owner_id, _row.route, _row.key)
        .where(_row.begun_at <= begun_before)
        .order_by(_row.begun_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    named = sa.tuple_(_row.owner_id, _row.route, _row.key)
    return connection.execute(sa.delete(t.answers).where(named.in_(old))).rowcount


def _is_first(
    connection: sa.Connection, owner: str, route: str, key: str, request: str, *, now: float
) -> bool:
    """Make the row, or take it over: from a request that is forgotten, or from the same one whose
    process died. Of two at once the database lets one in."""
    values = {
        "owner_id": owner,
        "route": route,
        "key": key,
        "request_digest": request,
        "begun_at": now,
    }
    anew = {"request_digest": request, "begun_at": now, "finished_at": None, "status": None}
    is_forgotten = _row.begun_at <= now - ANSWER_SECONDS
    is_abandoned = sa.and_(
        _row.status.is_(None),
        _row.request_digest == request,
        _row.begun_at <= now - ABANDONED_SECONDS,
    )
    taken = (
        insert_or(connection, t.answers)
        .values(values)
        .on_conflict_do_update(
            index_elements=[_row.owner_id, _row.route, _row.key],
            set_=anew | {"headers": None, "body": None},
            where=sa.or_(is_forgotten, is_abandoned),
        )
        .returning(_row.key)
    )
    return connection.execute(taken).first() is not None


def _named(owner: str, route: str, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(_row.owner_id == owner, _row.route == route, _row.key == key)
