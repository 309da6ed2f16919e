"""Real processes are killed, stopped and starved; every job still ends once and in good order."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from house import House, is_alive, on_both, wait_until

from apostil.engine import JobStatus, cancel_job, retry_job

pytestmark = pytest.mark.crash


def _pid_of(house: House, worker: str) -> int:
    return next(w.pid for w in house.roster.workers() if w.id == worker)


def test_a_killed_executor_costs_one_attempt(house: House) -> None:
    tree = house.serve(workers=1)
    job = house.submit(seconds=0.4)
    house.running(job)
    tree.executors()[0].kill()
    ended = house.end(job)
    assert ended.status is JobStatus.SUCCEEDED
    assert house.outcomes(job).count("executor_died") == 1
    assert house.tally(job) == 4
    house.check_log(job)


@on_both
def test_a_killed_worker_is_replaced_and_its_work_goes_on(house: House) -> None:
    tree = house.serve(workers=1)
    job = house.submit(seconds=0.4)
    attempt = house.running(job)
    os.kill(_pid_of(house, attempt.worker), signal.SIGKILL)
    killed = time.time()
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert "abandoned" in house.outcomes(job)
    again = next(a for a in house.attempts(job) if a.started_at > killed)
    assert again.worker != attempt.worker
    assert house.tally(job) == 4
    house.check_log(job)
    assert tree.end() < 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_its_tree(house: House, number: signal.Signals) -> None:
    tree = house.serve(workers=2)
    jobs = [house.submit("patient", how="hang", unless=str(house.folder / "free")) for _ in "ab"]
    for job in jobs:
        house.running(job)
    assert len(tree.members()) == 5
    assert tree.end(number) < 3
    assert not any(is_alive(process) for process in tree.everyone)
    (house.folder / "free").touch()
    house.serve(workers=2)
    for job in jobs:
        assert house.end(job).status is JobStatus.SUCCEEDED
        assert house.outcomes(job) == ["released", "finished"]
        house.check_log(job)


@on_both
def test_the_whole_tree_is_killed_at_once(house: House) -> None:
    tree = house.serve(workers=2)
    jobs = [house.submit(seconds=0.2) for _ in range(4)]
    house.running(jobs[0])
    tree.kill()
    house.serve(workers=2)
    for job in jobs:
        assert house.end(job).status is JobStatus.SUCCEEDED
        assert house.tally(job) == 4
        house.check_log(job)


@on_both
def test_a_worker_that_wakes_up_late_finds_its_token_void(house: House) -> None:
    tree = house.serve(workers=2)
    job = house.submit("patient", how="hang", unless=str(house.folder / "free"))
    attempt = house.running(job)
    sleeper = psutil.Process(_pid_of(house, attempt.worker))
    sleeper.suspend()
    (house.folder / "free").touch()
    ended = house.end(job)
    sleeper.resume()
    wait_until(lambda: sleeper.is_running() and sleeper.status() != psutil.STATUS_STOPPED)
    time.sleep(1.0)
    assert house.job(job) == ended
    assert house.outcomes(job) == ["abandoned", "finished"]
    house.check_log(job)
    assert house.end(house.submit()).status is JobStatus.SUCCEEDED
    assert tree.end() < 3


@on_both
def test_branches_that_finish_together_join_once(house: House) -> None:
    house.serve(workers=2)
    jobs = [house.submit("fork", parallel=True, seconds=0.02) for _ in range(15)]
    for job in jobs:
        ended = house.end(job)
        assert ended.status is JobStatus.SUCCEEDED
        assert house.tally(job) == 4
        # The branches do the same work: one that begins when the other has ended reuses it.
        reused = [segment.name for segment in ended.segments if segment.reused]
        assert reused in ([], ["left"], ["right"])
        assert house.outcomes(job) == ["finished"] * (4 - len(reused))
        house.check_log(job)


def test_poison_is_dead_lettered_and_can_be_retried(house: House) -> None:
    house.serve(workers=1)
    cure = house.folder / "cure"
    job = house.submit("bad", how="die", unless=str(cure))
    ended = house.end(job)
    assert (ended.status, ended.dead_letter) == (JobStatus.FAILED, True)
    assert (ended.failed_segment, ended.problem) == ("bad", "/problems/executor-died")
    assert "signal 9" in (ended.detail or "")
    assert house.outcomes(job) == ["executor_died"] * 3
    house.check_log(job)
    cure.touch()
    retry_job(job.id, owner="local", jobs=house.jobs, queue=_Silence(), clock=time.time)
    assert house.end(job).status is JobStatus.SUCCEEDED


def test_three_restarts_are_not_held_against_a_job(house: House) -> None:
    job = house.submit("patient", how="hang", unless=str(house.folder / "free"))
    for _ in range(3):
        tree = house.serve(workers=1)
        house.running(job)
        assert tree.end() < 3
    (house.folder / "free").touch()
    house.serve(workers=1)
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert house.outcomes(job) == ["released"] * 3 + ["finished"]


@pytest.mark.parametrize(
    ("how", "outcome", "problem", "attempts"),
    [
        ("hang", "timed_out", "/problems/time-limit", 3),
        ("spin", "timed_out", "/problems/time-limit", 3),
        ("swell", "executor_died", "/problems/memory-limit", 3),
        ("refuse", "failed", "/problems/no-readable-text", 1),
        ("disturb", "failed", "/problems/disturbed", 2),
        ("break", "failed", "/problems/segment-error", 1),
    ],
)
def test_a_bad_end_is_recorded_with_its_reason(
    house: House, how: str, outcome: str, problem: str, attempts: int
) -> None:
    house.serve(workers=1)
    job = house.submit("patient" if how == "swell" else "bad", how=how)
    ended = house.end(job)
    assert ended.status is JobStatus.FAILED
    assert ended.problem == problem
    assert house.outcomes(job) == [outcome] * attempts
    assert "secret" not in (ended.detail or "")
    if how == "break":
        assert "secret details" in (house.attempts(job)[0].log or "")
    house.check_log(job)


@on_both
def test_cancel_stops_the_process_within_three_seconds(house: House) -> None:
    tree = house.serve(workers=1)
    job = house.submit("patient", how="hang")
    house.running(job)
    executor = tree.executors()[0]
    cancelled = cancel_job(job.id, owner="local", jobs=house.jobs, clock=time.time)
    assert cancelled.status is JobStatus.CANCELLED
    wait_until(lambda: not is_alive(executor), seconds=3)
    assert house.end(house.submit()).status is JobStatus.SUCCEEDED
    house.check_log(job)


def test_four_workers_and_two_hundred_jobs_never_meet_a_lock(house: House) -> None:
    tree = house.serve(workers=4)
    jobs = [house.submit() for _ in range(200)]
    for job in jobs:
        assert house.end(job, seconds=120).status is JobStatus.SUCCEEDED
    for job in jobs:
        assert house.tally(job) == 4
        assert house.outcomes(job) == ["finished"] * 4
        house.check_log(job)
    tree.end()
    said = Path(tree.log).read_text()
    assert "busy" not in said
    assert "Traceback" not in said


class _Silence:
    def wake(self, job_id: str) -> None:
        """The worker polls."""

    def entrust(self, job_id: str, password: str) -> None:
        raise AssertionError(f"{job_id} has no password {password!r}")
