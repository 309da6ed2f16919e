"""Whatever was lost comes back: some worker sweeps every two seconds."""

from __future__ import annotations

from apostil.engine.errors import SegmentFailed
from apostil.engine.job import Change, Failure, Job
from apostil.engine.pipeline import Retries
from apostil.engine.ports import Expired, JobStore, Roster
from apostil.engine.states import Outcome
from apostil.engine.transitions import fail, revive
from apostil.engine.worker import Worker

_UNUSED_FILES_SECONDS = 24 * 3600.0
_CLEAN_SECONDS = 3600.0

_LOST = Failure(
    outcome=Outcome.ABANDONED,
    problem="/problems/worker-lost",
    detail="The process that worked on this step was lost.",
)


def sweep(worker: Worker) -> bool:
    """Return expired leases, revive jobs with nothing open, announce work that nobody took.

    Retries that are due need no help: they are ready work by then. Return whether it was this
    worker's turn.
    """
    now = worker.clock()
    every = worker.tempo.sweep
    if not worker.roster.take_turn("sweep", holder=worker.id, now=now, every=every):
        return False
    for expired in worker.jobs.expired(now):
        _abandon(worker, expired)
    for job_id in worker.jobs.stalled():
        _revive(worker, job_id)
    for job_id in worker.jobs.lost_wakes(now, patience=worker.tempo.lost_wake):
        worker.queue.wake(job_id)
    return True


def clean(worker: Worker) -> int:
    """Once an hour, delete files that nothing has used for a day."""
    return clean_files(worker.jobs, worker.roster, holder=worker.id, now=worker.clock())


def clean_files(jobs: JobStore, roster: Roster, *, holder: str, now: float) -> int:
    """As ``clean``, for whoever is no worker: one does it in an hour, whoever comes first."""
    if not roster.take_turn("clean", holder=holder, now=now, every=_CLEAN_SECONDS):
        return 0
    return jobs.remove_unused_files(now, after=_UNUSED_FILES_SECONDS)


def _abandon(worker: Worker, expired: Expired) -> None:
    """End one attempt whose lease has run out, unless the lease or the job changes meanwhile; a
    later sweep sees to that."""
    job = worker.jobs.load(expired.job)
    segment = job.held_by(expired.token) if job else None
    if job is None or segment is None:
        return
    now = worker.clock()
    change = fail(
        job,
        expired.token,
        _LOST,
        retries=_retries(worker, job, segment.name),
        jitter=worker.jitter,
        now=now,
        if_expired_at=now,
    )
    _save_and_wake(worker, change)


def _revive(worker: Worker, job_id: str) -> None:
    job = worker.jobs.load(job_id)
    change = revive(job, now=worker.clock()) if job else None
    if change is not None:
        _save_and_wake(worker, change)


def _save_and_wake(worker: Worker, change: Change) -> None:
    if worker.jobs.save(change) and not change.job.status.is_terminal:
        worker.queue.wake(change.job.id)


def _retries(worker: Worker, job: Job, segment: str) -> Retries:
    try:
        return worker.segment(job, segment).retries
    except SegmentFailed:
        return Retries()
