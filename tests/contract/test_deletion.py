"""What every store promises of a job that is deleted."""

from __future__ import annotations

import pytest
from desk import Desk
from ports import Ports

from apostil.engine import ClaimLost, Job, JobNotFound, Receipt, delete_job


@pytest.fixture
def desk(ports: Ports) -> Desk:
    return ports.desk


def delete(desk: Desk, job: Job, owner: str = "local") -> Receipt:
    return delete_job(job.id, owner=owner, jobs=desk.store.jobs, clock=desk.clock)


def test_deleting_a_job_names_what_went_and_spares_what_others_use(desk: Desk) -> None:
    first = desk.submit(parameters={"colour": "red"})
    desk.work_off()
    again = desk.submit(parameters={"colour": "red"})
    desk.work_off()
    receipt = delete(desk, first)
    assert (receipt.events, receipt.attempts) == (9, 3)
    assert receipt.artifacts == receipt.documents == ()
    receipt = delete(desk, again)
    assert (len(receipt.artifacts), len(receipt.documents)) == (3, 1)
    assert desk.store.jobs.load(again.id) is None


def test_deleting_a_running_job_cancels_it(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    delete(desk, job)
    with pytest.raises(ClaimLost):
        desk.finish(claim)
    assert desk.store.jobs.load(job.id) is None


def test_deleting_a_job_twice_gives_the_same_receipt_to_its_owner_only(desk: Desk) -> None:
    job = desk.submit()
    desk.work_off()
    first = delete(desk, job)
    assert first.deleted_at == desk.now
    desk.now += 29 * 24 * 3600
    assert delete(desk, job) == first
    for owner, job_id in (("stranger", job.id), ("local", "0" * 36)):
        with pytest.raises(JobNotFound):
            delete_job(job_id, owner=owner, jobs=desk.store.jobs, clock=desk.clock)
