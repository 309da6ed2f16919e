"""Counts over everybody's jobs and files, for those who run the installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apostil.engine.states import JobStatus, Outcome

DURATION_BOUNDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0)
"""Seconds; the upper bounds by which attempts are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTotals:
    """Ended attempts of one segment with one outcome: how many, their seconds in all, and for each
    of DURATION_BOUNDS how many took no longer (so that the numbers grow)."""

    application: str
    segment: str
    outcome: Outcome
    count: int
    seconds: float
    within: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Over all owners. Jobs are counted by application and status, dead letters by application.

    ``oldest_ready_seconds`` is how long the segment that became ready first has waited; 0 when
    none is ready. The same bytes count once for each owner that has them.
    """

    jobs: Mapping[tuple[str, JobStatus], int]
    dead_letters: Mapping[str, int]
    segments_ready: int
    segments_running: int
    oldest_ready_seconds: float
    attempts: Sequence[AttemptTotals]
    documents: int
    document_bytes: int
    artifacts: int
    artifact_bytes: int
    events: int
