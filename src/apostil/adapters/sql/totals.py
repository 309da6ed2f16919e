"""Counts over everybody's rows, grouped by the database."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.rows import Row
from apostil.engine import DURATION_BOUNDS, AttemptTotals, JobStatus, Outcome, Totals

_job, _segment, _attempt = t.jobs.c, t.segments.c, t.attempts.c
_seconds = _attempt.ended_at - _attempt.started_at

_JOBS = sa.select(_job.application, _job.status, sa.func.count()).group_by(
    _job.application, _job.status
)
_DEAD_LETTERS = (
    sa.select(_job.application, sa.func.count().label("jobs"))
    .where(_job.dead_letter.is_(True))
    .group_by(_job.application)
)
# Written out, so that the partial indexes serve.
_READY = sa.select(sa.func.count(), sa.func.min(_segment.ready_at)).where(
    _segment.status == sa.literal_column("'ready'")
)
_RUNNING = sa.select(sa.func.count()).where(_attempt.outcome.is_(None))
_bucket = sa.case(
    *((_seconds <= bound, position) for position, bound in enumerate(DURATION_BOUNDS)),
    else_=len(DURATION_BOUNDS),
).label("bucket")
# What differs most comes first: the database sorts by it.
_kind = (_attempt.segment, _bucket, _job.application, _attempt.outcome)
_ATTEMPTS = (
    sa.select(*_kind, sa.func.count().label("ended"), sa.func.sum(_seconds).label("seconds"))
    .join(t.jobs, _job.id == _attempt.job_id)
    .where(_attempt.outcome.is_not(None))
    .group_by(*_kind)
)


def read_totals(connection: sa.Connection, now: float) -> Totals:
    ready, oldest = connection.execute(_READY).one()
    documents = sizes(connection, t.documents)
    artifacts = sizes(connection, t.artifacts)
    return Totals(
        jobs={
            (application, JobStatus(status)): count
            for application, status, count in connection.execute(_JOBS)
        },
        dead_letters={row.application: row.jobs for row in connection.execute(_DEAD_LETTERS)},
        segments_ready=ready,
        segments_running=connection.scalar(_RUNNING) or 0,
        oldest_ready_seconds=0.0 if oldest is None else max(0.0, now - oldest),
        attempts=_attempts(connection),
        documents=documents[0],
        document_bytes=documents[1],
        artifacts=artifacts[0],
        artifact_bytes=artifacts[1],
        events=connection.scalar(sa.select(sa.func.count()).select_from(t.events)) or 0,
    )


def sizes(connection: sa.Connection, table: sa.Table, owner: str | None = None) -> tuple[int, int]:
    """How many rows a table of sized things has, and their sizes in all."""
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.size), 0))
    if owner is not None:
        counted = counted.where(table.c.owner_id == owner)
    row = connection.execute(counted).one()
    return int(row[0]), int(row[1])


def _attempts(connection: sa.Connection) -> list[AttemptTotals]:
    """One entry for each kind, out of the rows of its buckets."""
    rows = [(_kind_of(row), row) for row in connection.execute(_ATTEMPTS)]
    rows.sort(key=itemgetter(0))
    return [
        _attempt_totals(kind, [row for _, row in found])
        for kind, found in groupby(rows, key=itemgetter(0))
    ]


def _kind_of(row: Row) -> tuple[str, str, str]:
    return row.application, row.segment, row.outcome


def _attempt_totals(kind: tuple[str, str, str], buckets: Sequence[Row]) -> AttemptTotals:
    application, segment, outcome = kind
    return AttemptTotals(
        application=application,
        segment=segment,
        outcome=Outcome(outcome),
        count=sum(row.ended for row in buckets),
        seconds=sum(row.seconds for row in buckets),
        within=tuple(
            sum(row.ended for row in buckets if row.bucket <= position)
            for position in range(len(DURATION_BOUNDS))
        ),
    )
