"""What every ``JobReader`` counts, and how it tells that its numbers are new ones."""

from __future__ import annotations

import pytest
from desk import BAD, POISON
from ports import Ports

from apostil.engine import (
    AttemptTotals,
    Job,
    JobQuery,
    JobStatus,
    Outcome,
    Receipt,
    delete_job,
)


def test_nothing_is_counted_where_nothing_is(ports: Ports) -> None:
    totals = ports.reader.totals(ports.desk.now)
    assert (totals.jobs, totals.dead_letters, list(totals.attempts)) == ({}, {}, [])
    assert (totals.segments_ready, totals.segments_running) == (0, 0)
    assert totals.oldest_ready_seconds == 0.0
    assert (totals.documents, totals.document_bytes) == (0, 0)
    assert (totals.artifacts, totals.artifact_bytes, totals.events) == (0, 0, 0)


def test_jobs_of_all_owners_are_counted_by_application_and_status(ports: Ports) -> None:
    desk = ports.desk
    desk.submit(owner="other")
    for _ in range(3):
        desk.fail(desk.take(), POISON)
    desk.submit("fork")
    desk.fail(desk.take(), BAD)
    desk.submit()
    desk.submit()
    desk.take()
    totals = ports.reader.totals(desk.now)
    assert totals.jobs == {
        ("chain", JobStatus.FAILED): 1,
        ("fork", JobStatus.FAILED): 1,
        ("chain", JobStatus.QUEUED): 1,
        ("chain", JobStatus.RUNNING): 1,
    }
    assert totals.dead_letters == {"chain": 1}
    assert (totals.segments_ready, totals.segments_running) == (1, 1)
    heads = ports.reader.heads(
        [job.id for owner in ("local", "other") for job in jobs_of(ports, owner)]
    )
    assert totals.events == sum(heads.values())


def jobs_of(ports: Ports, owner: str) -> tuple[Job, ...]:
    return ports.reader.list(owner, JobQuery()).jobs


def test_the_wait_is_that_of_the_oldest_ready_segment(ports: Ports) -> None:
    desk = ports.desk
    desk.submit()
    desk.now += 40
    desk.submit()
    desk.now += 2
    assert ports.reader.totals(desk.now).oldest_ready_seconds == pytest.approx(42)
    desk.take()
    assert ports.reader.totals(desk.now).oldest_ready_seconds == pytest.approx(2)
    assert ports.reader.totals(desk.now - 10).oldest_ready_seconds == 0.0


def test_attempts_are_counted_by_how_long_they_took(ports: Ports) -> None:
    desk = ports.desk
    for seconds in (0.0, 0.5, 7.0, 10_000.0):
        job = desk.submit()
        claim = desk.take(job=job)
        desk.now += seconds
        desk.finish(claim)
        desk.take(job=job)  # runs on and is not counted
    desk.submit("fork")
    claim = desk.take()
    desk.now += 0.02
    desk.fail(claim, BAD)
    finished, failed = ports.reader.totals(desk.now).attempts
    assert finished == AttemptTotals(
        application="chain",
        segment="read",
        outcome=Outcome.FINISHED,
        count=4,
        seconds=10_007.5,
        within=(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
    )
    assert (failed.application, failed.segment, failed.outcome) == ("fork", "read", "failed")
    assert failed.within == (0, *(1,) * 10)


def test_documents_and_artifacts_are_counted_with_their_sizes(ports: Ports) -> None:
    desk = ports.desk
    desk.submit(paper=b"12345")
    desk.submit(paper=b"12345", owner="other")
    desk.work_off()
    totals = ports.reader.totals(desk.now)
    assert (totals.documents, totals.document_bytes, totals.artifacts) == (2, 10, 6)
    assert totals.artifact_bytes == 6 * 64  # the desk's artifacts are their own keys


def test_heads_are_those_of_the_jobs_that_exist(ports: Ports) -> None:
    desk = ports.desk
    mine, theirs = desk.submit(), desk.submit(owner="other")
    desk.finish(desk.take(job=mine))
    heads = ports.reader.heads([mine.id, theirs.id, "0" * 36])
    assert heads == {mine.id: 4, theirs.id: 1}
    assert ports.reader.heads([]) == {}
    assert len(ports.reader.heads([mine.id, *(str(n) for n in range(1200)), theirs.id])) == 2


def test_a_receipt_can_be_had_by_the_owner_for_thirty_days(ports: Ports) -> None:
    desk = ports.desk

    def delete_one() -> Receipt:
        job = desk.submit()
        return delete_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)

    receipt = delete_one()
    assert ports.reader.receipt("local", receipt.job) == receipt
    assert ports.reader.receipt("other", receipt.job) is None
    desk.now += 30 * 24 * 3600
    delete_one()
    assert ports.reader.receipt("local", receipt.job) is None


def test_the_epoch_stays_while_the_store_does(ports: Ports) -> None:
    epoch = ports.reader.epoch()
    ports.desk.submit()
    assert ports.reader.epoch() == epoch
    assert epoch.isalnum()
