"""What users see, in memory."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Collection, Sequence

from apostil.adapters.memory.paging import page
from apostil.adapters.memory.shelf import Kept, Shelf
from apostil.adapters.memory.totals import count_everything
from apostil.engine import (
    ArtifactMissing,
    Attempt,
    Job,
    JobNotFound,
    JobPage,
    JobQuery,
    JobStatus,
    Receipt,
    Recorded,
    Stats,
    Totals,
)


class MemoryReader:
    """See ``JobReader``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def get(self, owner: str, job_id: str) -> Job:
        return self._kept(owner, job_id).job

    def list(self, owner: str, query: JobQuery) -> JobPage:
        wanted = [job for job in self._jobs(owner) if _matches(job, query)]
        if query.cursor is None:
            wanted = sorted(wanted, key=_position, reverse=True)[query.offset :]
        found = page(wanted, _position, limit=query.limit, cursor=query.cursor)
        return JobPage(found.items, found.next, found.previous)

    def place(self, owner: str, job_id: str) -> int:
        job = self.get(owner, job_id)
        if job.status is not JobStatus.QUEUED:
            return 0
        others = [kept.job for kept in list(self._shelf.jobs.values())]
        return sum(o.status is JobStatus.QUEUED and o.rank < job.rank for o in others)

    def places(self, owner: str, job_ids: Collection[str]) -> dict[str, int]:
        queued = [job for job in self._jobs(owner) if job.status is JobStatus.QUEUED]
        return {job.id: self.place(owner, job.id) for job in queued if job.id in job_ids}

    def attempts(self, owner: str, job_id: str) -> Sequence[Attempt]:
        attempts = self._kept(owner, job_id).attempts.values()
        return sorted(attempts, key=lambda attempt: (attempt.started_at, attempt.number))

    def events(
        self, owner: str, job_id: str, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Recorded]:
        return [r for r in self._kept(owner, job_id).events if r.seq > after][:limit]

    def artifact(self, owner: str, job_id: str, segment: str) -> bytes:
        job = self.get(owner, job_id)
        key = next((s.artifact_key for s in job.segments if s.name == segment), None)
        if key is None or (owner, key) not in self._shelf.artifacts:
            raise ArtifactMissing(f"The step {segment!r} of this job has left no artifact.")
        return self._shelf.artifacts[owner, key][1]

    def result(self, owner: str, job_id: str) -> bytes:
        job = self.get(owner, job_id)
        if job.status is not JobStatus.SUCCEEDED:
            raise ArtifactMissing(f"The job is {job.status}; it has no result.")
        return self.artifact(owner, job_id, job.segments[-1].name)

    def stats(self, owner: str) -> Stats:
        jobs = self._jobs(owner)
        ended = [a for job in jobs for a in self._shelf.jobs[job.id].attempts.values()]
        documents = [d.size for d in list(self._shelf.documents.values()) if d.owner == owner]
        artifacts = [
            s.size for (whose, _), (s, _) in list(self._shelf.artifacts.items()) if whose == owner
        ]
        return Stats(
            jobs=Counter(job.status for job in jobs),
            dead_letters=sum(job.dead_letter for job in jobs),
            attempts=Counter(a.outcome for a in ended if a.outcome is not None),
            documents=len(documents),
            document_bytes=sum(documents),
            artifacts=len(artifacts),
            artifact_bytes=sum(artifacts),
        )

    def heads(self, job_ids: Collection[str]) -> dict[str, int]:
        jobs = self._shelf.jobs
        return {one: jobs[one].job.last_seq for one in job_ids if one in jobs}

    def epoch(self) -> str:
        return hashlib.sha256(self._shelf.id.encode()).hexdigest()[:16]

    def receipt(self, owner: str, job_id: str) -> Receipt | None:
        return self._shelf.receipts.get((owner, job_id))

    def totals(self, now: float) -> Totals:
        return count_everything(self._shelf, now)

    def watch(self) -> MemoryWatch:
        return MemoryWatch(self._shelf)

    def _kept(self, owner: str, job_id: str) -> Kept:
        kept = self._shelf.jobs.get(job_id)
        if kept is None or kept.job.owner != owner:
            raise JobNotFound(job_id)
        return kept

    def _jobs(self, owner: str) -> Sequence[Job]:
        return [kept.job for kept in list(self._shelf.jobs.values()) if kept.job.owner == owner]


class MemoryWatch:
    """See ``Watch``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._seen = shelf.writes

    def wait(self, timeout_seconds: float) -> bool:
        deadline = time.monotonic() + timeout_seconds
        with self._shelf.lock:
            while self._shelf.writes == self._seen:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._shelf.lock.wait(left)
            self._seen = self._shelf.writes
            return True

    def close(self) -> None:
        """There is nothing to close."""


def _position(job: Job) -> tuple[float, str]:
    return job.submitted_at, job.id


def _matches(job: Job, query: JobQuery) -> bool:
    return (
        (not query.statuses or job.status in query.statuses)
        and query.application in {None, job.application}
        and query.dead_letter in {None, job.dead_letter}
        and (query.document is None or query.document in {d.sha256 for d in job.documents})
    )
