"""Celery workers over a house: ``celery -A celery_tree worker``, and the queue that tells them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import workload
from house import House, Tree, wait_until
from redis_server import RedisServer
from tree import TEMPO, setup

from apostil.adapters import open_database
from apostil.adapters.celery import (
    BrokerOptions,
    CeleryQueue,
    Courier,
    Safe,
    Sender,
    TaskNames,
    Work,
    make_celery,
)

_SUPPORT = Path(__file__).parent


def work(folder: Path, broker: str, concurrency: int = 2) -> Work:
    return Work(
        broker=BrokerOptions(
            broker_url=broker, result_backend=broker[:-1] + "1", concurrency=concurrency
        ),
        prepare=lambda: None,
        open_database=lambda: open_database(setup(folder).database_url),
        files=folder / "files",
        key_file=folder / "queue-key",
        pipelines=workload.pipelines(),
        names={name: TaskNames(f"{name}.analyze", name) for name in workload.pipelines()},
        effects=workload.effects(),
        tempo=TEMPO,
    )


class CeleryTree(Tree):
    """A Celery worker, its children and their executors."""

    def __init__(self, folder: Path, broker: str, workers: int) -> None:
        self.log = folder / "log.txt"
        command = ("celery", "-A", "celery_tree", "worker", "--loglevel", "INFO")
        lean = ("--without-mingle", "--without-gossip", "--without-heartbeat")
        variables = {
            "PYTHONPATH": str(_SUPPORT),
            "HOUSE_FOLDER": str(folder),
            "HOUSE_BROKER": broker,
            "HOUSE_WORKERS": str(workers),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, *lean],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **variables},
                start_new_session=True,
            )

    def wait_until_ready(self, workers: int) -> None:
        wait_until(lambda: len(self.executors()) >= workers, seconds=60)
        self.everyone = set(self.members())


@contextmanager
def told_by_celery(house: House, redis: RedisServer) -> Iterator[Courier]:
    """Have the house announce its jobs over the broker."""
    plan = work(house.folder, redis.url())
    app = make_celery(plan)
    sender, post = Sender(app), Courier("hints")
    house.queue = CeleryQueue(
        sender, jobs=house.jobs, names=plan.names, safe=Safe(plan.key_file), post=post
    )
    try:
        yield post
    finally:
        post.close(5.0)
        sender.close()
        app.close()


def serve(house: House, redis: RedisServer, workers: int = 2) -> CeleryTree:
    tree = CeleryTree(house.folder, redis.url(), workers)
    house.trees.append(tree)
    tree.wait_until_ready(workers)
    return tree


def _application() -> Any:
    """For ``celery -A``."""
    said = os.environ
    plan = work(Path(said["HOUSE_FOLDER"]), said["HOUSE_BROKER"], int(said["HOUSE_WORKERS"]))
    return make_celery(plan)


if "HOUSE_FOLDER" in os.environ:
    app = _application()
