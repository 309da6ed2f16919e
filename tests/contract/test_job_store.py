"""What every ``JobStore`` and ``Roster`` promises."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from desk import BAD, CHAIN, DISTURBED, POISON, Desk, Store, Wakes

from apostil.engine import (
    AttemptFailed,
    ClaimLost,
    Effect,
    Finished,
    JobFailed,
    JobNotFailed,
    JobNotFound,
    JobStatus,
    Need,
    Pipeline,
    SegmentProgressed,
    SegmentReused,
    SegmentStatus,
    cancel_job,
    checkpoint,
    delete_job,
    give_back,
    retry_job,
    sweep,
    take,
)
from apostil.engine.transitions import progress


@dataclass
class Confidant(Wakes):
    """Notes the passwords that it is handed."""

    entrusted: list[tuple[str, str]] = field(default_factory=list)

    def entrust(self, job_id: str, password: str) -> None:
        self.entrusted.append((job_id, password))


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_a_job_runs_to_its_end_with_numbered_events(desk: Desk) -> None:
    job = desk.submit()
    desk.work_off()
    assert desk.job(job).status is JobStatus.SUCCEEDED
    assert desk.event_types(job) == [
        "job_submitted",
        "job_started",
        *["segment_started", "segment_finished"] * 3,
        "job_succeeded",
    ]
    assert [r.seq for r in desk.store.events(job.id)] == list(range(1, 10))
    assert desk.job(job).last_seq == 9


def test_a_claim_is_had_by_one_worker_only(desk: Desk) -> None:
    job = desk.submit()
    desk.take("w1")
    assert take(desk.worker("w2")) is None
    assert desk.job(job).segment("read").status is SegmentStatus.RUNNING


def test_second_checkpoint_of_a_segment_is_refused(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    desk.finish(claim)
    before = desk.job(job)
    with pytest.raises(ClaimLost):
        desk.finish(claim)
    assert desk.job(job) == before


def test_a_change_of_a_job_that_moved_on_is_refused(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    stale = progress(claim.job, claim.token, (1, 2, "half"), now=desk.now)
    assert desk.store.jobs.save(stale)
    assert not desk.store.jobs.save(stale)
    assert desk.event_types(job).count("segment_progressed") == 1


def test_progress_is_an_event_and_a_share_of_the_job(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    assert desk.store.jobs.save(progress(claim.job, claim.token, (1, 2, "half"), now=desk.now))
    told = desk.store.events(job.id)[-1].event
    assert told == SegmentProgressed(segment="read", done=1, total=2, message="half")
    assert desk.job(job).progress == pytest.approx(1 / 6)


def test_a_checkpoint_survives_progress_written_meanwhile(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    assert desk.store.jobs.save(progress(claim.job, claim.token, (1, 2, ""), now=desk.now))
    desk.finish(claim)
    assert desk.job(job).segment("read").status is SegmentStatus.FINISHED


def test_an_expired_lease_lets_another_worker_in_and_the_first_out(desk: Desk) -> None:
    job = desk.submit()
    lost = desk.take("w1")
    desk.now += 15.1
    assert sweep(desk.worker("w2"))
    taken = desk.take("w2")
    assert taken.segment == "read"
    assert not desk.store.jobs.extend_lease(job.id, lost.token, until=desk.now + 15)
    with pytest.raises(ClaimLost):
        desk.finish(lost)
    desk.finish(taken)
    outcomes = [attempt.outcome for attempt in desk.store.attempts(job.id)]
    assert sorted(str(outcome) for outcome in outcomes) == ["abandoned", "finished"]


def test_a_renewed_lease_is_not_taken_away(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    desk.now += 14
    assert desk.store.jobs.extend_lease(job.id, claim.token, until=desk.now + 15)
    desk.now += 14
    sweep(desk.worker("w2"))
    assert desk.finish(claim) is None
    assert desk.job(job).segment("read").status is SegmentStatus.FINISHED


def test_the_leases_of_a_dead_worker_can_be_ended_at_once(desk: Desk) -> None:
    job = desk.submit()
    desk.take("w1")
    assert desk.store.jobs.expire_leases("w1", now=desk.now) == 1
    assert desk.store.jobs.expire_leases("w2", now=desk.now) == 0
    assert sweep(desk.worker("w2"))
    assert desk.job(job).segment("read").status is SegmentStatus.READY


def test_only_one_worker_sweeps_in_each_period(desk: Desk) -> None:
    assert sweep(desk.worker("w1"))
    assert not sweep(desk.worker("w2"))
    desk.now += 2.1
    assert sweep(desk.worker("w2"))


def test_poison_is_dead_lettered_at_the_third_death(desk: Desk) -> None:
    job = desk.submit()
    for _ in range(2):
        desk.fail(desk.take(), POISON)
        assert desk.job(job).status is JobStatus.RUNNING
    desk.fail(desk.take(), POISON)
    dead = desk.job(job)
    assert (dead.status, dead.dead_letter, dead.failed_segment) == (JobStatus.FAILED, True, "read")
    assert take(desk.worker()) is None
    last = desk.store.events(job.id)[-1].event
    assert last == JobFailed(
        segment="read", problem="/problems/executor-died", detail="Died.", dead_letter=True
    )


def test_ten_lost_workers_are_too_many(desk: Desk) -> None:
    job = desk.submit()
    for turn in range(10):
        assert desk.job(job).status is not JobStatus.FAILED, turn
        desk.take()
        desk.now += 20
        sweep(desk.worker())
    assert desk.job(job).dead_letter


def test_shutdowns_are_not_held_against_a_job(desk: Desk) -> None:
    job = desk.submit()
    for _ in range(30):
        give_back(desk.worker(), desk.take())
    desk.work_off()
    assert desk.job(job).status is JobStatus.SUCCEEDED
    assert desk.job(job).segment("read").attempts == 31


def test_transient_errors_are_tried_again_after_growing_waits(desk: Desk) -> None:
    job = desk.submit()
    waits = []
    for _ in range(3):
        desk.fail(desk.take(), DISTURBED)
        told = desk.store.events(job.id)[-1].event
        assert isinstance(told, AttemptFailed)
        assert told.retry_at is not None
        assert take(desk.worker()) is None
        waits.append(told.retry_at - desk.now)
        desk.now = told.retry_at
    assert waits == [30.0, 60.0, 120.0]
    desk.fail(desk.take(), DISTURBED)
    assert desk.job(job).dead_letter


def test_bad_input_is_not_tried_again(desk: Desk) -> None:
    job = desk.submit()
    desk.fail(desk.take(), BAD)
    failed = desk.job(job)
    assert (failed.status, failed.dead_letter) == (JobStatus.FAILED, False)
    assert (failed.problem, failed.detail) == ("/problems/bad", "Unreadable.")


def test_a_retry_goes_on_from_the_failed_segment(desk: Desk) -> None:
    job = desk.submit()
    desk.finish(desk.take())
    desk.fail(desk.take(), BAD)
    retry_job(job.id, owner="local", jobs=desk.store.jobs, queue=desk.queue, clock=desk.clock)
    assert desk.take().segment == "think"
    assert "job_retried" in desk.event_types(job)
    with pytest.raises(JobNotFailed):
        retry_job(job.id, owner="local", jobs=desk.store.jobs, queue=desk.queue, clock=desk.clock)


def test_a_password_is_handed_on_only_for_a_failed_job_of_ones_own(desk: Desk) -> None:
    queue = Confidant()

    def retry(job_id: str, owner: str) -> None:
        retry_job(
            job_id,
            owner=owner,
            jobs=desk.store.jobs,
            queue=queue,
            clock=desk.clock,
            password=owner,
        )

    job = desk.submit()
    with pytest.raises(JobNotFailed):
        retry(job.id, "local")
    desk.fail(desk.take(), BAD)
    for missing, owner in ((job.id, "other"), ("no such job", "local")):
        with pytest.raises(JobNotFound):
            retry(missing, owner)
    assert queue.entrusted == []
    retry(job.id, "local")
    assert queue.entrusted == [(job.id, "local")]


def test_cancel_ends_the_job_and_its_attempts_at_once(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    for _ in range(2):
        cancel_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.job(job).status is JobStatus.CANCELLED
    assert not desk.store.jobs.extend_lease(job.id, claim.token, until=desk.now + 15)
    with pytest.raises(ClaimLost):
        desk.finish(claim)
    assert desk.event_types(job)[-1] == "job_cancelled"
    assert desk.event_types(job).count("job_cancelled") == 1
    assert take(desk.worker()) is None


def test_a_strangers_job_is_not_found(desk: Desk) -> None:
    job = desk.submit()
    with pytest.raises(JobNotFound):
        cancel_job(job.id, owner="stranger", jobs=desk.store.jobs, clock=desk.clock)
    with pytest.raises(JobNotFound):
        delete_job(job.id, owner="stranger", jobs=desk.store.jobs, clock=desk.clock)
    assert desk.job(job).status is JobStatus.QUEUED


def test_the_same_work_on_the_same_document_is_reused(desk: Desk) -> None:
    desk.submit(parameters={"colour": "red", "unread": 1})
    desk.work_off()
    again = desk.submit(parameters={"colour": "red", "unread": 2})
    assert take(desk.worker()) is None
    assert desk.job(again).status is JobStatus.SUCCEEDED
    assert desk.job(again).is_reused
    assert list(desk.store.attempts(again.id)) == []
    other = desk.submit(parameters={"colour": "blue"})
    assert desk.take(job=other).segment == "read"


def test_an_artifact_deleted_meanwhile_is_not_reused(desk: Desk) -> None:
    first = desk.submit(parameters={"colour": "red"})
    desk.work_off()
    again = desk.submit(parameters={"colour": "red"})

    class Slow:
        """A store in which the first job is deleted between the look and the reuse."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.store.jobs, name)

        def find_artifact(self, owner: str, key: str) -> Any:
            found = desk.store.jobs.find_artifact(owner, key)
            if found is not None:
                delete_job(first.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
            return found

    claim = take(desk.worker(jobs=Slow()))
    assert claim is not None
    assert claim.segment == "read"
    assert SegmentReused not in {type(r.event) for r in desk.store.events(again.id)}


def test_of_two_artifacts_under_one_key_the_first_is_kept(desk: Desk) -> None:
    one, two = (desk.submit(parameters={"colour": "red"}) for _ in range(2))
    first, second = desk.take("w1", one), desk.take("w2", two)
    assert first.key == second.key
    checkpoint(desk.worker(), first, Finished("first", b"1"), go_on=False)
    checkpoint(desk.worker(), second, Finished("second", b"2"), go_on=False)
    assert desk.job(two).segment("read").artifact_digest == "first"
    assert desk.store.jobs.read_artifact("local", first.key) == b"1"


def test_branches_run_one_by_one_unless_the_job_is_parallel(desk: Desk) -> None:
    job = desk.submit("fork")
    desk.finish(desk.take())
    desk.take("w1")
    assert take(desk.worker("w2")) is None
    cancel_job(job.id, owner="local", jobs=desk.store.jobs, clock=desk.clock)
    desk.submit("fork", parallel=True, parameters={"n": 1})
    desk.work_off()


def test_two_branches_that_finish_together_open_their_successor(desk: Desk) -> None:
    job = desk.submit("fork", parallel=True)
    desk.finish(desk.take())
    left, right = desk.take("w1"), desk.take("w2")
    assert {left.segment, right.segment} == {"left", "right"}
    desk.finish(left)
    desk.finish(right)  # decided on a state in which left was still running, and decided again
    assert desk.take().segment == "join"
    assert desk.job(job).segment("join").attempts == 1


def test_a_failed_branch_ends_the_other(desk: Desk) -> None:
    job = desk.submit("fork", parallel=True)
    desk.finish(desk.take())
    left, right = desk.take("w1"), desk.take("w2")
    desk.fail(left, BAD)
    with pytest.raises(ClaimLost):
        desk.finish(right)
    outcomes = {a.segment: str(a.outcome) for a in desk.store.attempts(job.id)}
    assert outcomes["right"] == "released"
    retry_job(job.id, owner="local", jobs=desk.store.jobs, queue=desk.queue, clock=desk.clock)
    desk.work_off()
    assert desk.job(job).status is JobStatus.SUCCEEDED


def test_urgent_work_comes_first_and_waiting_makes_urgent(desk: Desk) -> None:
    late = desk.submit(priority=9)
    soon = desk.submit(priority=0)
    assert desk.take().job.id == soon.id
    desk.now += 9 * 60 + 1
    desk.submit(priority=0)
    assert desk.take().job.id == late.id


def test_an_unknown_effect_fails_the_job_and_stores_nothing(desk: Desk) -> None:
    job = desk.submit()
    claim = desk.take()
    desk.finish(claim, effects=(Effect("launch", {}),))
    assert desk.job(job).problem == "/problems/effect-unknown"
    assert desk.store.jobs.find_artifact("local", claim.key) is None


def test_a_step_that_this_installation_does_not_know_fails_the_job(desk: Desk) -> None:
    job = desk.submit()
    assert take(desk.worker(pipelines={})) is None
    assert desk.job(job).problem == "/problems/segment-unknown"


def test_a_need_that_nobody_provides_fails_the_job(desk: Desk) -> None:
    job = desk.submit()
    needy = replace(CHAIN.segments[0], needs=frozenset({Need.HISTORY}))
    assert take(desk.worker(pipelines={"chain": Pipeline((needy,))})) is None
    assert desk.job(job).problem == "/problems/need-not-provided"
    assert "history" in (desk.job(job).detail or "")


def test_untaken_work_is_announced_once_in_a_while(desk: Desk) -> None:
    job = desk.submit()
    lost = desk.store.jobs.lost_wakes
    assert list(lost(desk.now + 1, patience=30)) == []
    assert list(lost(desk.now + 3, patience=30)) == [job.id]
    assert list(lost(desk.now + 4, patience=30)) == []
    assert list(lost(desk.now + 40, patience=30)) == [job.id]


def test_no_job_is_stalled_by_any_transition(desk: Desk) -> None:
    desk.submit("fork", parallel=True)
    while (claim := take(desk.worker())) is not None:
        assert list(desk.store.jobs.stalled()) == []
        desk.finish(claim)
    assert list(desk.store.jobs.stalled()) == []
