"""A store in a folder, and serving processes over it that may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import workload
from tree import setup

from apostil.adapters import (
    ContentFiles,
    Database,
    NoQueue,
    SqlDocuments,
    SqlJobs,
    SqlReader,
    SqlRoster,
    open_database,
    upgrade,
)
from apostil.engine import (
    DEFAULT_PRIORITY,
    TERMINAL_EVENTS,
    Attempt,
    Job,
    JobDocument,
    Queue,
    Submission,
    submit,
)

on_both = pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
"""Runs a test of a house on each kind of database."""

_SUPPORT = Path(workload.__file__).parent


@dataclass
class House:
    """A data folder, seen from a process without workers."""

    folder: Path
    database: Database
    jobs: SqlJobs
    reader: SqlReader
    documents: SqlDocuments
    roster: SqlRoster
    files: ContentFiles
    trees: list[Tree] = field(default_factory=list)
    queue: Queue = field(default_factory=NoQueue)

    def document(self, text: str) -> JobDocument:
        data = text.encode()
        sha256 = self.files.put(data)
        return JobDocument(sha256=sha256, name="p.txt", media_type="text/plain", size=len(data))

    def submit(
        self,
        application: str = "chain",
        *,
        parallel: bool = False,
        priority: int = DEFAULT_PRIORITY,
        **wish: Any,
    ) -> Job:
        wish.setdefault("id", time.monotonic_ns())
        return submit(
            Submission(
                application=application,
                version="1",
                pipeline=workload.pipelines()[application],
                documents=(self.document(f"document {wish['id']}"),),
                parameters=wish,
                parallel=parallel,
                priority=priority,
            ),
            jobs=self.jobs,
            queue=self.queue,
            clock=time.time,
        )

    def job(self, job: Job) -> Job:
        return self.reader.get("local", job.id)

    def end(self, job: Job, *, seconds: float = 30.0) -> Job:
        """The job once it has ended."""
        wait_until(lambda: self.job(job).status.is_terminal, seconds=seconds)
        return self.job(job)

    def running(self, job: Job) -> Attempt:
        """The attempt that runs now."""
        wait_until(lambda: any(a.outcome is None for a in self.attempts(job)))
        return next(a for a in self.attempts(job) if a.outcome is None)

    def attempts(self, job: Job) -> list[Attempt]:
        return list(self.reader.attempts("local", job.id))

    def outcomes(self, job: Job) -> list[str]:
        return [str(attempt.outcome) for attempt in self.attempts(job)]

    def tally(self, job: Job) -> int:
        """How many checkpoints have left their mark on the job's document."""
        return self.documents.get_document("local", job.documents[0].sha256).pages or 0

    def check_log(self, job: Job) -> None:
        """Numbered without gaps, one end, and it is last."""
        log = self.reader.events("local", job.id, limit=100_000)
        assert [recorded.seq for recorded in log] == list(range(1, len(log) + 1))
        ends = [isinstance(recorded.event, TERMINAL_EVENTS) for recorded in log]
        assert ends.count(True) == 1
        assert ends[-1]

    def serve(self, workers: int = 2) -> Tree:
        tree = Tree(self.folder, workers)
        self.trees.append(tree)
        tree.wait_until_ready(workers)
        return tree


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    """A house over the folder; its trees are killed at the end."""
    database = open_database(setup(folder).database_url)
    upgrade(database)
    files = ContentFiles(folder / "files")
    house = House(
        folder=folder,
        database=database,
        jobs=SqlJobs(database, files, workload.effects()),
        reader=SqlReader(database, files),
        documents=SqlDocuments(database, files),
        roster=SqlRoster(database),
        files=files,
    )
    try:
        yield house
    finally:
        for tree in house.trees:
            tree.kill()
        database.dispose()


class Tree:
    """A serving process, its workers and their executors."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.log = folder / "log.txt"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(_SUPPORT / "tree.py"), str(folder), str(workers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(_SUPPORT)},
                start_new_session=True,
            )

    def wait_until_ready(self, workers: int) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        self.process.stdout.close()
        wait_until(lambda: len(self.executors()) == workers)
        self.everyone = set(self.members())

    def members(self) -> list[psutil.Process]:
        """All processes of the tree, also those that have lost their parent."""
        group = self.process.pid  # it leads a session of its own
        return [p for p in psutil.process_iter() if is_alive(p) and _group(p) == group]

    def workers(self) -> list[psutil.Process]:
        return [p for p in self.members() if _parent(p) == self.process.pid]

    def executors(self) -> list[psutil.Process]:
        workers = {worker.pid for worker in self.workers()}
        return [p for p in self.members() if _parent(p) in workers]

    def kill(self) -> None:
        """Kill everybody at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.close()

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it by a signal to its first process; the seconds until nobody was left."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(10)
        self.close()
        wait_until(lambda: not self.members(), seconds=10)
        return time.monotonic() - began


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that only waits to be reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _parent(process: psutil.Process) -> int | None:
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return None


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


def wait_until(holds: Callable[[], bool], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
