"""Counts over everything in memory."""

from __future__ import annotations

from collections import Counter, defaultdict

from apostil.adapters.memory.shelf import Shelf
from apostil.engine import (
    DURATION_BOUNDS,
    Attempt,
    AttemptTotals,
    Outcome,
    SegmentStatus,
    Totals,
)

_Kind = tuple[str, str, Outcome]


def count_everything(shelf: Shelf, now: float) -> Totals:
    jobs = [kept.job for kept in list(shelf.jobs.values())]
    segments = [segment for job in jobs for segment in job.segments]
    ready = [s.ready_at or now for s in segments if s.status is SegmentStatus.READY]
    artifacts = [stored.size for stored, _ in list(shelf.artifacts.values())]
    return Totals(
        jobs=Counter((job.application, job.status) for job in jobs),
        dead_letters=Counter(job.application for job in jobs if job.dead_letter),
        segments_ready=len(ready),
        segments_running=sum(s.status is SegmentStatus.RUNNING for s in segments),
        oldest_ready_seconds=max(0.0, now - min(ready, default=now)),
        attempts=_attempts(shelf),
        documents=len(shelf.documents),
        document_bytes=sum(document.size for document in list(shelf.documents.values())),
        artifacts=len(artifacts),
        artifact_bytes=sum(artifacts),
        events=sum(len(kept.events) for kept in list(shelf.jobs.values())),
    )


def _attempts(shelf: Shelf) -> list[AttemptTotals]:
    ended: dict[_Kind, list[float]] = defaultdict(list)
    for kept in list(shelf.jobs.values()):
        for attempt in kept.attempts.values():
            if attempt.outcome is not None:
                kind = (kept.job.application, attempt.segment, attempt.outcome)
                ended[kind].append(_seconds(attempt))
    return [_of_kind(kind, ended[kind]) for kind in sorted(ended)]


def _seconds(attempt: Attempt) -> float:
    return (attempt.ended_at or attempt.started_at) - attempt.started_at


def _of_kind(kind: _Kind, seconds: list[float]) -> AttemptTotals:
    application, segment, outcome = kind
    return AttemptTotals(
        application=application,
        segment=segment,
        outcome=outcome,
        count=len(seconds),
        seconds=sum(seconds),
        within=tuple(sum(s <= bound for s in seconds) for bound in DURATION_BOUNDS),
    )
