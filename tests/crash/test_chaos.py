"""Random kills of random processes while jobs run; APOSTIL_CHAOS_ROUNDS makes it longer."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress

import psutil
import pytest
from house import House, Tree, on_both

from apostil.engine import JobStatus, Outcome

pytestmark = pytest.mark.crash

ROUNDS = int(os.environ.get("APOSTIL_CHAOS_ROUNDS", "1"))


def _disturb(house: House, tree: Tree, dice: random.Random) -> Tree:
    """Do one bad thing; return the tree that is there afterwards."""
    how = dice.choice(["executor", "executor", "worker", "worker", "sleep", "tree", "restart"])
    with suppress(psutil.NoSuchProcess, IndexError):
        if how == "executor":
            dice.choice(tree.executors()).kill()
        elif how == "worker":
            dice.choice(tree.workers()).kill()
        elif how == "sleep":
            sleeper = dice.choice(tree.workers())
            sleeper.suspend()
            time.sleep(2.0)
            sleeper.resume()
        elif how == "tree":
            tree.kill()
            return house.serve(workers=3)
        else:
            tree.end()
            return house.serve(workers=3)
    return tree


@pytest.mark.timeout(120 + 60 * ROUNDS)
@on_both
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_job_is_lost_and_none_is_done_twice(house: House, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a seed names the round
    tree = house.serve(workers=3)
    jobs = [
        house.submit(dice.choice(["chain", "fork"]), parallel=dice.random() < 0.5, seconds=0.1)
        for _ in range(12)
    ]
    for _ in range(6):
        time.sleep(dice.uniform(0.1, 0.5))
        tree = _disturb(house, tree, dice)
    for job in jobs:
        ended = house.end(job, seconds=60)
        # A segment that was hit by three kills in a row is rightly given up.
        deaths = house.outcomes(job).count(Outcome.EXECUTOR_DIED.value)
        assert ended.status is JobStatus.SUCCEEDED or deaths >= 3
        if ended.status is JobStatus.SUCCEEDED:
            assert house.tally(job) == 4
            # Two branches of one work share an artifact: after a kill the second may reuse it.
            reused = sum(segment.reused for segment in ended.segments)
            assert house.outcomes(job).count("finished") + reused == 4
        house.check_log(job)
    tree.end()
