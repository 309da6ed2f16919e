"""The engine with hand-driven workers and a hand-driven clock, for tests of any store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apostil.adapters import ContentFiles
from apostil.engine import (
    Attempt,
    Claim,
    Effect,
    Failure,
    Finished,
    Job,
    JobDocument,
    JobStore,
    Outcome,
    Pipeline,
    Recorded,
    Roster,
    Segment,
    Submission,
    Versions,
    Worker,
    checkpoint,
    submit,
    take,
)

CHAIN = Pipeline(
    (
        Segment(name="read", title="Read", work="json:dumps", parameters=("colour",)),
        Segment(name="think", title="Think", work="json:dumps", after=("read",)),
        Segment(name="write", title="Write", work="json:dumps", after=("read", "think")),
    )
)
FORK = Pipeline(
    (
        Segment(name="read", title="Read", work="json:dumps"),
        Segment(name="left", title="Left", work="json:loads", after=("read",)),
        Segment(name="right", title="Right", work="json:dump", after=("read",)),
        Segment(name="join", title="Join", work="json:dumps", after=("left", "right")),
    )
)
PIPELINES = {"chain": CHAIN, "fork": FORK}
POISON = Failure(outcome=Outcome.EXECUTOR_DIED, problem="/problems/executor-died", detail="Died.")
DISTURBED = Failure(
    outcome=Outcome.FAILED, problem="/problems/disturbed", detail="Refused.", transient=True
)
BAD = Failure(outcome=Outcome.FAILED, problem="/problems/bad", detail="Unreadable.")


@dataclass
class Wakes:
    heard: list[str] = field(default_factory=list)

    def wake(self, job_id: str) -> None:
        self.heard.append(job_id)

    def entrust(self, job_id: str, password: str) -> None:
        raise AssertionError(f"job {job_id} has no password, least of all {password!r}")


@dataclass(frozen=True)
class Store:
    """A store under test, and a look behind it."""

    jobs: JobStore
    roster: Roster
    files: ContentFiles
    events: Callable[[str], Sequence[Recorded]]
    attempts: Callable[[str], Sequence[Attempt]]


@dataclass
class Desk:
    """The engine with hand-driven workers and a hand-driven clock."""

    store: Store
    now: float = 1_000_000.0
    queue: Wakes = field(default_factory=Wakes)
    versions: Versions = field(default_factory=Versions)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def clock(self) -> float:
        return self.now

    def worker(self, name: str = "w1", **other: Any) -> Worker:
        """A worker, with some of its parts replaced."""
        usual = Worker(
            id=name,
            jobs=self.store.jobs,
            roster=self.store.roster,
            files=self.store.files,
            queue=self.queue,
            pipelines=PIPELINES,
            clock=self.clock,
            versions=self.versions,
            pause=lambda _: None,
            jitter=lambda: 0.0,
        )
        return replace(usual, **other)

    def document(self, paper: bytes, name: str = "p.txt") -> JobDocument:
        sha256 = self.store.files.put(paper)
        return JobDocument(sha256=sha256, name=name, media_type="text/plain", size=len(paper))

    def submit(
        self,
        application: str = "chain",
        *,
        paper: bytes = b"paper",
        name: str = "p.txt",
        **wishes: Any,
    ) -> Job:
        submission = Submission(
            application=application,
            version="1",
            pipeline=PIPELINES[application],
            documents=(self.document(paper, name),),
            **{"parameters": {"colour": next(self.numbers)}, **wishes},
        )
        return submit(submission, jobs=self.store.jobs, queue=self.queue, clock=self.clock)

    def take(self, worker: str = "w1", job: Job | None = None) -> Claim:
        claim = take(self.worker(worker), job_id=job.id if job else None)
        assert claim is not None
        return claim

    def finish(
        self, claim: Claim, *, go_on: bool = False, effects: tuple[Effect, ...] = ()
    ) -> Claim | None:
        made = Finished(claim.key[::-1], claim.key.encode(), effects)
        return checkpoint(self.worker(), claim, made, go_on=go_on)

    def fail(self, claim: Claim, failure: Failure) -> None:
        assert checkpoint(self.worker(), claim, failure, go_on=False) is None

    def work_off(self) -> None:
        while (claim := take(self.worker())) is not None:
            following: Claim | None = claim
            while following is not None:
                following = self.finish(following, go_on=True)

    def job(self, job: Job) -> Job:
        found = self.store.jobs.load(job.id)
        assert found is not None
        return found

    def event_types(self, job: Job) -> list[str]:
        return [recorded.event.type for recorded in self.store.events(job.id)]
