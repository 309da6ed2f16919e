"""The heart: claim a segment, let it run, checkpoint it and claim the next in one transaction.

``save`` writes a change only if the job still stands as it was read. So nothing is locked while a
segment runs, two workers never hold the same claim, and two branches that finish together are
decided one after the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from apostil.engine.errors import (
    ClaimLost,
    EffectUnknown,
    EngineError,
    SegmentFailed,
    StoreBusy,
    StoreFull,
)
from apostil.engine.job import Change, Conclusion, Failure, Finished, Job, StoredArtifact
from apostil.engine.pipeline import Retries
from apostil.engine.states import Outcome
from apostil.engine.transitions import Lease, begin, fail, finish, release, reuse
from apostil.engine.worker import Worker

_BUSY_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A segment that is ours while the lease holds. ``key`` is that of the artifact to make."""

    job: Job
    segment: str
    token: str
    key: str


Work = Callable[[Claim], Conclusion]


def advance(worker: Worker, work: Work, *, job_id: str | None = None) -> bool:
    """Work on the most urgent job, or on the given one, for a time slice or until nothing of it is
    ready. Return whether there was anything to do. Raises ClaimLost when it was taken away."""
    claim = take(worker, job_id=job_id)
    began = worker.clock()
    worked = claim is not None
    while claim is not None:
        conclusion = work(claim)  # outside any transaction
        may_go_on = worker.clock() - began < worker.tempo.slice or not _others_wait(worker)
        claim = checkpoint(worker, claim, conclusion, go_on=may_go_on)
    return worked


def take(worker: Worker, *, job_id: str | None = None) -> Claim | None:
    """Claim the first ready segment of the most urgent job, or of the given one. Jobs that need no
    work, since all of theirs was done before, end on the way."""
    while (found := worker.jobs.find_ready(worker.clock(), job_id=job_id)) is not None:
        job = worker.jobs.load(found)
        if job is not None:
            change, claim = _follow(worker, _unchanged(worker, job))
            if change.events and worker.jobs.save(change):
                claim = _stored(worker, change, claim)
                if claim is not None:
                    return claim
    return None


def checkpoint(worker: Worker, claim: Claim, made: Conclusion, *, go_on: bool) -> Claim | None:
    """End the attempt and claim what follows, wholly or not at all. A store that is busy is waited
    for: the work is done and must not be lost. Raises StoreFull when there is no room even to
    record the failure; the lease then ends by itself."""
    job, earlier = claim.job, None
    while True:
        change, following = conclude(worker, job, claim, made, earlier), None
        if go_on:
            change, following = _follow(worker, change)
        try:
            if worker.jobs.save(change):
                return _stored(worker, change, following)
        except StoreBusy:
            worker.pause(_BUSY_SECONDS)
        except (EffectUnknown, StoreFull) as refusal:
            if isinstance(made, Failure):
                raise
            made = _refused(refusal)
            worker.pause(_BUSY_SECONDS)
        job = reload(worker, claim)
        earlier = worker.jobs.find_artifact(job.owner, claim.key)


def give_back(worker: Worker, claim: Claim) -> None:
    """Release the segment, so that another worker can take it at once."""
    job = claim.job
    while not worker.jobs.save(release(job, claim.token, now=worker.clock())):
        job = reload(worker, claim)


def conclude(
    worker: Worker, job: Job, claim: Claim, made: Conclusion, earlier: StoredArtifact | None
) -> Change:
    """What an attempt's end means for the job. ``earlier`` is an artifact that another job has
    stored under the same key meanwhile: the first one counts."""
    now = worker.clock()
    match made:
        case Finished():
            stored = earlier or StoredArtifact(claim.key, made.digest, len(made.data), made.effects)
            data = None if earlier else made.data
            return finish(job, claim.token, stored, data, now=now)
        case Failure():
            retries = worker.segment(job, claim.segment).retries
            return fail(job, claim.token, made, retries=retries, jitter=worker.jitter, now=now)


def reload(worker: Worker, claim: Claim) -> Job:
    """The claim's job as it stands now."""
    job = worker.jobs.load(claim.job.id)
    if job is None:
        raise ClaimLost(claim.job.id, claim.token)
    return job


def _follow(worker: Worker, change: Change) -> tuple[Change, Claim | None]:
    """Extend a change by what the job can do at once: reuse what is there, then claim."""
    while (segment := change.job.ready(now := worker.clock())) is not None:
        job, token = change.job, str(uuid.uuid4())
        lease = Lease(token=token, worker=worker.id, until=now + worker.tempo.lease)
        try:
            key = worker.key(job, segment.name)
        except SegmentFailed as unknown:
            begun = change.then(begin(job, segment.name, lease, now=now))
            return begun.then(_refuse(worker, begun.job, token, unknown)), None
        stored = worker.jobs.find_artifact(job.owner, key)
        if stored is None:
            change = change.then(begin(job, segment.name, lease, now=now))
            return change, Claim(job=change.job, segment=segment.name, token=token, key=key)
        change = change.then(reuse(job, segment.name, stored, now=now))
    return change, None


def _stored(worker: Worker, change: Change, claim: Claim | None) -> Claim | None:
    """After a change is in the store: announce what is left for others."""
    if change.job.ready(worker.clock()) is not None:
        worker.queue.wake(change.job.id)
    return replace(claim, job=change.settled()) if claim else None


def _unchanged(worker: Worker, job: Job) -> Change:
    return Change(before=job, job=job, at=worker.clock())


def _others_wait(worker: Worker) -> bool:
    return worker.jobs.find_ready(worker.clock()) is not None


def _refuse(worker: Worker, job: Job, token: str, reason: SegmentFailed) -> Change:
    failure = Failure(outcome=Outcome.FAILED, problem=reason.problem, detail=reason.detail)
    return fail(job, token, failure, retries=Retries(), jitter=worker.jitter, now=worker.clock())


def _refused(refusal: EngineError) -> Failure:
    """The store took the work but not its outcome."""
    is_full = isinstance(refusal, StoreFull)
    return Failure(
        outcome=Outcome.FAILED,
        problem="/problems/storage-full" if is_full else "/problems/effect-unknown",
        detail=str(refusal),
        transient=is_full,
    )
