"""The closed sets of words for where a job, a segment or an attempt stands."""

from __future__ import annotations

from enum import StrEnum


class JobStatus(StrEnum):
    """``queued → running → succeeded | failed | cancelled``; only a retry leaves ``failed``."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        return self in {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


class SegmentStatus(StrEnum):
    """``waiting`` for predecessors, ``ready`` to be claimed, ``running`` under a lease, or ended."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How an attempt ended. Each has a budget of its own, see ``transitions``."""

    FINISHED = "finished"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    EXECUTOR_DIED = "executor_died"
    ABANDONED = "abandoned"
    """The worker was lost: its lease ran out."""
    RELEASED = "released"
    """Given back on purpose: a shutdown, a cancel, a sibling that failed. Never counted."""
