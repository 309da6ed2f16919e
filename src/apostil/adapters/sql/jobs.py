"""The ``JobStore`` port on SQL: one transaction a method, every change guarded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import IntegrityError

from apostil.adapters.sql import statements as q
from apostil.adapters.sql import tables as t
from apostil.adapters.sql.deletion import delete_job
from apostil.adapters.sql.documents import (
    describe_document,
    keep_file,
    mark_strays,
    register_documents,
    remove_unused_files,
)
from apostil.adapters.sql.prepared import ConstraintBroken, without_waiting
from apostil.adapters.sql.receipts import load_receipt
from apostil.adapters.sql.rows import (
    Values,
    artifact_from,
    artifact_values,
    attempt_values,
    job_from,
    job_state,
    job_values,
    segment_state,
    segment_values,
)
from apostil.adapters.sql.session import Database
from apostil.engine import (
    ArtifactMissing,
    Change,
    DocumentGone,
    EffectHandler,
    EffectUnknown,
    Ending,
    Expired,
    FileStore,
    Idempotency,
    IdempotencyConflict,
    Job,
    JobSegment,
    JobSubmitted,
    NewArtifact,
    NewDocument,
    Receipt,
    StoredArtifact,
    content_digest,
    encode_event,
)

IN_ROW_BYTES = 256 * 1024
"""Larger artifacts are files: long rows make every page of the table slow to pass over."""

IDEMPOTENCY_SECONDS = 24 * 3600.0
DUPLICATE_SECONDS = 24 * 3600.0


class _Overtaken(Exception):
    """The job is no longer what was read; the transaction is rolled back."""


class SqlJobs:
    """See ``JobStore``. ``effects`` are the handlers that segments' effects may name."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        effects: Mapping[str, EffectHandler] | None = None,
    ) -> None:
        self._database = database
        self._files = files
        self._effects = {"describe_document": describe_document, **(effects or {})}

    def add(self, job: Job, event: JobSubmitted, *, idempotency: Idempotency | None = None) -> Job:
        try:
            return self._add(job, event, idempotency)
        except (ConstraintBroken, IntegrityError):
            # Where several write at a time, another was first with the key. It has committed by
            # now, so that it is found.
            return self._add(job, event, idempotency)

    def _add(self, job: Job, event: JobSubmitted, idempotency: Idempotency | None) -> Job:
        with self._database.writing(durable=True) as connection:
            if idempotency is not None:
                earlier = self._earlier(connection, job, idempotency)
                if earlier is not None:
                    return earlier
            job = replace(job, duplicate_of=_first_of_its_kind(connection, job))
            self._insert(connection, job, event, idempotency)
        return replace(job, last_seq=1)

    def load(self, job_id: str) -> Job | None:
        with self._database.reading() as connection:
            return load_job(connection, job_id)

    def save(self, change: Change) -> bool:
        for artifact in filter(_is_large, change.artifacts):
            self._files.put(artifact.data)
        try:
            with self._database.writing(durable=change.is_durable) as connection:
                self._write(connection, change)
        except (_Overtaken, DocumentGone):
            return False
        return True

    def find_ready(self, now: float, *, job_id: str | None = None) -> str | None:
        with self._database.reading() as connection:
            if job_id is None:
                found = connection.execute(q.READY, {"now": now}).first()
            else:
                found = connection.execute(q.READY_OF_JOB, {"now": now, "job": job_id}).first()
        return str(found[0]) if found else None

    def find_artifact(self, owner: str, key: str) -> StoredArtifact | None:
        with self._database.reading() as connection:
            row = q.ARTIFACT.run(connection, {"owner": owner, "key": key}).fetchone()
        return artifact_from(row) if row else None

    def read_artifact(self, owner: str, key: str) -> bytes:
        with self._database.reading() as connection:
            return read_artifact(connection, self._files, owner, key)

    def extend_lease(self, job_id: str, token: str, *, until: float) -> bool:
        with self._database.writing(durable=False) as connection:
            values = {"b_job": job_id, "b_id": token, "lease_until": until}
            return connection.execute(q.EXTEND_LEASE, values).rowcount == 1

    def expire_leases(self, worker: str, *, now: float) -> int:
        with self._database.writing(durable=False) as connection:
            return connection.execute(
                sa.update(t.attempts)
                .where(t.attempts.c.worker == worker, t.attempts.c.outcome.is_(None))
                .values(lease_until=now)
            ).rowcount

    def expired(self, now: float) -> Sequence[Expired]:
        with self._database.reading() as connection:
            rows = connection.execute(q.EXPIRED, {"now": now}).all()
        return [Expired(job=row.job_id, token=row.id) for row in rows]

    def stalled(self) -> Sequence[str]:
        with self._database.reading() as connection:
            return connection.scalars(q.STALLED).all()

    def lost_wakes(self, now: float, *, patience: float) -> Sequence[str]:
        values = {"old": now - q.FRESH_SECONDS, "patience": now - patience}
        with self._database.reading() as connection:
            jobs = connection.scalars(q.UNTAKEN, values).all()
        if jobs:
            with self._database.writing(durable=False) as connection:
                connection.execute(
                    sa.update(t.segments)
                    .where(t.segments.c.job_id.in_(jobs), t.segments.c.status == "ready")
                    .values(woken_at=now)
                )
        return jobs

    def remove(self, owner: str, job_id: str, *, now: float) -> Receipt | None:
        with self._database.writing(durable=True) as connection:
            return delete_job(connection, owner, job_id, now=now)

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        with self._database.reading() as connection:
            return load_receipt(connection, owner, job_id)

    def remove_unused_files(self, now: float, *, after: float) -> int:
        mark_strays(self._database, self._files, written_before=now - after, now=now)
        return remove_unused_files(self._database, self._files, marked_before=now - after)

    def _earlier(self, connection: sa.Connection, job: Job, idempotency: Idempotency) -> Job | None:
        """The job that this key made within a day; an older one loses the key."""
        is_named = sa.and_(
            t.jobs.c.owner_id == job.owner, t.jobs.c.idempotency_key == idempotency.key
        )
        row = connection.execute(sa.select(t.jobs).where(is_named)).first()
        if row is None:
            return None
        if row.submitted_at <= job.submitted_at - IDEMPOTENCY_SECONDS:
            connection.execute(sa.update(t.jobs).where(is_named).values(idempotency_key=None))
            return None
        if row.request_digest != idempotency.request:
            raise IdempotencyConflict(
                "This idempotency key belongs to another request; choose a new one."
            )
        return load_job(connection, row.id)

    def _insert(
        self,
        connection: sa.Connection,
        job: Job,
        event: JobSubmitted,
        idempotency: Idempotency | None,
    ) -> None:
        named = {
            "idempotency_key": idempotency.key if idempotency else None,
            "request_digest": idempotency.request if idempotency else None,
        }
        q.INSERT_JOB.run(connection, job_values(job) | named | {"last_seq": 1})
        sent = [
            NewDocument(sha256=d.sha256, name=d.name, media_type=d.media_type, size=d.size)
            for d in job.documents
        ]
        documents = register_documents(
            connection, self._files, job.owner, sent, now=job.submitted_at
        )
        for position, document in enumerate(documents):
            place = {"job_id": job.id, "position": position, "document_id": document.id}
            q.INSERT_JOB_DOCUMENT.run(connection, place)
        rows = [segment_values(job, i, segment) for i, segment in enumerate(job.segments)]
        q.INSERT_SEGMENT.run_each(connection, rows)
        row = {"job_id": job.id, "seq": 1, "at": job.submitted_at, "data": encode_event(event)}
        q.INSERT_EVENT.run(connection, row)

    def _write(self, connection: sa.Connection, change: Change) -> None:
        """The guard first: it serialises all changes of one job."""
        before, job = change.before, change.job
        guard = {"b_id": job.id, "b_seq": before.last_seq, "last_seq": change.last_seq}
        if job.status is before.status:
            _expect_one(q.MOVE_JOB.run(connection, guard))
        else:
            _expect_one(q.UPDATE_JOB.run(connection, guard | job_state(job)))
        for artifact in filter(_is_large, change.artifacts):
            stored = artifact.stored
            keep_file(connection, self._files, stored.digest, stored.size, now=change.at)
        try:
            with without_waiting(connection):
                closed = _write_rows(connection, change)
        except ConstraintBroken:
            # A reused artifact was deleted meanwhile, or another job has made the same one.
            raise _Overtaken from None
        for cursor in closed:
            _expect_one(cursor)
        self._apply(connection, change)

    def _apply(self, connection: sa.Connection, change: Change) -> None:
        for effect in change.effects:
            handler = self._effects.get(effect.name)
            if handler is None:
                raise EffectUnknown(f"Nothing here applies the effect {effect.name!r}.")
            handler(connection, change.job, effect.data)


def _write_rows(connection: sa.Connection, change: Change) -> list[DBAPICursor]:
    """All that belongs to a job's row. Each of the cursors must have closed one attempt."""
    job = change.job
    for artifact in change.artifacts:
        data = None if _is_large(artifact) else artifact.data
        q.INSERT_ARTIFACT.run(
            connection, artifact_values(job.owner, artifact.stored, data, change.at)
        )
    for position, segment in change.changed_segments():
        q.UPDATE_SEGMENT.run(connection, _segment_update(job, position, segment))
    for attempt in change.opened:
        q.INSERT_ATTEMPT.run(connection, attempt_values(attempt))
    closed = [
        q.CLOSE_ATTEMPT.run(connection, _ending_values(job, ending, change.at))
        for ending in change.closed
    ]
    q.INSERT_EVENT.run_each(connection, _event_rows(change))
    return closed


def _is_large(artifact: NewArtifact) -> bool:
    return len(artifact.data) > IN_ROW_BYTES


def _first_of_its_kind(connection: sa.Connection, job: Job) -> str | None:
    """The owner's oldest job of the last day that asks for the same and did not come to nothing."""
    asked = {
        "owner": job.owner,
        "digest": content_digest(job),
        "since": job.submitted_at - DUPLICATE_SECONDS,
    }
    return connection.scalar(q.FIRST_OF_ITS_KIND, asked)


def load_job(connection: sa.Connection, job_id: str) -> Job | None:
    """The job's row is read before its segments: if they are newer, a change built on them is
    refused by the guard."""
    row = connection.execute(q.JOB, {"job": job_id}).first()
    if row is None:
        return None
    return job_from(row, connection.execute(q.SEGMENTS, {"job": job_id}).all())


def read_artifact(connection: sa.Connection, files: FileStore, owner: str, key: str) -> bytes:
    row = connection.execute(q.ARTIFACT_DATA, {"owner": owner, "key": key}).first()
    if row is None:
        raise ArtifactMissing("An earlier artifact of this job is gone; submit the job again.")
    if row.data is not None:
        return bytes(row.data)
    try:
        return files.path(row.digest).read_bytes()
    except FileNotFoundError:
        raise ArtifactMissing("The file of an earlier artifact of this job is gone.") from None


def _expect_one(cursor: DBAPICursor) -> None:
    if cursor.rowcount != 1:
        raise _Overtaken


def _segment_update(job: Job, position: int, segment: JobSegment) -> Values:
    return {"b_job": job.id, "b_position": position, **segment_state(segment)}


def _ending_values(job: Job, ending: Ending, at: float) -> Values:
    """An ending without a condition holds whenever the lease ends."""
    return {
        "b_job": job.id,
        "b_id": ending.token,
        "b_expired": math.inf if ending.if_expired_at is None else ending.if_expired_at,
        "ended_at": at,
        "outcome": ending.outcome.value,
        "problem": ending.problem,
        "detail": ending.detail,
        "log": ending.log,
    }


def _event_rows(change: Change) -> list[Values]:
    first = change.before.last_seq + 1
    return [
        {"job_id": change.job.id, "seq": seq, "at": change.at, "data": encode_event(event)}
        for seq, event in enumerate(change.events, start=first)
    ]
