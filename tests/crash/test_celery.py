"""Celery's processes and its broker are killed in the middle of jobs; none is lost or done twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import celery_tree
import pytest
from celery_tree import CeleryTree, told_by_celery
from house import House, is_alive, on_both, wait_until
from redis_server import RedisServer, redis_server

from apostil.adapters.celery import make_celery
from apostil.engine import Job, JobStatus, cancel_job

pytestmark = [pytest.mark.crash, pytest.mark.redis]


@pytest.fixture
def redis(house: House, tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server, told_by_celery(house, server):
        yield server


def kill_child(house: House, redis: RedisServer, tree: CeleryTree) -> None:
    tree.workers()[0].kill()


def kill_executor(house: House, redis: RedisServer, tree: CeleryTree) -> None:
    tree.executors()[0].kill()


def kill_tree(house: House, redis: RedisServer, tree: CeleryTree) -> None:
    tree.kill()
    celery_tree.serve(house, redis)


def flush_all(house: House, redis: RedisServer, tree: CeleryTree) -> None:
    redis.flush()


def kill_redis(house: House, redis: RedisServer, tree: CeleryTree) -> None:
    redis.kill()
    redis.start()


@on_both
def test_no_job_is_lost_and_none_is_done_twice(house: House, redis: RedisServer) -> None:
    tree = celery_tree.serve(house, redis)
    for fault in (kill_child, kill_executor, flush_all, kill_redis, kill_tree):
        jobs = [house.submit("fork" if n % 3 else "chain", seconds=0.1) for n in range(10)]
        house.running(jobs[1])
        fault(house, redis, tree)
        for job in jobs:
            ended = house.end(job, seconds=60)
            assert ended.status is JobStatus.SUCCEEDED, fault.__name__
            assert house.tally(job) == 4
            # Two branches of one work share an artifact: after a kill the second may reuse it.
            reused = sum(segment.reused for segment in ended.segments)
            assert house.outcomes(job).count("finished") + reused == 4
            house.check_log(job)
    house.trees[-1].end()


def test_a_killed_child_is_let_go_of_before_its_lease_ends(
    house: House, redis: RedisServer
) -> None:
    tree = celery_tree.serve(house, redis, workers=1)
    gate = house.folder / "gate"
    job = house.submit("patient", how="hang", unless=str(gate))
    attempt = house.running(job)
    gate.touch()
    killed = time.time()
    tree.workers()[0].kill()
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert house.outcomes(job) == ["abandoned", "finished"]
    first = next(one for one in house.attempts(job) if one.id == attempt.id)
    assert first.ended_at is not None
    assert first.ended_at - killed < 10.0
    tree.end()


def test_a_stop_gives_back_what_is_held_and_a_second_signal_ends_at_once(
    house: House, redis: RedisServer
) -> None:
    gate = house.folder / "gate"
    tree = celery_tree.serve(house, redis, workers=1)
    job = house.submit("patient", how="hang", unless=str(gate))
    house.running(job)
    assert tree.end() < 5
    assert house.outcomes(job) == ["released"]
    tree = celery_tree.serve(house, redis, workers=1)
    house.running(job)
    child = tree.workers()[0]
    child.suspend()  # it cannot give anything back
    tree.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert tree.process.poll() is None
    assert tree.end() < 3
    assert not is_alive(child)
    gate.touch()
    tree = celery_tree.serve(house, redis, workers=1)
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert house.outcomes(job) == ["released", "abandoned", "finished"]
    tree.end()


def test_a_signal_to_every_process_gives_back_what_is_held(
    house: House, redis: RedisServer
) -> None:
    """As service managers stop a service."""
    tree = celery_tree.serve(house, redis)
    job = house.submit("patient", how="hang", unless=str(house.folder / "gate"))
    house.running(job)
    # Of a task that was taken up just now Celery's main process does not know yet: it would not wait
    # for it, and the lease would be ended instead.
    with closing(make_celery(celery_tree.work(house.folder, redis.url()))) as app:
        wait_until(lambda: any((app.control.inspect().active() or {}).values()))
    os.killpg(tree.process.pid, signal.SIGTERM)
    assert tree.end() < 5
    assert house.outcomes(job) == ["released"]


def test_a_killed_main_process_leaves_nobody_behind(house: House, redis: RedisServer) -> None:
    tree = celery_tree.serve(house, redis)
    gate = house.folder / "gate"
    job = house.submit("patient", how="hang", unless=str(gate))
    house.running(job)
    tree.process.kill()
    tree.process.wait(10)
    wait_until(lambda: not tree.members(), seconds=10)
    gate.touch()
    celery_tree.serve(house, redis, workers=1)
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert house.outcomes(job) == ["abandoned", "finished"]


def test_a_cancelled_job_frees_its_child(house: House, redis: RedisServer) -> None:
    tree = celery_tree.serve(house, redis, workers=1)
    job = house.submit("patient", how="hang")
    house.running(job)
    cancel_job(job.id, owner="local", jobs=house.jobs, clock=time.time)
    following: Job = house.submit()
    assert house.end(following).status is JobStatus.SUCCEEDED
    assert house.job(job).status is JobStatus.CANCELLED
    house.check_log(job)
    tree.end()
