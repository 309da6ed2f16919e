"""Jobs in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from apostil.adapters.memory.shelf import DAY_SECONDS, Kept, Shelf
from apostil.engine import (
    RECEIPT_SECONDS,
    ArtifactMissing,
    Attempt,
    Change,
    EffectHandler,
    EffectUnknown,
    Ending,
    Event,
    Expired,
    Idempotency,
    IdempotencyConflict,
    Job,
    JobStatus,
    JobSubmitted,
    Receipt,
    Recorded,
    SegmentStatus,
    StoredArtifact,
    content_digest,
)

_FRESH_SECONDS = 2.0


class MemoryJobs:
    """See ``JobStore``."""

    def __init__(
        self, effects: Mapping[str, EffectHandler] | None = None, *, shelf: Shelf | None = None
    ) -> None:
        self._shelf = shelf or Shelf()
        self._effects = dict(effects or {})

    def events(self, job_id: str) -> Sequence[Recorded]:
        return tuple(self._shelf.jobs[job_id].events)

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        return tuple(self._shelf.jobs[job_id].attempts.values())

    def add(self, job: Job, event: JobSubmitted, *, idempotency: Idempotency | None = None) -> Job:
        with self._shelf.lock:
            if idempotency is not None:
                earlier = self._earlier(job, idempotency)
                if earlier is not None:
                    return earlier
            twin = self._first_of_its_kind(job)
            kept = Kept(replace(job, last_seq=1, duplicate_of=twin), idempotency=idempotency)
            kept.events.append(Recorded(seq=1, job=job.id, at=job.submitted_at, event=event))
            for document in job.documents:
                self._shelf.register(job.owner, document, job.submitted_at)
            self._shelf.jobs[job.id] = kept
            self._shelf.wrote()
            return kept.job

    def load(self, job_id: str) -> Job | None:
        kept = self._shelf.jobs.get(job_id)
        return kept.job if kept else None

    def save(self, change: Change) -> bool:
        with self._shelf.lock:
            return self._save(change)

    def _save(self, change: Change) -> bool:
        kept = self._shelf.jobs.get(change.job.id)
        if kept is None or kept.job.last_seq != change.before.last_seq:
            return False
        if not self._is_allowed(kept, change):
            return False
        for effect in change.effects:
            if effect.name not in self._effects:
                raise EffectUnknown(f"Nothing here applies the effect {effect.name!r}.")
            self._effects[effect.name](None, change.job, effect.data)
        for new in change.artifacts:
            self._shelf.artifacts[change.job.owner, new.stored.key] = (new.stored, new.data)
        kept.attempts |= {attempt.id: attempt for attempt in change.opened}
        for ending in change.closed:
            kept.attempts[ending.token] = _ended(kept.attempts[ending.token], ending, change.at)
        first = change.before.last_seq + 1
        kept.events += _numbered(change.job.id, change.at, change.events, first)
        kept.job, kept.woken_at = change.settled(), None
        self._shelf.wrote()
        return True

    def find_ready(self, now: float, *, job_id: str | None = None) -> str | None:
        ready = [
            kept.job
            for kept in list(self._shelf.jobs.values())
            if kept.job.ready(now) is not None and job_id in {None, kept.job.id}
        ]
        return min(ready, key=lambda job: (job.rank, job.id)).id if ready else None

    def find_artifact(self, owner: str, key: str) -> StoredArtifact | None:
        found = self._shelf.artifacts.get((owner, key))
        return found[0] if found else None

    def read_artifact(self, owner: str, key: str) -> bytes:
        if (owner, key) not in self._shelf.artifacts:
            raise ArtifactMissing("An earlier artifact of this job is gone; submit the job again.")
        return self._shelf.artifacts[owner, key][1]

    def extend_lease(self, job_id: str, token: str, *, until: float) -> bool:
        kept = self._shelf.jobs.get(job_id)
        attempt = kept.attempts.get(token) if kept else None
        if kept is None or attempt is None or attempt.outcome is not None:
            return False
        kept.attempts[token] = replace(attempt, lease_until=until)
        return True

    def expire_leases(self, worker: str, *, now: float) -> int:
        count = 0
        for kept in list(self._shelf.jobs.values()):
            for attempt in self._open(kept):
                if attempt.worker == worker:
                    kept.attempts[attempt.id] = replace(attempt, lease_until=now)
                    count += 1
        return count

    def expired(self, now: float) -> Sequence[Expired]:
        return [
            Expired(job=kept.job.id, token=attempt.id)
            for kept in list(self._shelf.jobs.values())
            for attempt in self._open(kept)
            if attempt.lease_until <= now
        ]

    def stalled(self) -> Sequence[str]:
        is_open = {SegmentStatus.READY, SegmentStatus.RUNNING}
        return [
            kept.job.id
            for kept in list(self._shelf.jobs.values())
            if not kept.job.status.is_terminal
            and not any(s.status in is_open for s in kept.job.segments)
        ]

    def lost_wakes(self, now: float, *, patience: float) -> Sequence[str]:
        lost = [
            kept
            for kept in list(self._shelf.jobs.values())
            if kept.job.ready(now - _FRESH_SECONDS) is not None
            and (kept.woken_at is None or kept.woken_at <= now - patience)
        ]
        for kept in lost:
            kept.woken_at = now
        return [kept.job.id for kept in lost]

    def remove(self, owner: str, job_id: str, *, now: float) -> Receipt | None:
        with self._shelf.lock:
            return self._remove(owner, job_id, now)

    def _remove(self, owner: str, job_id: str, now: float) -> Receipt | None:
        kept = self._shelf.jobs.get(job_id)
        if kept is None or kept.job.owner != owner or not kept.job.status.is_terminal:
            return None
        del self._shelf.jobs[job_id]
        used = {
            (k.job.owner, s.artifact_key)
            for k in list(self._shelf.jobs.values())
            for s in k.job.segments
        }
        mine = {(owner, s.artifact_key) for s in kept.job.segments}
        gone = [key for key in self._shelf.artifacts if key in mine - used]
        papers = {
            d.sha256: None for d in kept.job.documents if not self._shelf.is_used(owner, d.sha256)
        }
        for sha256 in papers:
            del self._shelf.documents[owner, sha256]
        receipt = Receipt(
            job=job_id,
            deleted_at=now,
            events=len(kept.events),
            attempts=len(kept.attempts),
            artifacts=tuple(self._shelf.artifacts.pop(key)[0].digest for key in gone),
            documents=tuple(papers),
        )
        self._shelf.wrote()
        receipts = {**self._shelf.receipts, (owner, job_id): receipt}
        oldest = now - RECEIPT_SECONDS
        self._shelf.receipts = {k: r for k, r in receipts.items() if r.deleted_at > oldest}
        return receipt

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        return self._shelf.receipts.get((owner, job_id))

    def remove_unused_files(self, now: float, *, after: float) -> int:  # noqa: ARG002 - there are none
        return 0

    def _earlier(self, job: Job, idempotency: Idempotency) -> Job | None:
        for kept in list(self._shelf.jobs.values()):
            named = kept.idempotency
            if named is None or (kept.job.owner, named.key) != (job.owner, idempotency.key):
                continue
            if kept.job.submitted_at <= job.submitted_at - DAY_SECONDS:
                kept.idempotency = None
            elif named.request != idempotency.request:
                raise IdempotencyConflict(
                    "This idempotency key belongs to another request; choose a new one."
                )
            else:
                return kept.job
        return None

    def _first_of_its_kind(self, job: Job) -> str | None:
        came_to_nothing = {JobStatus.FAILED, JobStatus.CANCELLED}
        twins = [
            (kept.job.submitted_at, kept.job.id)
            for kept in list(self._shelf.jobs.values())
            if kept.job.owner == job.owner
            and content_digest(kept.job) == content_digest(job)
            and kept.job.submitted_at > job.submitted_at - DAY_SECONDS
            and kept.job.status not in came_to_nothing
        ]
        return min(twins)[1] if twins else None

    def _is_allowed(self, kept: Kept, change: Change) -> bool:
        owner = change.job.owner
        if any((owner, new.stored.key) in self._shelf.artifacts for new in change.artifacts):
            return False
        made = {new.stored.key for new in change.artifacts}
        named = {s.artifact_key for _, s in change.changed_segments() if s.artifact_key}
        if any((owner, key) not in self._shelf.artifacts for key in named - made):
            return False
        attempts = kept.attempts | {attempt.id: attempt for attempt in change.opened}
        return all(_may_end(attempts.get(ending.token), ending) for ending in change.closed)

    @staticmethod
    def _open(kept: Kept) -> list[Attempt]:
        return [attempt for attempt in kept.attempts.values() if attempt.outcome is None]


def _may_end(attempt: Attempt | None, ending: Ending) -> bool:
    if attempt is None or attempt.outcome is not None:
        return False
    return ending.if_expired_at is None or attempt.lease_until <= ending.if_expired_at


def _ended(attempt: Attempt, ending: Ending, at: float) -> Attempt:
    return replace(
        attempt,
        ended_at=at,
        outcome=ending.outcome,
        problem=ending.problem,
        detail=ending.detail,
        log=ending.log,
    )


def _numbered(job_id: str, at: float, events: Sequence[Event], first: int) -> list[Recorded]:
    return [
        Recorded(seq=seq, job=job_id, at=at, event=event)
        for seq, event in enumerate(events, start=first)
    ]
