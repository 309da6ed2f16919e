"""What is old enough goes, in steps that may end anywhere; what anybody still needs stays."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cellar import DAY, Cellar
from desk import BAD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apostil.adapters import Database, upgrade
from apostil.adapters.sql import drop_tables
from apostil.engine import (
    ArtifactMissing,
    Change,
    Claim,
    Cleared,
    Finished,
    Job,
    JobNotFound,
    JobStatus,
    Retention,
    cancel_job,
    checkpoint,
    retry_job,
    take,
)


@pytest.fixture
def cellar(tmp_path: Path, database: Database) -> Cellar:
    return Cellar(tmp_path, database)


def test_old_jobs_go_with_all_that_only_they_use_and_leave_a_receipt(cellar: Cellar) -> None:
    old = cellar.done()
    cellar.desk.now += 31 * DAY
    young = cellar.done()
    cleared = cellar.clean_up(Retention(jobs_seconds=30 * DAY))
    assert (cleared.jobs, cleared.artifacts, cleared.documents) == (1, 3, 0)
    with pytest.raises(JobNotFound):
        cellar.reader.get("local", old.id)
    receipt = cellar.reader.receipt("local", old.id)
    assert receipt is not None
    assert len(receipt.artifacts) == 3
    assert cellar.exists(young)
    assert cellar.left(young, "write")
    cellar.desk.now += 31 * DAY
    assert cellar.clean_up(Retention(jobs_seconds=30 * DAY)).documents == 1


def test_a_job_that_has_not_ended_stays_however_old_it_is(cellar: Cellar) -> None:
    queued, running = cellar.desk.submit(), cellar.desk.submit()
    claim = cellar.desk.take(job=running)
    cellar.desk.now += 1000 * DAY
    before = cellar.desk.job(queued), cellar.desk.job(running)
    assert cellar.clean_up(Retention(jobs_seconds=0, artifacts_seconds=0)).is_nothing
    assert (cellar.desk.job(queued), cellar.desk.job(running)) == before
    cellar.desk.finish(claim)
    cellar.desk.work_off()
    assert cellar.desk.job(queued).status is JobStatus.SUCCEEDED
    assert cellar.desk.job(running).status is JobStatus.SUCCEEDED


def test_only_failed_jobs_go_when_only_those_are_to(cellar: Cellar) -> None:
    good, cancelled, bad = cellar.done(), cellar.desk.submit(), cellar.desk.submit()
    cancel_job(cancelled.id, owner="local", jobs=cellar.desk.store.jobs, clock=cellar.desk.clock)
    cellar.desk.fail(cellar.desk.take(job=bad), BAD)
    cellar.desk.now += DAY
    assert cellar.clean_up(Retention(jobs_seconds=0, failed_only=True)).jobs == 1
    assert [cellar.exists(job) for job in (good, cancelled, bad)] == [True, True, False]
    assert cellar.clean_up(Retention(jobs_seconds=0)).jobs == 2


def test_what_the_steps_left_goes_and_the_result_stays(cellar: Cellar) -> None:
    job = cellar.done()
    result = cellar.left(job, "write")
    digests = [segment.artifact_digest for segment in cellar.desk.job(job).segments]
    cellar.desk.now += 7 * DAY
    assert cellar.clean_up().artifacts == 0, "not before its time"
    cellar.desk.now += 1
    cleared = cellar.clean_up()
    assert cleared.artifacts == 2
    assert cleared.bytes > 0
    assert cellar.left(job, "write") == result == cellar.reader.result("local", job.id)
    with pytest.raises(ArtifactMissing, match="cleaned up after 7 days; submit the document again"):
        cellar.left(job, "think")
    cleaned = cellar.desk.job(job)
    assert "cleaned up after 7 days" in cleaned.segment("read").message
    assert [segment.artifact_digest for segment in cleaned.segments] == digests
    assert cellar.clean_up().is_nothing, "the second time there is nothing left to do"
    assert cellar.clean_up(Retention(jobs_seconds=0)).jobs == 1


def test_what_went_is_made_anew_for_a_later_job_and_the_result_is_found_again(
    cellar: Cellar,
) -> None:
    cellar.done(parameters={"colour": "red"})
    cellar.desk.now += 8 * DAY
    assert cellar.clean_up().artifacts == 2
    again = cellar.done(parameters={"colour": "red"})
    ended = cellar.desk.job(again)
    assert ended.status is JobStatus.SUCCEEDED
    assert [segment.reused for segment in ended.segments] == [False, False, True]
    assert cellar.left(again, "read")


def test_an_artifact_stays_while_a_younger_job_names_it(cellar: Cellar) -> None:
    old = cellar.done(parameters={"colour": "red"})
    cellar.desk.now += 6 * DAY
    young = cellar.done(parameters={"colour": "red"})
    cellar.desk.now += 2 * DAY
    assert cellar.clean_up().artifacts == 0
    with pytest.raises(ArtifactMissing, match="cleaned up"):
        cellar.left(old, "read")
    assert cellar.left(young, "read")
    cellar.desk.now += 6 * DAY
    assert cellar.clean_up().artifacts == 2


def test_a_failed_job_keeps_what_its_retry_goes_on_from(cellar: Cellar) -> None:
    job = cellar.desk.submit()
    cellar.desk.finish(cellar.desk.take())
    cellar.desk.fail(cellar.desk.take(), BAD)
    cellar.desk.now += 100 * DAY
    assert cellar.clean_up(Retention(artifacts_seconds=0)).is_nothing
    assert cellar.left(job, "read")
    retry_job(
        job.id,
        owner="local",
        jobs=cellar.desk.store.jobs,
        queue=cellar.desk.queue,
        clock=cellar.desk.clock,
    )
    cellar.desk.work_off()
    assert cellar.desk.job(job).status is JobStatus.SUCCEEDED


def test_a_large_artifact_is_a_file_that_goes_a_day_later(cellar: Cellar) -> None:
    cellar.desk.submit()
    claim = cellar.desk.take()
    data = b"x" * 300_000
    sha256 = cellar.files.put(data)
    checkpoint(cellar.desk.worker(), claim, Finished(sha256, data), go_on=False)
    cellar.desk.work_off()
    cellar.desk.now += 8 * DAY
    cleared = cellar.clean_up()
    assert cleared.bytes > len(data)
    assert cellar.files.has(sha256)
    cellar.desk.now += DAY + 1
    assert cellar.clean_up().files == 1
    assert not cellar.files.has(sha256)


def test_documents_go_that_no_job_uses_and_nobody_has_sent_again(cellar: Cellar) -> None:
    now = cellar.desk.now
    unused, sent_again, used = cellar.send(b"1"), cellar.send(b"2"), cellar.done()
    for sha256 in (unused, sent_again):
        cellar.written(sha256, now)
    cellar.desk.now += 7 * DAY + 1
    cellar.written(sent_again, now + 3 * DAY)
    young = cellar.send(b"3")
    cleared = cellar.clean_up(Retention(documents_seconds=7 * DAY))
    assert (cleared.documents, cleared.bytes) == (1, 1)
    assert not cellar.has_document(unused)
    for sha256 in (sent_again, used.documents[0].sha256, young):
        assert cellar.has_document(sha256)
    assert cellar.files.has(unused), "whoever has just been told of it can still name it"


def test_the_file_of_a_document_that_went_goes_a_day_later(cellar: Cellar) -> None:
    sha256 = cellar.send(b"1")
    cellar.written(sha256, cellar.desk.now)
    cellar.desk.now += 8 * DAY
    assert cellar.clean_up().documents == 1
    cellar.desk.now += DAY - 1
    assert cellar.clean_up().files == 0
    cellar.desk.now += 3601
    assert cellar.clean_up().files == 1
    assert not cellar.files.has(sha256)


def test_a_document_that_a_job_begins_to_use_at_the_last_moment_stays(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = cellar.send(b"paper")
    cellar.written(sha256, cellar.desk.now)
    cellar.desk.now += 8 * DAY
    submitted: list[Job] = []
    before_writing(cellar, monkeypatch, lambda: submitted.append(cellar.desk.submit()))
    assert cellar.clean_up(Retention(documents_seconds=DAY)).is_nothing
    assert submitted[0].documents[0].sha256 == sha256
    assert cellar.has_document(sha256)


def test_a_job_that_is_retried_at_the_last_moment_stays(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = cellar.desk.submit()
    cellar.desk.fail(cellar.desk.take(), BAD)
    cellar.desk.now += 40 * DAY

    def retry() -> None:
        ports = {"jobs": cellar.desk.store.jobs, "queue": cellar.desk.queue}
        retry_job(job.id, owner="local", clock=cellar.desk.clock, **ports)  # type: ignore[arg-type]
        cellar.desk.work_off()

    before_writing(cellar, monkeypatch, retry)
    assert cellar.clean_up(Retention(jobs_seconds=DAY)).is_nothing
    assert cellar.desk.job(job).status is JobStatus.SUCCEEDED, "it has ended again, but just now"
    assert cellar.left(job, "write")


def before_writing(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    """Have something happen once, after the clean-up has looked and before it writes."""
    original = cellar.database.writing

    def writing(*, durable: bool) -> AbstractContextManager[sa.Connection]:
        monkeypatch.setattr(cellar.database, "writing", original)
        act()
        return original(durable=durable)

    monkeypatch.setattr(cellar.database, "writing", writing)


def test_many_rows_go_in_many_small_steps(cellar: Cellar) -> None:
    for _ in range(60):
        cellar.done()
    cellar.desk.now += 8 * DAY
    steps = list(cellar.steps(Retention(artifacts_seconds=7 * DAY)))
    assert max(step.artifacts for step in steps) <= 100
    assert sum(step.artifacts for step in steps) == 120


_AGES = st.sampled_from([0.0, 6.0, 8.0, 29.0, 31.0])
_FATES = st.sampled_from(["succeed", "fail", "cancel", "wait"])


@given(
    jobs=st.lists(st.tuples(_FATES, _AGES, st.integers(0, 2), st.integers(0, 2)), max_size=6),
    strays=st.lists(_AGES, max_size=3),
    retention=st.builds(
        Retention,
        jobs_seconds=st.sampled_from([None, 7 * DAY, 30 * DAY]),
        artifacts_seconds=st.sampled_from([None, 7 * DAY]),
        documents_seconds=st.sampled_from([None, 7 * DAY]),
        failed_only=st.booleans(),
    ),
    left_off_after=st.integers(0, 12),
)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_foreseen_goes_however_often_it_is_left_off(
    jobs: list[tuple[str, float, int, int]],
    strays: list[float],
    retention: Retention,
    left_off_after: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cellar = Cellar(Path(folder))
        today = cellar.desk.now
        kept = [_live(cellar, fate, today - age * DAY, c, d) for fate, age, c, d in jobs]
        for number, age in enumerate(strays):
            cellar.desk.now = today - age * DAY
            cellar.written(cellar.send(b"stray %d" % number), cellar.desk.now)
        cellar.desk.now = today
        foreseen = cellar.keeping.foresee(retention, now=today)
        gone = sum(itertools.islice(cellar.steps(retention), left_off_after), start=Cleared())
        _check_that_all_works(cellar, kept)
        gone += cellar.clean_up(retention)
        assert (gone.jobs, gone.artifacts, gone.documents, gone.bytes) == (
            foreseen.jobs,
            foreseen.artifacts,
            foreseen.documents,
            foreseen.bytes,
        )
        assert cellar.keeping.foresee(retention, now=today).is_nothing
        _check_that_all_works(cellar, kept)
        cellar.desk.work_off()
        for job in filter(cellar.exists, kept):
            assert cellar.desk.job(job).status.is_terminal
        cellar.database.dispose()


def _live(cellar: Cellar, fate: str, at: float, colour: int, paper: int) -> Job:
    """A job of that time, and what became of it."""
    cellar.desk.now = at
    before = cellar.desk.submit(parameters={"colour": colour, "paper": paper})
    if fate == "succeed":
        while (claim := take(cellar.desk.worker(), job_id=before.id)) is not None:
            cellar.desk.finish(claim)
    elif fate == "fail":
        claim_ = take(cellar.desk.worker(), job_id=before.id)
        if claim_ is not None:
            cellar.desk.fail(claim_, BAD)
    elif fate == "cancel":
        cancel_job(before.id, owner="local", jobs=cellar.desk.store.jobs, clock=cellar.desk.clock)
    return before


def _check_that_all_works(cellar: Cellar, jobs: list[Job]) -> None:
    """Results of all jobs that are there can be read, and those that go on have what they need."""
    for job in filter(cellar.exists, jobs):
        now = cellar.desk.job(job)
        if now.status is JobStatus.SUCCEEDED:
            assert cellar.reader.result("local", job.id)
        else:
            for segment in now.segments:
                if segment.artifact_digest is not None:
                    assert cellar.left(now, segment.name)


def test_jobs_that_are_submitted_meanwhile_never_fail(cellar: Cellar) -> None:
    """The same work over and over, while all that is not in use is taken away at once."""
    ended, anew = 0, 0
    everything = Retention(jobs_seconds=0, artifacts_seconds=0, documents_seconds=0)
    end = time.monotonic() + 60.0
    with cellar.cleaned_meanwhile(everything):
        while ended < 30 or anew < 3 * 3:
            assert time.monotonic() < end, "the clean-up takes things away again and again"
            job = cellar.desk.submit(parameters={"colour": "red"})
            while (claim := take(cellar.desk.worker(), job_id=job.id)) is not None:
                _read_all(cellar, claim)
                cellar.desk.finish(claim)
                anew += 1
            left = cellar.desk.store.jobs.load(job.id)
            assert left is None or left.status is JobStatus.SUCCEEDED
            ended += 1
            time.sleep(0.004 * (ended % 4))


def test_an_artifact_that_goes_between_looking_and_reusing_is_made_anew(cellar: Cellar) -> None:
    first = cellar.done(parameters={"colour": "red"})
    cellar.desk.now += 8 * DAY
    jobs = cellar.desk.store.jobs
    again = cellar.desk.submit(parameters={"colour": "red"})

    class Overtaken:
        """The store, where the clean-up comes in before the first change is saved."""

        def __init__(self) -> None:
            self.cleared: Cleared | None = None

        def __getattr__(self, name: str) -> Any:
            return getattr(jobs, name)

        def save(self, change: Change) -> bool:
            if self.cleared is None:
                self.cleared = cellar.clean_up(Retention(jobs_seconds=DAY))
                assert not jobs.save(change), "what it reuses is gone"
                return False
            return jobs.save(change)

    overtaken = Overtaken()
    claim = take(cellar.desk.worker(jobs=overtaken), job_id=again.id)
    assert overtaken.cleared is not None
    assert overtaken.cleared.artifacts == 3
    assert not cellar.exists(first)
    assert claim is not None
    assert claim.segment == "read"
    cellar.desk.finish(claim)
    cellar.desk.work_off()
    assert cellar.desk.job(again).status is JobStatus.SUCCEEDED


def _read_all(cellar: Cellar, claim: Claim) -> None:
    """What the segment is made from is there."""
    for name in cellar.desk.job(claim.job).segment(claim.segment).after:
        key = claim.job.segment(name).artifact_key
        assert cellar.desk.store.jobs.read_artifact("local", key or "")


def test_a_database_can_be_emptied_and_begun_anew_in_its_place(cellar: Cellar) -> None:
    job = cellar.done()
    drop_tables(cellar.database)
    upgrade(cellar.database)
    assert not cellar.exists(job)
    assert cellar.desk.job(cellar.done()).status is JobStatus.SUCCEEDED
