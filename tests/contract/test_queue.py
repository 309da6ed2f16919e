"""Jobs end in the same way however workers hear of them, and whichever database they are in."""

from __future__ import annotations

import time
from collections.abc import Iterator

import celery_tree
import pytest
from house import House, opened
from postgres import database
from redis_server import redis_server

from apostil.engine import (
    Job,
    JobStatus,
    SegmentFinished,
    SegmentStarted,
    cancel_job,
    retry_job,
)

LOCAL = pytest.param(("local", "sqlite"), id="local")
CELERY = pytest.param(("celery", "sqlite"), id="celery", marks=pytest.mark.redis)
CELERY_ON_POSTGRESQL = pytest.param(
    ("celery", "postgresql"),
    id="celery-postgresql",
    marks=[pytest.mark.redis, pytest.mark.postgres],
)


@pytest.fixture(scope="module", params=[LOCAL, CELERY, CELERY_ON_POSTGRESQL])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house where one worker hears of every job that is submitted."""
    queue, kind = request.param
    folder = tmp_path_factory.mktemp("house")
    if kind == "postgresql":
        request.getfixturevalue("postgres_server")
        with database() as url:
            (folder / "database-url").write_text(url)
            with opened(folder) as house:
                yield from _served(house, queue)
    else:
        with opened(folder) as house:
            yield from _served(house, queue)


def _served(house: House, queue: str) -> Iterator[House]:
    if queue == "local":
        house.serve(workers=1)
        yield house
        return
    with redis_server(house.folder) as redis, celery_tree.told_by_celery(house, redis):
        celery_tree.serve(house, redis, workers=1)
        yield house


def test_a_job_runs_through_its_steps_in_order(house: House) -> None:
    job = house.submit()
    ended = house.end(job)
    assert ended.status is JobStatus.SUCCEEDED
    assert b'"n":4' in house.reader.result("local", job.id)
    assert house.tally(job) == 4
    steps = [
        (type(recorded.event), recorded.event.segment)
        for recorded in house.reader.events("local", job.id)
        if isinstance(recorded.event, SegmentStarted | SegmentFinished)
    ]
    names = ("one", "two", "three", "four")
    assert steps == [(kind, n) for n in names for kind in (SegmentStarted, SegmentFinished)]
    house.check_log(job)


def test_branches_join_once(house: House) -> None:
    job = house.submit("fork", parallel=True)
    assert house.end(job).status is JobStatus.SUCCEEDED
    assert house.tally(job) == 4
    assert house.outcomes(job) == ["finished"] * 4
    house.check_log(job)


def test_what_was_done_before_is_not_done_again(house: House) -> None:
    first = house.end(house.submit(id="the same"))
    again = house.end(house.submit(id="the same"))
    assert (first.status, again.status) == (JobStatus.SUCCEEDED, JobStatus.SUCCEEDED)
    assert again.is_reused
    assert house.outcomes(again) == []


@pytest.mark.parametrize(
    ("how", "problem", "attempts", "is_dead_letter"),
    [
        ("refuse", "/problems/no-readable-text", 1, False),
        ("disturb", "/problems/disturbed", 2, True),
        ("die", "/problems/executor-died", 3, True),
    ],
)
def test_a_job_that_cannot_be_done_says_why_and_can_be_retried(
    house: House, how: str, problem: str, attempts: int, *, is_dead_letter: bool
) -> None:
    cure = house.folder / f"cure-{how}"
    job = house.submit("bad", how=how, unless=str(cure))
    ended = house.end(job)
    assert (ended.status, ended.problem) == (JobStatus.FAILED, problem)
    assert ended.dead_letter is is_dead_letter
    assert len(house.outcomes(job)) == attempts
    house.check_log(job)
    cure.touch()
    retry_job(job.id, owner="local", jobs=house.jobs, queue=house.queue, clock=time.time)
    assert house.end(job).status is JobStatus.SUCCEEDED


def test_a_cancelled_job_stops_and_the_next_one_runs(house: House) -> None:
    job = house.submit("patient", how="hang", n=time.monotonic_ns())
    house.running(job)
    cancel_job(job.id, owner="local", jobs=house.jobs, clock=time.time)
    began = time.monotonic()
    assert house.end(house.submit()).status is JobStatus.SUCCEEDED
    assert time.monotonic() - began < 10
    assert house.job(job).status is JobStatus.CANCELLED


def test_an_urgent_job_overtakes_one_that_goes_on_and_others_wait_for_it(house: House) -> None:
    busy = house.submit(seconds=1.0)
    house.running(busy)
    last, usual, urgent = [house.submit(priority=priority) for priority in (9, 5, 0)]
    ended = [house.end(job) for job in (urgent, busy, usual, last)]
    assert all(job.status is JobStatus.SUCCEEDED for job in ended)
    assert [_end(job) for job in ended] == sorted(_end(job) for job in ended)


def _end(job: Job) -> float:
    assert job.finished_at is not None
    return job.finished_at
