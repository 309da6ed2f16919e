"""The ``Keeping`` port: which rows are old enough to go, and their going."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from apostil.adapters.sql import tables as t
from apostil.adapters.sql.deletion import delete_job
from apostil.adapters.sql.documents import is_used, mark_unused_files
from apostil.adapters.sql.locking import lock_artifacts, lock_files
from apostil.adapters.sql.rows import Row
from apostil.adapters.sql.session import Database
from apostil.engine import Cleared, FileStore, JobStatus, Place, Retention, Step

ROWS_AT_ONCE = 100

_job, _segment = t.jobs.c, t.segments.c
_inner = t.segments.alias("inner_segments")
_last_position = (
    sa.select(sa.func.max(_inner.c.position))
    .where(_inner.c.job_id == _segment.job_id)
    .scalar_subquery()
)
_names_artifact = sa.and_(
    _segment.owner_id == t.artifacts.c.owner_id, _segment.artifact_key == t.artifacts.c.key
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """From when to when there are jobs (seconds since 1970 UTC; None without any), and the bytes of
    the database itself."""

    oldest: float | None
    newest: float | None
    database_bytes: int


class SqlKeeping:
    """See ``Keeping``. A document counts as sent again when its file was written again. Only the
    deletion of a job is told to anybody and so must survive a power cut."""

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self._files = files

    def remove_job(
        self, statuses: Collection[JobStatus], *, ended_before: float, after: Place, now: float
    ) -> Step:
        is_due = _has_ended(statuses, ended_before)
        due = sa.select(_job.id, _job.owner_id).where(is_due)
        with self._database.reading() as connection:
            found = connection.execute(
                due.where(_job.id > after[0]).order_by(_job.id).limit(1)
            ).first()
        if found is None:
            return Step(Cleared(), None)
        with self._database.writing(durable=True) as connection:
            still = connection.execute(due.where(_job.id == found.id).with_for_update()).first()
            cleared = _delete_job(connection, still, now) if still else Cleared()
        return Step(cleared, (found.id, 0))

    def drop_artifacts(self, *, ended_before: float, after: Place, note: str, now: float) -> Step:
        row = (_segment.job_id, _segment.position)
        statement = (
            sa.select(*row, _segment.owner_id, _segment.artifact_key)
            .join(t.jobs, _job.id == _segment.job_id)
            .where(_is_intermediate(ended_before), _segment.artifact_key.is_not(None))
            .where(sa.tuple_(*row) > sa.tuple_(*map(sa.literal, after)))
            .order_by(*row)
            .limit(ROWS_AT_ONCE)
        )
        with self._database.reading() as connection:
            found = connection.execute(statement).all()
        if not found:
            return Step(Cleared(), None)
        # A job that has succeeded changes no more; it can only be gone meanwhile.
        with self._database.writing(durable=False) as connection:
            rows = [
                {"b_job": one.job_id, "b_position": one.position, "note": note} for one in found
            ]
            connection.execute(_FORGET_ARTIFACT, rows)
            cleared = _delete_unnamed_artifacts(connection, found, now)
        last = found[-1]
        return Step(cleared, (last.job_id, last.position))

    def remove_documents(self, *, sent_before: float, after: Place, now: float) -> Step:
        document = t.documents.c
        statement = (
            sa.select(document.id, document.sha256)
            .where(document.created_at < sent_before, ~is_used(), document.id > after[0])
            .order_by(document.id)
            .limit(ROWS_AT_ONCE)
        )
        with self._database.reading() as connection:
            found = connection.execute(statement).all()
        if not found:
            return Step(Cleared(), None)
        stale = [one for one in found if self._written_before(one.sha256, sent_before)]
        old = [one.id for one in stale]
        with self._database.writing(durable=False) as connection:
            # Locked first: whoever begins to use one at this moment comes before or after.
            lock_files(connection, [one.sha256 for one in stale])
            gone = connection.execute(
                sa.delete(t.documents)
                .where(document.id.in_(old), ~is_used())
                .returning(document.sha256, document.size)
            ).all()
            mark_unused_files(connection, [one.sha256 for one in gone], now=now)
        cleared = Cleared(documents=len(gone), bytes=sum(one.size for one in gone))
        return Step(cleared, (found[-1].id, 0))

    def foresee(self, retention: Retention, *, now: float) -> Cleared:
        """One look at one state of the database; nothing is written."""
        goes: sa.ColumnElement[bool] = sa.false()
        if retention.jobs_seconds is not None:
            goes = _has_ended(retention.statuses, now - retention.jobs_seconds)
        lets_go = goes
        if retention.artifacts_seconds is not None:
            lets_go = sa.or_(goes, _is_intermediate(now - retention.artifacts_seconds))
        with self._database.reading() as connection:
            jobs = connection.scalar(sa.select(sa.func.count()).where(goes)) or 0
            artifacts, size = connection.execute(_artifacts_held_only_where(lets_go)).one()
            documents = connection.execute(_documents_used_only_where(goes)).all()
        going = [one for one in documents if one.users or self._is_stale(one, retention, now)]
        return Cleared(
            jobs=jobs,
            artifacts=artifacts,
            documents=len(going),
            bytes=int(size) + sum(one.size for one in going),
        )

    def kept_documents(self, sha256s: Collection[str]) -> Collection[str]:
        """Those of the digests that are somebody's document."""
        named = sa.select(t.documents.c.sha256).where(t.documents.c.sha256.in_(sha256s))
        with self._database.reading() as connection:
            return set(connection.scalars(named))

    def extent(self) -> Extent:
        """How far back the jobs go, and how much room the database takes."""
        span = sa.select(sa.func.min(_job.submitted_at), sa.func.max(_job.submitted_at))
        with self._database.reading() as connection:
            oldest, newest = connection.execute(span).one()
            size = self._database.size_bytes(connection)
        return Extent(oldest=oldest, newest=newest, database_bytes=size)

    def owners(self) -> Sequence[str]:
        """All who have jobs."""
        with self._database.reading() as connection:
            return connection.scalars(
                sa.select(_job.owner_id).distinct().order_by("owner_id")
            ).all()

    def _is_stale(self, document: Row, retention: Retention, now: float) -> bool:
        if retention.documents_seconds is None:
            return False
        before = now - retention.documents_seconds
        return document.created_at < before and self._written_before(document.sha256, before)

    def _written_before(self, sha256: str, moment: float) -> bool:
        try:
            return self._files.path(sha256).stat().st_mtime < moment
        except FileNotFoundError:
            return True


_FORGET_ARTIFACT = (
    sa.update(t.segments)
    .where(
        _segment.job_id == sa.bindparam("b_job"), _segment.position == sa.bindparam("b_position")
    )
    .values(artifact_key=None, message=sa.bindparam("note"))
)


def _has_ended(statuses: Collection[JobStatus], before: float) -> sa.ColumnElement[bool]:
    names = [status.value for status in statuses if status.is_terminal]
    return sa.and_(_job.status.in_(names), _job.finished_at < before)


def _is_intermediate(ended_before: float) -> sa.ColumnElement[bool]:
    """Of a segment joined with its job: that it is not the last one of a job that succeeded."""
    succeeded = _has_ended([JobStatus.SUCCEEDED], ended_before)
    return sa.and_(succeeded, _segment.position < _last_position)


def _delete_job(connection: sa.Connection, job: Row, now: float) -> Cleared:
    """As its owner would, and the sizes of what went with it."""
    made = sa.select(t.artifacts.c.digest, t.artifacts.c.size).join(
        t.segments, sa.and_(_names_artifact, _segment.job_id == job.id)
    )
    read = (
        sa.select(t.documents.c.sha256, t.documents.c.size)
        .join(t.job_documents, t.job_documents.c.document_id == t.documents.c.id)
        .where(t.job_documents.c.job_id == job.id)
    )
    sizes = {digest: size for rows in (made, read) for digest, size in connection.execute(rows)}
    receipt = delete_job(connection, job.owner_id, job.id, now=now)
    if receipt is None:
        return Cleared()
    return Cleared(
        jobs=1,
        artifacts=len(receipt.artifacts),
        documents=len(receipt.documents),
        bytes=sum(sizes[digest] for digest in (*receipt.artifacts, *receipt.documents)),
    )


def _delete_unnamed_artifacts(
    connection: sa.Connection, segments: Sequence[Row], now: float
) -> Cleared:
    """Those of the artifacts that these segments named and now no segment of any job does."""
    is_named = sa.select(_segment.job_id).where(_names_artifact).exists()
    gone: list[Row] = []
    named = sa.tuple_(t.artifacts.c.owner_id, t.artifacts.c.key)
    lock_artifacts(connection, named.in_([(one.owner_id, one.artifact_key) for one in segments]))
    for owner, those in groupby(sorted(segments, key=_owner_of), key=_owner_of):
        is_meant = sa.and_(
            t.artifacts.c.owner_id == owner,
            t.artifacts.c.key.in_({one.artifact_key for one in those}),
        )
        gone += connection.execute(
            sa.delete(t.artifacts)
            .where(is_meant, ~is_named)
            .returning(t.artifacts.c.digest, t.artifacts.c.size)
        ).all()
    mark_unused_files(connection, [one.digest for one in gone], now=now)
    return Cleared(artifacts=len(gone), bytes=sum(one.size for one in gone))


def _owner_of(segment: Row) -> str:
    return str(segment.owner_id)


def _artifacts_held_only_where(
    lets_go: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    """Count and bytes of the artifacts that segments name, each of which lets go of them."""
    named = sa.select(_segment.job_id).join(t.jobs, _job.id == _segment.job_id)
    return sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.artifacts.c.size), 0)).where(
        named.where(_names_artifact).exists(),
        ~named.where(_names_artifact, ~lets_go).exists(),
    )


def _documents_used_only_where(
    goes: sa.ColumnElement[bool],
) -> sa.Select[Any]:
    """The documents that only such jobs use, or none; ``users`` tells which."""
    document = t.documents.c
    use = (
        sa.select(t.job_documents.c.job_id)
        .join(t.jobs, _job.id == t.job_documents.c.job_id)
        .where(t.job_documents.c.document_id == document.id)
    )
    return sa.select(
        document.sha256, document.size, document.created_at, use.exists().label("users")
    ).where(~use.where(~goes).exists())
