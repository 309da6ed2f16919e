"""A worker that kills itself: ``python suicide.py FOLDER POINT COUNT``.

It works as ever until the COUNT-th time that it comes to the POINT: ``before`` a change is saved,
``inside`` the transaction that saves it, ``after`` it was saved, or with its large artifact on disk
and the transaction not begun (``file``).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
import workload
from tree import TEMPO, setup

from apostil.adapters import (
    ContentFiles,
    ExecutorProcess,
    NoQueue,
    SqlJobs,
    SqlRoster,
    open_database,
)
from apostil.engine import Change, Job, Supervisor, Worker


class Fate:
    """Counts the visits to the fatal point."""

    def __init__(self, point: str, count: int) -> None:
        self._point = point
        self._left = count

    def meet(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class FatalFiles(ContentFiles):
    def __init__(self, root: Path, fate: Fate) -> None:
        super().__init__(root)
        self._fate = fate

    def put(self, data: bytes) -> str:
        sha256 = super().put(data)
        self._fate.meet("file")
        return sha256


class FatalJobs(SqlJobs):
    def __init__(self, folder: Path, fate: Fate) -> None:
        def tally(connection: sa.Connection, job: Job, data: Mapping[str, Any]) -> None:
            workload.tally(connection, job, data)
            fate.meet("inside")

        files = FatalFiles(folder / "files", fate)
        super().__init__(open_database(setup(folder).database_url), files, {"tally": tally})
        self._fate = fate

    def save(self, change: Change) -> bool:
        self._fate.meet("before")
        is_saved = super().save(change)
        self._fate.meet("after")
        return is_saved


class Patience:
    """The inbox of a worker that ends when there was nothing to do for longer than a sweep takes
    to come round."""

    def __init__(self) -> None:
        self._waited = 0.0

    @property
    def is_stopping(self) -> bool:
        return self._waited > 2 * TEMPO.sweep

    def wait(self, timeout_seconds: float) -> None:
        time.sleep(timeout_seconds)
        self._waited += timeout_seconds

    def password(self, job_id: str) -> str | None:  # noqa: ARG002 - there are none
        return None


def main() -> None:
    folder, fate = Path(sys.argv[1]), Fate(sys.argv[2], int(sys.argv[3]))
    worker = Worker(
        id="suicide",
        jobs=FatalJobs(folder, fate),
        roster=SqlRoster(open_database(setup(folder).database_url)),
        files=ContentFiles(folder / "files"),
        queue=NoQueue(),
        pipelines=workload.pipelines(),
        tempo=TEMPO,
    )
    executor = ExecutorProcess(dies_with_thread=True)
    Supervisor(worker, executor, Patience(), structlog.get_logger()).run()


if __name__ == "__main__":
    main()
