"""Jobs as OpenTelemetry traces: a span for the submission, one for each attempt, one for the whole.

A job's trace id is its own id, and that of a span comes from the id of the job or of the attempt.
So every process finds the same trace without being told, and nothing is stored for it. Needs the
extra ``apostil[tracing]``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from urllib.parse import unquote
from uuid import UUID

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from apostil import __version__
from apostil.engine import (
    AttemptFailed,
    AttemptReleased,
    Change,
    Event,
    Job,
    JobCancelled,
    JobFailed,
    JobSucceeded,
    SegmentFinished,
    SegmentReused,
)

EXPORT_SECONDS = 5.0
GATHER_SECONDS = 1.0
CLOSE_SECONDS = 1.0
"""A collector that does not answer must not hold up the end of a process."""
_LOW_64 = (1 << 64) - 1
_NANOSECONDS = 1_000_000_000

Attributes = Mapping[str, str | int | float | bool]


class Traces:
    """The ``Listener`` that sends spans, in a thread of its own. What cannot be sent is lost."""

    def __init__(self, endpoint: str, *, headers: str, role: str) -> None:
        exporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces",
            headers=_headers(headers),
            timeout=EXPORT_SECONDS,
        )
        self._resource = Resource.create(
            {"service.name": f"apostil-{role}", "service.version": __version__}
        )
        self._scope = InstrumentationScope("apostil", __version__)
        self._spans = BatchSpanProcessor(exporter, schedule_delay_millis=GATHER_SECONDS * 1000)

    def close(self) -> None:
        """Send what waits, for a second at most."""
        ending = threading.Thread(target=self._spans.shutdown, name="traces-end", daemon=True)
        ending.start()
        ending.join(CLOSE_SECONDS)

    def submitted(self, job: Job) -> None:
        facts = {"apostil.documents": len(job.documents), "apostil.priority": job.priority}
        if request := structlog.contextvars.get_contextvars().get("request_id"):
            facts["apostil.request_id"] = request
        self._send(
            f"submit {job.application}",
            job,
            span=_root(job),
            between=(job.submitted_at, job.submitted_at),
            kind=SpanKind.PRODUCER,
            attributes=facts,
        )

    def changed(self, change: Change) -> None:
        for event in change.events:
            match event:
                case SegmentFinished() | AttemptFailed() | AttemptReleased():
                    self._attempt_ended(change, event)
                case SegmentReused():
                    self._reused(change, event)
                case JobSucceeded() | JobFailed() | JobCancelled():
                    self._job_ended(change, event)
                case _:
                    pass

    def _attempt_ended(
        self, change: Change, event: SegmentFinished | AttemptFailed | AttemptReleased
    ) -> None:
        before = change.before.held_by(event.attempt) or change.job.segment(event.segment)
        began = before.started_at or change.at
        facts: dict[str, str | int | float | bool] = {
            "apostil.segment": event.segment,
            "apostil.attempt": before.attempts,
            "apostil.outcome": "succeeded",
        }
        if before.ready_at is not None:
            facts["apostil.waited_seconds"] = round(max(0.0, began - before.ready_at), 3)
        problem = None
        if isinstance(event, AttemptFailed):
            facts["apostil.outcome"], problem = event.outcome.value, event.problem
        elif isinstance(event, AttemptReleased):
            facts["apostil.outcome"] = "released"
        self._send(
            f"segment {event.segment}",
            change.job,
            span=UUID(event.attempt).int & _LOW_64,
            between=(began, change.at),
            kind=SpanKind.CONSUMER,
            attributes=facts,
            problem=problem,
        )

    def _reused(self, change: Change, event: SegmentReused) -> None:
        self._send(
            f"segment {event.segment}",
            change.job,
            span=_derived(change.job, f"{event.segment} {change.at}"),
            between=(change.at, change.at),
            kind=SpanKind.CONSUMER,
            attributes={"apostil.segment": event.segment, "apostil.outcome": "reused"},
        )

    def _job_ended(self, change: Change, event: Event) -> None:
        job = change.job
        facts: dict[str, str | int | float | bool] = {"apostil.outcome": job.status.value}
        if job.started_at is not None:
            facts["apostil.waited_seconds"] = round(job.started_at - job.submitted_at, 3)
        problem = None
        if isinstance(event, JobFailed):
            problem = event.problem
            facts |= {"apostil.segment": event.segment, "apostil.dead_letter": event.dead_letter}
        self._send(
            f"job {job.application}",
            job,
            span=_derived(job, str(change.at)),  # after a retry it ends again
            between=(job.submitted_at, change.at),
            kind=SpanKind.INTERNAL,
            attributes=facts,
            problem=problem,
        )

    def _send(
        self,
        name: str,
        job: Job,
        *,
        span: int,
        between: tuple[float, float],
        kind: SpanKind,
        attributes: Attributes,
        problem: str | None = None,
    ) -> None:
        root = _root(job)
        began, ended = (int(seconds * _NANOSECONDS) for seconds in between)
        told: dict[str, str | int | float | bool] = {
            "apostil.job_id": job.id,
            "apostil.application": job.application,
            "apostil.owner": job.owner,
            **attributes,
        }
        if problem is not None:
            told["apostil.problem"] = problem
        self._spans.on_end(
            ReadableSpan(
                name,
                context=_context(job, span),
                parent=None if span == root else _context(job, root),
                resource=self._resource,
                attributes=told,
                kind=kind,
                status=Status(StatusCode.ERROR, problem) if problem else Status(StatusCode.UNSET),
                start_time=began,
                end_time=ended,
                instrumentation_scope=self._scope,
            )
        )


def _context(job: Job, span: int) -> SpanContext:
    return SpanContext(
        UUID(job.id).int, span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )


def _root(job: Job) -> int:
    return UUID(job.id).int & _LOW_64


def _derived(job: Job, what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{job.id} {what}".encode()).digest()[:8]) or 1


def _headers(listed: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in listed.split(",") if "=" in one)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}
