"""A worker is killed at every boundary of every checkpoint; the result is that of a quiet run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import suicide
import workload
from house import House, on_both
from tree import TEMPO

from apostil.adapters import ExecutorProcess, NoQueue
from apostil.engine import Job, JobStatus, Supervisor, Worker

pytestmark = pytest.mark.crash

# A job of four segments is saved five times: claimed once, then checkpointed four times. Every
# boundary is tried with APOSTIL_CHAOS_ROUNDS; without it, those that differ in kind.
if os.environ.get("APOSTIL_CHAOS_ROUNDS"):
    POINTS = [(point, n) for point in ("before", "after") for n in range(1, 6)]
    POINTS += [(point, n) for point in ("inside", "file") for n in range(1, 5)]
else:
    POINTS = [("after", n) for n in range(1, 6)]
    POINTS += [("before", 2), ("inside", 1), ("inside", 4), ("file", 3)]
LARGE = 300_000


class _Silent:
    def info(self, event: str, **facts: object) -> None:
        """Nobody reads it."""

    def warning(self, event: str, **facts: object) -> None:
        """Nobody reads it."""


def _kill_at(points: Sequence[tuple[str, int]], house: House) -> None:
    """One worker after another dies, each at its point of the same job."""
    support = Path(suicide.__file__)
    for point, count in points:
        died = subprocess.run(
            [sys.executable, str(support), str(house.folder), point, str(count)],
            env={**os.environ, "PYTHONPATH": str(support.parent)},
            check=False,
            timeout=60,
        )
        assert died.returncode == -signal.SIGKILL
        house.jobs.expire_leases("suicide", now=time.time())


def _recover(house: House) -> None:
    worker = Worker(
        id="heir",
        jobs=house.jobs,
        roster=house.roster,
        files=house.files,
        queue=NoQueue(),
        pipelines=workload.pipelines(),
        tempo=TEMPO,
    )
    executor = ExecutorProcess(dies_with_thread=True)
    Supervisor(worker, executor, suicide.Patience(), _Silent()).run()


def _check(house: House, job: Job, *, deaths: int) -> None:
    ended = house.job(job)
    assert ended.status is JobStatus.SUCCEEDED
    assert b'"n":4' in house.reader.result("local", job.id)
    assert house.tally(job) == 4
    assert house.outcomes(job).count("finished") == 4
    assert house.outcomes(job).count("abandoned") <= deaths
    house.check_log(job)


@pytest.mark.parametrize(("point", "count"), POINTS)
def test_a_worker_killed_at_a_checkpoint_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, point: str, count: int
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(suicide.__file__).parent))
    job = house.submit(padding=LARGE)
    _kill_at([(point, count)], house)
    assert house.job(job).status is not JobStatus.FAILED
    _recover(house)
    _check(house, job, deaths=1)


@on_both
def test_a_job_survives_a_death_at_each_boundary_in_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(suicide.__file__).parent))
    job = house.submit(padding=LARGE)
    points = [("after", 1), ("inside", 1), ("file", 1), ("before", 1), ("after", 2), ("inside", 1)]
    _kill_at(points, house)
    _recover(house)
    _check(house, job, deaths=len(points))
