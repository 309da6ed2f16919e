"""Every change of a job's state, decided without any I/O: a job in, a ``Change`` out.

Each transition appends at least one event. The functions that act for an attempt take its token
and raise ClaimLost when the attempt is no longer the one that holds the segment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from apostil.engine.errors import ClaimLost, JobNotFailed
from apostil.engine.events import (
    AttemptFailed,
    AttemptReleased,
    Event,
    JobCancelled,
    JobFailed,
    JobRecovered,
    JobRetried,
    JobStarted,
    JobSucceeded,
    SegmentFinished,
    SegmentProgressed,
    SegmentReused,
    SegmentStarted,
)
from apostil.engine.job import (
    Attempt,
    Change,
    Ending,
    Failure,
    Job,
    JobSegment,
    NewArtifact,
    StoredArtifact,
)
from apostil.engine.pipeline import Retries
from apostil.engine.states import JobStatus, Outcome, SegmentStatus

MAX_DEATHS = 3
"""A document that kills or hangs its executor this often is poison."""
MAX_LOSSES = 10
"""A lost worker is rarely the document's fault, but not never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's wish to hold a segment until ``until`` (seconds since 1970 UTC)."""

    token: str
    worker: str
    until: float


def promote(job: Job, now: float) -> Job:
    """Make ready what may run: all whose predecessors are finished, or one at a time unless the
    job is parallel."""
    done = {s.name for s in job.segments if s.status is SegmentStatus.FINISHED}
    is_open = any(s.status in {SegmentStatus.READY, SegmentStatus.RUNNING} for s in job.segments)
    segments = []
    for segment in job.segments:
        is_next = segment.status is SegmentStatus.WAITING and done.issuperset(segment.after)
        if is_next and (job.parallel or not is_open):
            segment = replace(segment, status=SegmentStatus.READY, ready_at=now)  # noqa: PLW2901 - the loop builds the changed tuple
            is_open = True
        segments.append(segment)
    return replace(job, segments=tuple(segments))


def begin(job: Job, name: str, lease: Lease, *, now: float) -> Change:
    """Claim a ready segment."""
    segment = job.segment(name)
    number = segment.attempts + 1
    running = replace(
        segment,
        status=SegmentStatus.RUNNING,
        token=lease.token,
        attempts=number,
        started_at=now,
        done=0,
        total=0,
        message="",
    )
    attempt = Attempt(
        id=lease.token,
        job=job.id,
        segment=name,
        number=number,
        worker=lease.worker,
        started_at=now,
        lease_until=lease.until,
    )
    started = SegmentStarted(segment=name, title=segment.title, attempt=lease.token, number=number)
    return Change(
        before=job,
        job=_running(job, now).with_segment(running),
        at=now,
        events=(*_job_started(job), started),
        opened=(attempt,),
    )


def reuse(job: Job, name: str, stored: StoredArtifact, *, now: float) -> Change:
    """Finish a ready segment with an artifact that is there already. Its effects are applied
    again, since what they did may have been deleted."""
    finished = replace(_finished(job.segment(name), stored, now), started_at=now, reused=True)
    after, ended = _go_on(_running(job, now).with_segment(finished), now)
    reused = SegmentReused(segment=name, artifact=stored.digest)
    return Change(
        before=job,
        job=after,
        at=now,
        events=(*_job_started(job), reused, *ended),
        effects=stored.effects,
    )


def finish(
    job: Job, token: str, stored: StoredArtifact, data: bytes | None, *, now: float
) -> Change:
    """The checkpoint: the artifact is stored, the attempt ended, the successors made ready.

    Without ``data`` the artifact is in the store already: another job was faster.
    """
    segment = _held(job, token)
    after, ended = _go_on(job.with_segment(_finished(segment, stored, now)), now)
    event = SegmentFinished(segment=segment.name, attempt=token, artifact=stored.digest)
    return Change(
        before=job,
        job=after,
        at=now,
        events=(event, *ended),
        closed=(Ending(token=token, outcome=Outcome.FINISHED),),
        artifacts=() if data is None else (NewArtifact(stored, data),),
        effects=stored.effects,
    )


def progress(job: Job, token: str, told: tuple[int, int, str], *, now: float) -> Change:
    """Record how far the running segment is: (done, total, message)."""
    done, total, message = told
    segment = _held(job, token)
    event = SegmentProgressed(segment=segment.name, done=done, total=total, message=message)
    moved = replace(segment, done=done, total=total, message=message)
    return Change(before=job, job=job.with_segment(moved), at=now, events=(event,))


def release(job: Job, token: str, *, now: float) -> Change:
    """Give a segment back; it is ready at once and nothing is counted."""
    segment = _held(job, token)
    back = replace(segment, status=SegmentStatus.READY, ready_at=now, token=None)
    return Change(
        before=job,
        job=job.with_segment(back),
        at=now,
        events=(AttemptReleased(segment=segment.name, attempt=token),),
        closed=(Ending(token=token, outcome=Outcome.RELEASED),),
    )


def fail(
    job: Job,
    token: str,
    failure: Failure,
    *,
    retries: Retries,
    jitter: Callable[[], float],
    now: float,
    if_expired_at: float | None = None,
) -> Change:
    """End an attempt without an artifact: try again later, or end the job.

    ``jitter`` gives numbers in [0, 1) that spread the retries of many jobs.
    """
    counted = _counted(_held(job, token), failure)
    ending = Ending(
        token=token,
        outcome=failure.outcome,
        problem=failure.problem,
        detail=failure.detail,
        log=failure.log,
        if_expired_at=if_expired_at,
    )
    retry_at = _retry_at(counted, failure, retries, jitter, now)
    event = AttemptFailed(
        segment=counted.name,
        attempt=token,
        outcome=failure.outcome,
        problem=failure.problem,
        detail=failure.detail,
        retry_at=retry_at,
    )
    if retry_at is not None:
        back = replace(counted, status=SegmentStatus.READY, ready_at=retry_at, token=None)
        return Change(
            before=job, job=job.with_segment(back), at=now, events=(event,), closed=(ending,)
        )
    return _end_failed(job, counted, failure, event, ending, now)


def cancel(job: Job, *, now: float) -> Change | None:
    """End the job and every open attempt; None if it has ended already."""
    if job.status.is_terminal:
        return None
    segments = tuple(
        s
        if s.status is SegmentStatus.FINISHED
        else replace(s, status=SegmentStatus.CANCELLED, token=None)
        for s in job.segments
    )
    return Change(
        before=job,
        job=replace(job, status=JobStatus.CANCELLED, finished_at=now, segments=segments),
        at=now,
        events=(JobCancelled(),),
        closed=_released(job),
    )


def retry(job: Job, *, now: float) -> Change:
    """Queue a failed job again from the segment that failed, with fresh budgets.

    Raises JobNotFailed for a job in any other status."""
    if job.status is not JobStatus.FAILED or job.failed_segment is None:
        raise JobNotFailed(job.id, job.status)
    failed = job.segment(job.failed_segment)
    fresh = replace(failed, status=SegmentStatus.WAITING, failures=0, deaths=0, losses=0)
    queued = replace(
        job.with_segment(fresh),
        status=JobStatus.QUEUED,
        started_at=None,
        finished_at=None,
        failed_segment=None,
        problem=None,
        detail=None,
        dead_letter=False,
    )
    return Change(
        before=job, job=promote(queued, now), at=now, events=(JobRetried(segment=failed.name),)
    )


def revive(job: Job, *, now: float) -> Change | None:
    """Open a job that has neither ended nor anything open. No transition leaves one so; a database
    that was restored might. None if there is nothing to mend."""
    is_open = any(s.status in {SegmentStatus.READY, SegmentStatus.RUNNING} for s in job.segments)
    if is_open or job.status.is_terminal:
        return None
    after, ended = _go_on(job, now)
    return Change(before=job, job=after, at=now, events=(JobRecovered(), *ended))


def _held(job: Job, token: str) -> JobSegment:
    segment = job.held_by(token)
    if segment is None or segment.status is not SegmentStatus.RUNNING:
        raise ClaimLost(job.id, token)
    return segment


def _running(job: Job, now: float) -> Job:
    if job.status is JobStatus.RUNNING:
        return job
    return replace(job, status=JobStatus.RUNNING, started_at=now)


def _job_started(job: Job) -> tuple[Event, ...]:
    return () if job.status is JobStatus.RUNNING else (JobStarted(),)


def _finished(segment: JobSegment, stored: StoredArtifact, now: float) -> JobSegment:
    return replace(
        segment,
        status=SegmentStatus.FINISHED,
        token=None,
        artifact_key=stored.key,
        artifact_digest=stored.digest,
        finished_at=now,
    )


def _go_on(job: Job, now: float) -> tuple[Job, tuple[Event, ...]]:
    """After a segment ended well: the successors are ready, or the job has succeeded."""
    if all(segment.status is SegmentStatus.FINISHED for segment in job.segments):
        return replace(job, status=JobStatus.SUCCEEDED, finished_at=now), (JobSucceeded(),)
    return promote(job, now), ()


def _counted(segment: JobSegment, failure: Failure) -> JobSegment:
    match failure.outcome:
        case Outcome.TIMED_OUT | Outcome.EXECUTOR_DIED:
            return replace(segment, deaths=segment.deaths + 1)
        case Outcome.ABANDONED:
            return replace(segment, losses=segment.losses + 1)
        case _:
            return replace(segment, failures=segment.failures + 1)


def _retry_at(
    segment: JobSegment,
    failure: Failure,
    retries: Retries,
    jitter: Callable[[], float],
    now: float,
) -> float | None:
    match failure.outcome:
        case Outcome.TIMED_OUT | Outcome.EXECUTOR_DIED:
            return now if segment.deaths < MAX_DEATHS else None
        case Outcome.ABANDONED:
            return now if segment.losses < MAX_LOSSES else None
        case _ if failure.transient and segment.failures <= retries.times:
            return now + retries.delay_seconds(segment.failures, jitter())
        case _:
            return None


def _end_failed(
    job: Job,
    failed: JobSegment,
    failure: Failure,
    event: AttemptFailed,
    ending: Ending,
    now: float,
) -> Change:
    is_dead_letter = failure.transient or failure.outcome is not Outcome.FAILED
    still = {SegmentStatus.READY, SegmentStatus.RUNNING}
    stopped = tuple(
        replace(s, status=SegmentStatus.WAITING, token=None) if s.status in still else s
        for s in job.segments
    )
    ended = replace(
        job,
        segments=stopped,
        status=JobStatus.FAILED,
        finished_at=now,
        failed_segment=failed.name,
        problem=failure.problem,
        detail=failure.detail,
        dead_letter=is_dead_letter,
    ).with_segment(replace(failed, status=SegmentStatus.FAILED, token=None, finished_at=now))
    told = JobFailed(
        segment=failed.name,
        problem=failure.problem,
        detail=failure.detail,
        dead_letter=is_dead_letter,
    )
    others = tuple(e for e in _released(job) if e.token != ending.token)
    return Change(before=job, job=ended, at=now, events=(event, told), closed=(ending, *others))


def _released(job: Job) -> tuple[Ending, ...]:
    """Endings for all open attempts of a job that ends."""
    return tuple(
        Ending(token=s.token, outcome=Outcome.RELEASED) for s in job.segments if s.token is not None
    )
