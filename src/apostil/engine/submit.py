"""A job is born: once for each idempotency key, stored before it is announced."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from apostil.engine.events import JobSubmitted
from apostil.engine.job import DEFAULT_PRIORITY, LOWEST_PRIORITY, Job, JobDocument, JobSegment
from apostil.engine.pipeline import Pipeline
from apostil.engine.ports import Clock, Idempotency, JobStore, Queue
from apostil.engine.transitions import promote

LOCAL_OWNER = "local"
"""The owner of everything where no users are set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A wish to run an application's pipeline on received documents.

    ``parallel`` lets independent segments run at once; ``priority`` is 0 (first) to 9; raises
    ValueError for others. ``password`` opens encrypted documents and is never stored.
    """

    application: str
    version: str
    pipeline: Pipeline
    documents: tuple[JobDocument, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    owner: str = LOCAL_OWNER
    priority: int = DEFAULT_PRIORITY
    parallel: bool = False
    idempotency_key: str | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.priority <= LOWEST_PRIORITY:
            raise ValueError(f"a priority is 0 to {LOWEST_PRIORITY}, not {self.priority}")

    def digest(self) -> str:
        """Tells whether two submissions ask for the same."""
        asked = (
            self.application,
            [(d.sha256, d.name, d.media_type) for d in self.documents],
            dict(self.parameters),
            self.priority,
            self.parallel,
        )
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def submit(submission: Submission, *, jobs: JobStore, queue: Queue, clock: Clock) -> Job:
    """Store a job and announce it; it is never lost from then on.

    Raises IdempotencyConflict, DocumentGone and StoreBusy as ``JobStore.add`` says.
    """
    job = _new_job(submission, clock())
    if submission.password is not None:
        queue.entrust(job.id, submission.password)
    event = JobSubmitted(application=job.application, segments=tuple(s.name for s in job.segments))
    stored = jobs.add(job, event, idempotency=_idempotency(submission))
    queue.wake(stored.id)
    return stored


def _new_job(submission: Submission, now: float) -> Job:
    segments = tuple(
        JobSegment(name=s.name, title=s.title, after=s.after) for s in submission.pipeline.segments
    )
    job = Job(
        id=_time_ordered_id(now),
        owner=submission.owner,
        application=submission.application,
        version=submission.version,
        documents=submission.documents,
        parameters=dict(submission.parameters),
        segments=segments,
        submitted_at=now,
        priority=submission.priority,
        parallel=submission.parallel,
    )
    return promote(job, now)


def _idempotency(submission: Submission) -> Idempotency | None:
    if submission.idempotency_key is None:
        return None
    return Idempotency(key=submission.idempotency_key, request=submission.digest())


def _time_ordered_id(now: float) -> str:
    """A UUID of version 7 (RFC 9562): ids made one after the other lie together in the database."""
    version, variant = 7 << 76, 0b10 << 62
    number = int(now * 1000) << 80 | version | secrets.randbits(12) << 64 | variant
    return str(uuid.UUID(int=number | secrets.randbits(62)))
