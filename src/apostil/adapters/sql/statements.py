"""The statements that run for every segment of every job, built once.

Bound values named ``b_…`` stand in conditions; the others are columns to be set.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.prepared import Prepared
from apostil.adapters.sql.rows import JOB_COLUMNS, JOB_STATE, SEGMENT_COLUMNS, SEGMENT_STATE

FRESH_SECONDS = 2.0
"""Ready work younger than this was announced by those who made it ready."""

_p = sa.bindparam
_segment, _attempt, _job = t.segments.c, t.attempts.c, t.jobs.c

# Written out, so that the partial indexes serve.
_is_ready = sa.and_(_segment.status == sa.literal_column("'ready'"), _segment.ready_at <= _p("now"))

READY = (
    sa.select(_segment.job_id)
    .join(t.jobs, _job.id == _segment.job_id)
    .where(_is_ready)
    .order_by(_job.rank, _job.id)
    .limit(1)
)
READY_OF_JOB = sa.select(_segment.job_id).where(_is_ready, _segment.job_id == _p("job")).limit(1)

JOB = sa.select(*JOB_COLUMNS).where(_job.id == _p("job"))
SEGMENTS = (
    sa.select(*SEGMENT_COLUMNS).where(_segment.job_id == _p("job")).order_by(_segment.position)
)

_is_artifact = sa.and_(t.artifacts.c.owner_id == _p("owner"), t.artifacts.c.key == _p("key"))
ARTIFACT = Prepared(
    sa.select(
        t.artifacts.c.key, t.artifacts.c.digest, t.artifacts.c.size, t.artifacts.c.effects
    ).where(_is_artifact)
)
ARTIFACT_DATA = sa.select(t.artifacts.c.digest, t.artifacts.c.data).where(_is_artifact)
INSERT_ARTIFACT = Prepared(sa.insert(t.artifacts), t.artifacts.c.keys())

_job_as_read = sa.update(t.jobs).where(_job.id == _p("b_id"), _job.last_seq == _p("b_seq"))
MOVE_JOB = Prepared(_job_as_read, ("last_seq",))
UPDATE_JOB = Prepared(_job_as_read, ("last_seq", *JOB_STATE))
INSERT_JOB = Prepared(sa.insert(t.jobs), t.jobs.c.keys())
INSERT_SEGMENT = Prepared(sa.insert(t.segments), t.segments.c.keys())
UPDATE_SEGMENT = Prepared(
    sa.update(t.segments).where(
        _segment.job_id == _p("b_job"), _segment.position == _p("b_position")
    ),
    SEGMENT_STATE,
)
INSERT_JOB_DOCUMENT = Prepared(sa.insert(t.job_documents), t.job_documents.c.keys())
# Written out, so that the partial index serves.
_came_to_nothing = _job.status.in_(
    [sa.literal_column("'failed'"), sa.literal_column("'cancelled'")]
)
FIRST_OF_ITS_KIND = (
    sa.select(_job.id)
    .where(
        _job.owner_id == _p("owner"),
        _job.content_digest == _p("digest"),
        _job.submitted_at > _p("since"),
        sa.not_(_came_to_nothing),
    )
    .order_by(_job.submitted_at, _job.id)
    .limit(1)
)
# SQLite uses an index on some rows only where its own condition is said word for word.
_is_in_queue = (
    sa.text("jobs.status IN ('queued', 'running')"),
    _job.status == sa.literal_column("'queued'"),
)
_asked = t.jobs.alias("asked")
PLACE = sa.select(
    _asked.c.status,
    sa.select(sa.func.count())
    .where(*_is_in_queue, _job.rank < _asked.c.rank)
    .scalar_subquery()
    .label("before"),
).where(_asked.c.id == _p("job"), _asked.c.owner_id == _p("owner"))
_queued = (
    sa.select(
        _job.id,
        _job.owner_id,
        (sa.func.rank().over(order_by=_job.rank) - 1).label("before"),
    )
    .where(*_is_in_queue)
    .subquery()
)
PLACES = sa.select(_queued.c.id, _queued.c.before).where(
    _queued.c.id.in_(sa.bindparam("jobs", expanding=True)), _queued.c.owner_id == _p("owner")
)
_file_is_used = {"unused_since": sa.null()}
KEEP_FILE = Prepared(
    {
        "sqlite": sqlite.insert(t.files).on_conflict_do_update(
            index_elements=[t.files.c.sha256], set_=_file_is_used
        ),
        "postgresql": postgresql.insert(t.files).on_conflict_do_update(
            index_elements=[t.files.c.sha256], set_=_file_is_used
        ),
    },
    ("sha256", "size", "created_at"),
)
_document = t.documents.c
DOCUMENT_OF_FILE = sa.select(t.documents).where(
    _document.owner_id == _p("owner"), _document.sha256 == _p("sha256")
)
INSERT_DOCUMENT = Prepared(
    sa.insert(t.documents),
    ("id", "owner_id", "sha256", "name", "media_type", "size", "created_at"),
)
_is_open_attempt = sa.and_(
    _attempt.job_id == _p("b_job"), _attempt.id == _p("b_id"), _attempt.outcome.is_(None)
)
INSERT_ATTEMPT = Prepared(
    sa.insert(t.attempts),
    ("id", "job_id", "segment", "number", "worker", "started_at", "lease_until"),
)
CLOSE_ATTEMPT = Prepared(
    sa.update(t.attempts).where(
        _is_open_attempt,
        _attempt.lease_until <= _p("b_expired"),
    ),
    ("ended_at", "outcome", "problem", "detail", "log"),
)
EXTEND_LEASE = sa.update(t.attempts).where(_is_open_attempt)
INSERT_EVENT = Prepared(sa.insert(t.events), t.events.c.keys())

EXPIRED = sa.select(_attempt.id, _attempt.job_id).where(
    _attempt.outcome.is_(None), _attempt.lease_until <= _p("now")
)
STALLED = sa.select(_job.id).where(
    sa.text("jobs.status IN ('queued', 'running')"),
    ~sa.select(_segment.job_id)
    .where(_segment.job_id == _job.id, _segment.status.in_(["ready", "running"]))
    .exists(),
)
UNTAKEN = (
    sa.select(_segment.job_id)
    .distinct()
    .where(
        _segment.status == sa.literal_column("'ready'"),
        _segment.ready_at <= _p("old"),
        sa.or_(_segment.woken_at.is_(None), _segment.woken_at <= _p("patience")),
    )
)
