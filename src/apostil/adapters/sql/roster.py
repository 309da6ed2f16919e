"""Who works, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.session import Database
from apostil.engine import WorkerState

_FORGET_SECONDS = 24 * 3600.0


class SqlRoster:
    """The ``Roster`` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_turn(self, duty: str, *, holder: str, now: float, every: float) -> bool:
        # Looked at before anything is written: the workers ask far more often than it is time.
        with self._database.reading() as connection:
            until = connection.scalar(sa.select(t.turns.c.until).where(t.turns.c.duty == duty))
        if until is not None and until > now:
            return False
        values = {"holder": holder, "until": now + every}
        is_due = sa.and_(t.turns.c.duty == duty, t.turns.c.until <= now)
        try:
            with self._database.writing(durable=False) as connection:
                if until is None:
                    connection.execute(sa.insert(t.turns).values(duty=duty, **values))
                    return True
                taken = connection.execute(sa.update(t.turns).where(is_due).values(values))
                return taken.rowcount == 1
        except IntegrityError:  # another worker was the first ever
            return False

    def report(self, worker: WorkerState) -> None:
        values = {
            "host": worker.host,
            "pid": worker.pid,
            "started_at": worker.started_at,
            "seen_at": worker.seen_at,
            "job_id": worker.job,
            "segment": worker.segment,
        }
        row = t.workers.c.id == worker.id
        is_forgotten = t.workers.c.seen_at < worker.seen_at - _FORGET_SECONDS
        with self._database.writing(durable=False) as connection:
            known = connection.execute(sa.update(t.workers).where(row).values(values))
            if known.rowcount == 0:
                connection.execute(sa.insert(t.workers).values(id=worker.id, **values))
                connection.execute(sa.delete(t.workers).where(is_forgotten))

    def leave(self, worker: str) -> None:
        with self._database.writing(durable=False) as connection:
            connection.execute(sa.delete(t.workers).where(t.workers.c.id == worker))

    def workers(self) -> Sequence[WorkerState]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(t.workers).order_by(t.workers.c.id)).all()
        return [
            WorkerState(
                id=row.id,
                host=row.host,
                pid=row.pid,
                started_at=row.started_at,
                seen_at=row.seen_at,
                job=row.job_id,
                segment=row.segment,
            )
            for row in rows
        ]
