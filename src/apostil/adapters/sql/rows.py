"""Between rows and values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from apostil.adapters.sql import tables as t
from apostil.engine import (
    Attempt,
    Document,
    Effect,
    Job,
    JobDocument,
    JobSegment,
    JobStatus,
    Outcome,
    SegmentStatus,
    StoredArtifact,
    content_digest,
)

Values = dict[str, Any]
Row: TypeAlias = Any
"""What a statement selects is known to the caller, not to the type checker."""

_JSON = msgspec.json.Encoder()
_DOCUMENTS = msgspec.json.Decoder(tuple[JobDocument, ...])
_PARAMETERS = msgspec.json.Decoder(dict[str, Any])
_NAMES = msgspec.json.Decoder(tuple[str, ...])
_EFFECTS = msgspec.json.Decoder(tuple[tuple[str, dict[str, Any]], ...])


def to_json(value: Any) -> str:
    return _JSON.encode(value).decode()


JOB_COLUMNS = (
    t.jobs.c.id,
    t.jobs.c.owner_id,
    t.jobs.c.application,
    t.jobs.c.version,
    t.jobs.c.documents,
    t.jobs.c.parameters,
    t.jobs.c.submitted_at,
    t.jobs.c.priority,
    t.jobs.c.parallel,
    t.jobs.c.status,
    t.jobs.c.last_seq,
    t.jobs.c.started_at,
    t.jobs.c.finished_at,
    t.jobs.c.failed_segment,
    t.jobs.c.problem,
    t.jobs.c.detail,
    t.jobs.c.dead_letter,
    t.jobs.c.duplicate_of,
)

SEGMENT_COLUMNS = (
    t.segments.c.name,
    t.segments.c.title,
    t.segments.c.after,
    t.segments.c.status,
    t.segments.c.ready_at,
    t.segments.c.token,
    t.segments.c.attempts,
    t.segments.c.failures,
    t.segments.c.deaths,
    t.segments.c.losses,
    t.segments.c.artifact_key,
    t.segments.c.artifact_digest,
    t.segments.c.reused,
    t.segments.c.started_at,
    t.segments.c.finished_at,
    t.segments.c.done,
    t.segments.c.total,
    t.segments.c.message,
)


JOB_STATE = (
    "status",
    "started_at",
    "finished_at",
    "failed_segment",
    "problem",
    "detail",
    "dead_letter",
)
"""The columns of a job that change, but for ``last_seq``; see ``job_state``."""

SEGMENT_STATE = (
    "status",
    "ready_at",
    "woken_at",
    "token",
    "attempts",
    "failures",
    "deaths",
    "losses",
    "artifact_key",
    "artifact_digest",
    "reused",
    "started_at",
    "finished_at",
    "done",
    "total",
    "message",
)
"""The columns of a segment that change; see ``segment_state``."""


def job_from(row: Row, segments: Sequence[Row]) -> Job:
    """A job from a row of JOB_COLUMNS and, in order, its rows of SEGMENT_COLUMNS."""
    return Job(
        id=row.id,
        owner=row.owner_id,
        application=row.application,
        version=row.version,
        documents=_DOCUMENTS.decode(row.documents),
        parameters=_PARAMETERS.decode(row.parameters),
        segments=tuple(_segment_from(segment) for segment in segments),
        submitted_at=row.submitted_at,
        priority=row.priority,
        parallel=row.parallel,
        status=JobStatus(row.status),
        last_seq=row.last_seq,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failed_segment=row.failed_segment,
        problem=row.problem,
        detail=row.detail,
        dead_letter=row.dead_letter,
        duplicate_of=row.duplicate_of,
    )


def _segment_from(row: Row) -> JobSegment:
    return JobSegment(
        name=row.name,
        title=row.title,
        after=_NAMES.decode(row.after),
        status=SegmentStatus(row.status),
        ready_at=row.ready_at,
        token=row.token,
        attempts=row.attempts,
        failures=row.failures,
        deaths=row.deaths,
        losses=row.losses,
        artifact_key=row.artifact_key,
        artifact_digest=row.artifact_digest,
        reused=row.reused,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done,
        total=row.total,
        message=row.message,
    )


def job_values(job: Job) -> Values:
    return {
        "id": job.id,
        "owner_id": job.owner,
        "application": job.application,
        "version": job.version,
        "documents": to_json(job.documents),
        "parameters": to_json(dict(job.parameters)),
        "priority": job.priority,
        "rank": job.rank,
        "parallel": job.parallel,
        "submitted_at": job.submitted_at,
        "content_digest": content_digest(job),
        "duplicate_of": job.duplicate_of,
        "last_seq": job.last_seq,
        **job_state(job),
    }


def job_state(job: Job) -> Values:
    """The part of a job that changes, but for ``last_seq``."""
    return {
        "status": job.status.value,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "failed_segment": job.failed_segment,
        "problem": job.problem,
        "detail": job.detail,
        "dead_letter": job.dead_letter,
    }


def segment_values(job: Job, position: int, segment: JobSegment) -> Values:
    return {
        "job_id": job.id,
        "position": position,
        "owner_id": job.owner,
        "name": segment.name,
        "title": segment.title,
        "after": to_json(segment.after),
        **segment_state(segment),
    }


def segment_state(segment: JobSegment) -> Values:
    """The part of a segment that changes."""
    return {
        "status": segment.status.value,
        "ready_at": segment.ready_at,
        "woken_at": None,
        "token": segment.token,
        "attempts": segment.attempts,
        "failures": segment.failures,
        "deaths": segment.deaths,
        "losses": segment.losses,
        "artifact_key": segment.artifact_key,
        "artifact_digest": segment.artifact_digest,
        "reused": segment.reused,
        "started_at": segment.started_at,
        "finished_at": segment.finished_at,
        "done": segment.done,
        "total": segment.total,
        "message": segment.message,
    }


def attempt_values(attempt: Attempt) -> Values:
    return {
        "id": attempt.id,
        "job_id": attempt.job,
        "segment": attempt.segment,
        "number": attempt.number,
        "worker": attempt.worker,
        "started_at": attempt.started_at,
        "lease_until": attempt.lease_until,
    }


def attempt_from(row: Row) -> Attempt:
    return Attempt(
        id=row.id,
        job=row.job_id,
        segment=row.segment,
        number=row.number,
        worker=row.worker,
        started_at=row.started_at,
        lease_until=row.lease_until,
        ended_at=row.ended_at,
        outcome=row.outcome and Outcome(row.outcome),
        problem=row.problem,
        detail=row.detail,
        log=row.log,
    )


def artifact_values(owner: str, artifact: StoredArtifact, data: bytes | None, at: float) -> Values:
    return {
        "owner_id": owner,
        "key": artifact.key,
        "digest": artifact.digest,
        "size": artifact.size,
        "data": data,
        "effects": to_json([(e.name, dict(e.data)) for e in artifact.effects]),
        "created_at": at,
    }


def artifact_from(row: tuple[str, str, int, str]) -> StoredArtifact:
    key, digest, size, effects = row
    decoded = () if effects == "[]" else _EFFECTS.decode(effects)
    return StoredArtifact(key, digest, size, tuple(Effect(name, data) for name, data in decoded))


def document_from(row: Row) -> Document:
    return Document(
        id=row.id,
        owner=row.owner_id,
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        created_at=row.created_at,
        pages=row.pages,
        title=row.title,
    )
