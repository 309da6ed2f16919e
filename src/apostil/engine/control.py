"""What a user may do with a job that exists: cancel it, retry it, delete it."""

from __future__ import annotations

from collections.abc import Callable

from apostil.engine.errors import JobNotFound
from apostil.engine.job import Change, Job
from apostil.engine.ports import Clock, JobStore, Queue, Receipt
from apostil.engine.transitions import cancel, retry


def cancel_job(job_id: str, *, owner: str, jobs: JobStore, clock: Clock) -> Job:
    """End the job for good, at once; its process stops within seconds. An ended job stays as it
    is. Raises JobNotFound."""
    return _change(job_id, owner, jobs, lambda job: cancel(job, now=clock()))


def retry_job(
    job_id: str,
    *,
    owner: str,
    jobs: JobStore,
    queue: Queue,
    clock: Clock,
    password: str | None = None,
) -> Job:
    """Go on with a failed job from the segment that failed. Raises JobNotFound, JobNotFailed."""

    def decide(job: Job) -> Change:
        """A password is handed on only for a job that is the owner's and can be retried, and before
        the job is stored: a worker may have it at once."""
        change = retry(job, now=clock())
        if password is not None:
            queue.entrust(job.id, password)
        return change

    job = _change(job_id, owner, jobs, decide)
    queue.wake(job.id)
    return job


def delete_job(job_id: str, *, owner: str, jobs: JobStore, clock: Clock) -> Receipt:
    """Cancel the job if need be and delete all that only it uses. Of a job that was deleted before,
    the receipt of then. Raises JobNotFound."""
    while True:
        try:
            cancel_job(job_id, owner=owner, jobs=jobs, clock=clock)
        except JobNotFound:
            earlier = jobs.receipt(owner, job_id)
            if earlier is None:
                raise
            return earlier
        receipt = jobs.remove(owner, job_id, now=clock())
        if receipt is not None:
            return receipt


def _change(job_id: str, owner: str, jobs: JobStore, decide: Callable[[Job], Change | None]) -> Job:
    while True:
        job = jobs.load(job_id)
        if job is None or job.owner != owner:
            raise JobNotFound(job_id)
        change = decide(job)
        if change is None:
            return job
        if jobs.save(change):
            return change.settled()
