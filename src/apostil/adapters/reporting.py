"""What happens to jobs, told to whoever watches an installation: as lines of a log, and as traces.

It is told from what was stored, after it was stored, and never read by us.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
import structlog

from apostil.adapters.logs import LogOptions, configure
from apostil.adapters.sql import Database, SqlJobs
from apostil.engine import (
    AttemptFailed,
    AttemptReleased,
    Change,
    EffectHandler,
    Event,
    FileStore,
    Idempotency,
    Job,
    JobFailed,
    JobSubmitted,
    JobSucceeded,
    SegmentFinished,
    SegmentProgressed,
    SegmentReused,
    SegmentStarted,
)

_log = structlog.get_logger()


class TraceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where spans are sent: a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318.
    ``headers`` as ``name=value,name=value``; they may hold a secret."""

    endpoint: str
    headers: str = ""

    def __repr__(self) -> str:
        return f"TraceOptions(endpoint={self.endpoint!r})"


class ReportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a process tells of what happens in it."""

    logs: LogOptions = LogOptions()
    traces: TraceOptions | None = None


class Listener(Protocol):
    """Is told of each change; must neither fail nor take long."""

    def submitted(self, job: Job) -> None: ...

    def changed(self, change: Change) -> None: ...


@contextmanager
def reporting(options: ReportOptions, *, role: str) -> Iterator[tuple[Listener, ...]]:
    """Have this process log, and trace if that is asked for; yields who listens to its jobs.
    ``role`` tells its spans from those of others. ModuleNotFoundError without OpenTelemetry."""
    configure(options.logs)
    with listening(options, role=role) as listeners:
        yield listeners


@contextmanager
def listening(options: ReportOptions, *, role: str) -> Iterator[tuple[Listener, ...]]:
    """As ``reporting``, for a process that logs already."""
    if options.traces is None:
        yield (EventLog(),)
        return
    # Loaded only where it is used, as it need not be installed.
    from apostil.adapters.traces import Traces  # noqa: PLC0415

    traces = Traces(options.traces.endpoint, headers=options.traces.headers, role=role)
    try:
        yield EventLog(), traces
    finally:
        traces.close()


class ReportingJobs(SqlJobs):
    """The store that tells its listeners of each change once it is stored."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        effects: Mapping[str, EffectHandler] | None = None,
        *,
        listeners: Sequence[Listener] = (),
    ) -> None:
        super().__init__(database, files, effects)
        self._listeners = tuple(listeners)

    def with_listeners(self, *further: Listener) -> ReportingJobs:
        """The same store with these listeners beside its own."""
        listeners = (*self._listeners, *further)
        return ReportingJobs(self._database, self._files, self._effects, listeners=listeners)

    def add(self, job: Job, event: JobSubmitted, *, idempotency: Idempotency | None = None) -> Job:
        stored = super().add(job, event, idempotency=idempotency)
        if stored.id == job.id:  # else it was there already
            for one in self._listeners:
                one.submitted(stored)
        return stored

    def save(self, change: Change) -> bool:
        is_saved = super().save(change)
        if is_saved:
            for one in self._listeners:
                one.changed(change)
        return is_saved


class EventLog:
    """A line for each event, without a word of the document, its name or the query.

    While a segment runs, whatever else this process logs carries its job, segment and attempt.
    """

    def submitted(self, job: Job) -> None:
        _log.info(
            "job_submitted",
            **_of(job),
            documents=len(job.documents),
            priority=job.priority,
            duplicate_of=job.duplicate_of,
        )

    def changed(self, change: Change) -> None:
        job = change.job
        for event in change.events:
            if isinstance(event, SegmentStarted):
                bound = {"job_id": job.id, "segment": event.segment, "attempt": event.number}
                structlog.contextvars.bind_contextvars(**bound)
            if _log.is_enabled_for(level := _level(event)):
                _log.log(level, event.type, **_of(job), **facts_of(change, event))
            if isinstance(event, SegmentFinished | AttemptFailed | AttemptReleased):
                structlog.contextvars.unbind_contextvars("job_id", "segment", "attempt")


def _level(event: Event) -> int:
    match event:
        case SegmentStarted() | SegmentProgressed():
            return logging.DEBUG
        case AttemptFailed() | JobFailed():
            return logging.WARNING
        case _:
            return logging.INFO


def _of(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "application": job.application, "owner": job.owner}


def facts_of(change: Change, event: Event) -> dict[str, Any]:
    """What the event says in numbers and names of our own. Titles, details and reports of progress
    are sentences that may quote a document."""
    job, facts = change.job, dict[str, Any]()
    if isinstance(
        event,
        SegmentStarted | SegmentProgressed | SegmentFinished | AttemptFailed | AttemptReleased,
    ):
        segment = job.segment(event.segment)
        facts |= {"segment": event.segment, "attempt": segment.attempts}
    match event:
        case SegmentProgressed():
            facts |= {"done": event.done, "total": event.total}
        case SegmentFinished():
            facts["seconds"] = _seconds(job.segment(event.segment).started_at, change.at)
        case SegmentReused():
            facts["segment"] = event.segment
        case AttemptFailed():
            facts |= {"outcome": event.outcome.value, "problem": event.problem}
            retry = None if event.retry_at is None else _seconds(change.at, event.retry_at)
            facts["retry_in_seconds"] = retry
        case JobSucceeded():
            facts["seconds"] = _seconds(job.submitted_at, change.at)
        case JobFailed():
            facts |= {"segment": event.segment, "problem": event.problem}
            facts["dead_letter"] = event.dead_letter
        case _:
            pass
    return facts


def _seconds(since: float | None, until: float) -> float:
    return round(until - (since or until), 3)
