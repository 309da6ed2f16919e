"""The durable engine beside a plain Celery chain in the same run: ``python benchmarks/engine.py``.

Jobs of 11 segments that do nothing, two workers each; the embedded engine on SQLite with its local
queue, the chain on the Redis of this machine (database 15, emptied before and after). Absolute
figures move with the machine; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import no_op
import psutil
import redis
from celery.result import AsyncResult
from celery_chain import REDIS, celery, steps

from apostil.adapters import (
    ContentFiles,
    LocalQueue,
    SqlJobs,
    SqlReader,
    WorkerSetup,
    open_database,
    upgrade,
)
from apostil.engine import Job, JobDocument, JobStatus, Submission, submit

HERE = Path(__file__).parent
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """Gaps and starts in milliseconds; CPU milliseconds a segment of all worker processes."""

    jobs_per_second: float
    gap_p50: float
    gap_p95: float
    cpu: float
    start_p50: float
    start_p95: float


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def cpu_seconds(processes: list[psutil.Process]) -> float:
    used = [
        p.cpu_times() for process in processes for p in [process, *process.children(recursive=True)]
    ]
    return sum(t.user + t.system for t in used)


def measure(
    jobs: int, run: Callable[[int], list[list[float]]], processes: list[psutil.Process]
) -> Figures:
    """``run`` does so many jobs at once and gives the times of each one's submission and steps."""
    run(5)
    idle = [run(1)[0] for _ in range(max(20, jobs // 5))]
    starts = [(times[1] - times[0]) * 1e3 for times in idle]
    used, began = cpu_seconds(processes), time.perf_counter()
    run(jobs)
    seconds = time.perf_counter() - began
    used = cpu_seconds(processes) - used
    # Between the steps of a job that is alone: with many, a chain's steps wait for those of others.
    gaps = [(b - a) * 1e3 for times in idle for a, b in pairwise(times[1:])]
    return Figures(
        jobs_per_second=jobs / seconds,
        gap_p50=quantile(gaps, 0.5),
        gap_p95=quantile(gaps, 0.95),
        cpu=used * 1e3 / jobs / no_op.LENGTH,
        start_p50=quantile(starts, 0.5),
        start_p95=quantile(starts, 0.95),
    )


@contextlib.contextmanager
def embedded() -> Iterator[tuple[Callable[[int], list[list[float]]], list[psutil.Process]]]:
    os.environ["PYTHONPATH"] = str(HERE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'apostil.db'}"
        database = open_database(url)
        upgrade(database)
        files = ContentFiles(folder / "files")
        jobs, reader = SqlJobs(database, files), SqlReader(database, files)
        sha256 = files.put(b"paper")
        document = JobDocument(sha256=sha256, name="p.txt", media_type="text/plain", size=5)
        setup = WorkerSetup(
            database_url=url, files=str(folder / "files"), pipelines="no_op:pipelines"
        )
        queue = LocalQueue(setup, workers=WORKERS, jobs=jobs)
        numbers = iter(range(1_000_000))

        def ask() -> tuple[float, Job]:
            asked = time.time()
            submission = Submission(
                application="no_op",
                version="1",
                pipeline=no_op.PIPELINE,
                documents=(document,),
                parameters={"number": next(numbers)},
            )
            return asked, submit(submission, jobs=jobs, queue=queue, clock=time.time)

        def run(count: int) -> list[list[float]]:
            asked = [ask() for _ in range(count)]
            for _, job in asked:
                while reader.get("local", job.id).status is not JobStatus.SUCCEEDED:
                    time.sleep(0.01)
            results = [reader.result("local", job.id) for _, job in asked]
            return [
                [at, *msgspec.json.decode(result, type=list[float])]
                for (at, _), result in zip(asked, results, strict=True)
            ]

        queue.start()
        yield run, [psutil.Process(pid) for pid in queue.pids()]
        queue.stop()
        database.dispose()


@contextlib.contextmanager
def plain_chain() -> Iterator[tuple[Callable[[int], list[list[float]]], list[psutil.Process]]]:
    store = redis.Redis.from_url(REDIS)
    store.flushdb()
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "celery_chain", "worker"),
            *("-c", str(WORKERS), "-P", "prefork", "-l", "error", "--without-gossip"),
            *("--without-mingle", "--without-heartbeat"),
        ],
        cwd=HERE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def run(count: int) -> list[list[float]]:
        asked: list[tuple[float, AsyncResult]] = []
        for _ in range(count):
            at = time.time()
            asked.append((at, steps(no_op.LENGTH).delay()))
        return [[at, *result.get(timeout=120)] for at, result in asked]

    try:
        yield run, [psutil.Process(worker.pid)]
    finally:
        worker.terminate()
        worker.wait()
        celery.close()
        store.flushdb()
        store.close()


def median(rounds: list[Figures]) -> Figures:
    columns = zip(*(astuple(figures) for figures in rounds), strict=True)
    return Figures(*(statistics.median(column) for column in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    ours: list[Figures] = []
    theirs: list[Figures] = []
    for _ in range(wanted.rounds):
        for opened, figures in ((embedded, ours), (plain_chain, theirs)):
            with opened() as (run, processes):
                figures.append(measure(wanted.jobs, run, processes))
    report(median(ours), median(theirs))


def report(ours: Figures, theirs: Figures) -> None:
    row = "{:34} {:>8} {:>14} {:>12} {:>16}"
    print(row.format("", "jobs/s", "gap p50/p95 ms", "CPU ms/seg.", "start p50/p95 ms"))
    for name, f in (("embedded, SQLite, durable", ours), ("plain Celery chain, Redis", theirs)):
        gap, start = f"{f.gap_p50:.2f}/{f.gap_p95:.2f}", f"{f.start_p50:.1f}/{f.start_p95:.1f}"
        print(row.format(name, f"{f.jobs_per_second:.0f}", gap, f"{f.cpu:.2f}", start))
    print(f"jobs/s against the plain chain: {ours.jobs_per_second / theirs.jobs_per_second:.1f}x")
    print(f"CPU against the plain chain:    {ours.cpu / theirs.cpu:.2f}x")
    print(f"gap p50 against the plain chain: {ours.gap_p50 / theirs.gap_p50:.2f}x")


if __name__ == "__main__":
    main()
