"""Any order and repetition of what may happen to a job keeps every promise of the engine."""

from __future__ import annotations

import tempfile
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from desk import BAD, DISTURBED, POISON, Desk, Store
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from apostil.adapters import ContentFiles, SqlJobs, SqlReader, SqlRoster, open_database, upgrade
from apostil.adapters.memory import MemoryJobs, MemoryRoster
from apostil.engine import (
    TERMINAL_EVENTS,
    Claim,
    ClaimLost,
    Failure,
    Job,
    JobRetried,
    JobStatus,
    SegmentStatus,
    Worker,
    cancel_job,
    checkpoint,
    delete_job,
    give_back,
    retry_job,
    sweep,
    take,
)
from apostil.engine.transitions import progress

_ANY = st.integers(min_value=0, max_value=1000)
_WORKERS = st.sampled_from(["w1", "w2", "w3"])


class Jobs(RuleBasedStateMachine):
    """Jobs over a store in memory, pushed about by three workers, users and the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(self.open_store(Path(self.folder.name)))
        self.jobs: list[Job] = []
        self.claims: list[Claim] = []
        self.seen: dict[str, JobStatus] = {}

    def open_store(self, folder: Path) -> Store:
        jobs = MemoryJobs()
        files = ContentFiles(folder / "files")
        return Store(jobs, MemoryRoster(), files, jobs.events, jobs.attempts)

    def teardown(self) -> None:
        try:
            self.end_everything()
        finally:
            self.folder.cleanup()

    @rule(
        application=st.sampled_from(["chain", "fork"]),
        parallel=st.booleans(),
        colour=st.integers(0, 2),
        priority=st.integers(0, 9),
    )
    def submit(self, application: str, colour: int, priority: int, *, parallel: bool) -> None:
        wish: dict[str, Any] = {
            "parallel": parallel,
            "parameters": {"colour": colour},
            "priority": priority,
        }
        self.jobs.append(self.desk.submit(application, **wish))

    @rule(name=_WORKERS)
    def claim(self, name: str) -> None:
        claim = take(self.desk.worker(name))
        if claim is not None:
            self.claims.append(claim)

    @precondition(lambda self: self.claims)
    @rule(which=_ANY, go_on=st.booleans())
    def finish(self, which: int, *, go_on: bool) -> None:
        def done(_: Worker, claim: Claim) -> None:
            following = self.desk.finish(claim, go_on=go_on)
            if following is not None:
                self.claims.append(following)

        self.write(which, done)

    @precondition(lambda self: self.claims)
    @rule(which=_ANY, failure=st.sampled_from([BAD, DISTURBED, POISON]))
    def fail(self, which: int, failure: Failure) -> None:
        self.write(which, lambda worker, claim: checkpoint(worker, claim, failure, go_on=True))

    @precondition(lambda self: self.claims)
    @rule(which=_ANY)
    def release(self, which: int) -> None:
        self.write(which, give_back)

    @precondition(lambda self: self.claims)
    @rule(which=_ANY)
    def report(self, which: int) -> None:
        claim = self.claims[which % len(self.claims)]
        job = self.desk.store.jobs.load(claim.job.id)
        if job is not None and job.held_by(claim.token):
            told = progress(job, claim.token, (1, 2, "half"), now=self.desk.now)
            assert self.desk.store.jobs.save(told)

    @precondition(lambda self: self.claims)
    @rule(which=_ANY)
    def heartbeat(self, which: int) -> None:
        claim = self.claims[which % len(self.claims)]
        until = self.desk.now + 15
        held = self.is_held(claim)
        assert self.desk.store.jobs.extend_lease(claim.job.id, claim.token, until=until) == held

    @rule(seconds=st.sampled_from([1.0, 16.0, 130.0]))
    def wait(self, seconds: float) -> None:
        self.desk.now += seconds

    @rule(name=_WORKERS)
    def sweep(self, name: str) -> None:
        self.desk.now += 2.0
        assert sweep(self.desk.worker(name))

    @rule(name=_WORKERS)
    def lose_worker(self, name: str) -> None:
        self.desk.store.jobs.expire_leases(name, now=self.desk.now)

    @precondition(lambda self: self.jobs)
    @rule(which=_ANY)
    def cancel(self, which: int) -> None:
        job = self.jobs[which % len(self.jobs)]
        cancel_job(job.id, owner="local", jobs=self.desk.store.jobs, clock=self.desk.clock)

    @precondition(lambda self: self.jobs)
    @rule(which=_ANY)
    def retry(self, which: int) -> None:
        job = self.desk.job(self.jobs[which % len(self.jobs)])
        if job.status is JobStatus.FAILED:
            self.push(job)

    @precondition(lambda self: self.jobs)
    @rule(which=_ANY)
    def delete(self, which: int) -> None:
        job = self.jobs.pop(which % len(self.jobs))
        delete_job(job.id, owner="local", jobs=self.desk.store.jobs, clock=self.desk.clock)

    @invariant()
    def events_are_numbered_and_ends_are_last(self) -> None:
        for job in map(self.desk.job, self.jobs):
            log = self.desk.store.events(job.id)
            assert [recorded.seq for recorded in log] == list(range(1, job.last_seq + 1))
            events = [recorded.event for recorded in log]
            since_retry = list(takewhile(lambda e: not isinstance(e, JobRetried), reversed(events)))
            ends = [isinstance(event, TERMINAL_EVENTS) for event in since_retry]
            assert not any(ends[1:])
            assert ends[:1] == [job.status.is_terminal] or not ends
            assert job.status.is_terminal == (bool(ends) and ends[0])

    @invariant()
    def every_claim_is_had_once(self) -> None:
        for job in map(self.desk.job, self.jobs):
            held = {s.token for s in job.segments if s.status is SegmentStatus.RUNNING}
            attempts = self.desk.store.attempts(job.id)
            assert {a.id for a in attempts if a.outcome is None} == held
            assert all(s.token is None for s in job.segments if s.token not in held)
            if not job.parallel:
                assert len(held) <= 1

    @invariant()
    def an_end_is_left_by_a_retry_only(self) -> None:
        for job in map(self.desk.job, self.jobs):
            before = self.seen.get(job.id)
            if before is not None and before.is_terminal:
                assert job.status is before
            self.seen[job.id] = job.status

    @invariant()
    def nothing_is_stalled(self) -> None:
        assert list(self.desk.store.jobs.stalled()) == []

    def write(self, which: int, act: object) -> None:
        """Act for any claim ever made: only one that still holds may change anything."""
        claim = self.claims[which % len(self.claims)]
        held = self.is_held(claim)
        before = self.desk.store.jobs.load(claim.job.id)
        assert callable(act)
        if held:
            act(self.desk.worker(), claim)
            assert not self.is_held(claim)
        else:
            with pytest.raises(ClaimLost):
                act(self.desk.worker(), claim)
            assert self.desk.store.jobs.load(claim.job.id) == before

    def is_held(self, claim: Claim) -> bool:
        job = self.desk.store.jobs.load(claim.job.id)
        return job is not None and job.held_by(claim.token) is not None

    def push(self, job: Job) -> None:
        store = self.desk.store
        self.seen[job.id] = JobStatus.QUEUED
        retry_job(
            job.id, owner="local", jobs=store.jobs, queue=self.desk.queue, clock=self.desk.clock
        )

    def end_everything(self) -> None:
        """Whatever has happened, every job that may still succeed does, with the artifacts of an
        undisturbed run."""
        self.desk.now += 200.0
        sweep(self.desk.worker())
        for job in map(self.desk.job, self.jobs):
            if job.status is JobStatus.FAILED:
                self.push(job)
        self.desk.work_off()
        for job in map(self.desk.job, self.jobs):
            assert job.status in {JobStatus.SUCCEEDED, JobStatus.CANCELLED}
            if job.status is JobStatus.SUCCEEDED:
                assert _artifacts(job) == _undisturbed(job)


class SqlJobsMachine(Jobs):
    """The same over SQLite."""

    def open_store(self, folder: Path) -> Store:
        self.database = open_database(f"sqlite:///{folder / 'apostil.db'}")
        upgrade(self.database)
        files = ContentFiles(folder / "files")
        reader = SqlReader(self.database, files)
        return Store(
            SqlJobs(self.database, files),
            SqlRoster(self.database),
            files,
            lambda job_id: reader.events("local", job_id, limit=10_000),
            lambda job_id: reader.attempts("local", job_id),
        )

    def teardown(self) -> None:
        try:
            self.end_everything()
        finally:
            self.database.dispose()
            self.folder.cleanup()


def _artifacts(job: Job) -> list[str | None]:
    return [segment.artifact_digest for segment in job.segments]


def _undisturbed(job: Job) -> list[str | None]:
    with tempfile.TemporaryDirectory() as folder:
        jobs = MemoryJobs()
        files = ContentFiles(Path(folder))
        desk = Desk(Store(jobs, MemoryRoster(), files, jobs.events, jobs.attempts))
        alone = desk.submit(job.application, parameters=job.parameters)
        desk.work_off()
        return _artifacts(desk.job(alone))


Jobs.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SqlJobsMachine.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestJobsInMemory(Jobs.TestCase):  # type: ignore[misc,valid-type]  # made by hypothesis
    pass


class TestJobsOnSqlite(SqlJobsMachine.TestCase):  # type: ignore[misc,valid-type]  # made by hypothesis
    pass
