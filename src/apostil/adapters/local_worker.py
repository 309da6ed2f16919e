"""A worker of the local queue: a process that ``LocalQueue`` starts, which runs ``main``.

Its stdin is the wake pipe: the first line says what to work with, every other is a hint, and the
end means that the parent is gone or wants the worker to stop.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import structlog

from apostil.adapters.files import ContentFiles
from apostil.adapters.process import ExecutorProcess
from apostil.adapters.reporting import Listener, ReportingJobs, ReportOptions, reporting
from apostil.adapters.sql import DatabaseOptions, SqlRoster, open_database
from apostil.engine import (
    Clock,
    Job,
    JobStore,
    StoreBusy,
    Supervisor,
    Tempo,
    Watch,
    Worker,
)

_POLL_SECONDS = 0.05
_READ_BYTES = 1 << 16
_LOOK_SECONDS = 2.0
_LOOKED_AT_ONCE = 100
_UNSTORED_SECONDS = 60.0


class WorkerSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker works with. ``pipelines`` is the import path of a function that gives the
    installed pipelines by application name; ``effects`` of one that gives handlers by the name of
    their effect, beside those of ``SqlJobs``."""

    database_url: str
    files: str
    pipelines: str
    options: DatabaseOptions = DatabaseOptions()
    reports: ReportOptions = ReportOptions()
    effects: str | None = None
    tempo: Tempo = Tempo()
    id: str = ""


class Hint(msgspec.Struct, frozen=True, omit_defaults=True):
    """There is work for this job, and perhaps a password to do it with."""

    job: str
    password: str | None = None


class Passwords:
    """Passwords in this process's memory, each until its job has ended, whoever worked on it. One
    comes before its job is stored: if the job is not open a minute later, it never will be."""

    def __init__(self, jobs: JobStore, clock: Clock = time.time) -> None:
        self._jobs = jobs
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}
        self._next_look = 0.0

    def keep(self, job_id: str, password: str) -> None:
        self._kept[job_id] = (self._clock(), password)

    def of(self, job_id: str) -> str | None:
        _, password = self._kept.get(job_id, (0.0, None))
        return password

    def forget_ended(self) -> None:
        """Look now and then at some, in turn. A store that is busy is asked again later."""
        now = self._clock()
        if not self._kept or now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        with suppress(StoreBusy):
            for job_id in list(self._kept)[:_LOOKED_AT_ONCE]:
                came, password = self._kept[job_id]
                is_over = _is_over(self._jobs.load(job_id), came, now)
                del self._kept[job_id]
                if not is_over:
                    self._kept[job_id] = (came, password)


def _is_over(job: Job | None, came: float, now: float) -> bool:
    """Whether the job that a password came for will not need it. One that is retried had ended
    before the password came."""
    if job is not None and not job.status.is_terminal:
        return False
    has_ended_since = job is not None and (job.finished_at or 0.0) > came
    return has_ended_since or now - came > _UNSTORED_SECONDS


class WakePipe:
    """The ``Inbox`` of a worker."""

    def __init__(self, descriptor: int, database: Watch, passwords: Passwords) -> None:
        self._descriptor = descriptor
        self._database = database
        self._rest = b""
        self._passwords = passwords
        self._is_stopping = False

    def stop(self) -> None:
        self._is_stopping = True

    @property
    def is_stopping(self) -> bool:
        self._listen(0.0)
        return self._is_stopping

    def wait(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not self._is_stopping and not self._listen(_POLL_SECONDS):
            if self._database.wait(0.0) or time.monotonic() >= deadline:
                return

    def password(self, job_id: str) -> str | None:
        self._listen(0.0)
        return self._passwords.of(job_id)

    def _listen(self, timeout_seconds: float) -> bool:
        """Take in what has come; whether anything has."""
        if self._is_stopping:
            return True
        self._passwords.forget_ended()
        if not select.select([self._descriptor], [], [], timeout_seconds)[0]:
            return False
        received = os.read(self._descriptor, _READ_BYTES)
        if not received:
            self._is_stopping = True
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            hint = msgspec.json.decode(line, type=Hint)
            if hint.password is not None:
                self._passwords.keep(hint.job, hint.password)
        return True


class _Silent:
    """The ``Queue`` of a worker: the others notice by themselves that the database changed."""

    def wake(self, job_id: str) -> None:
        pass

    def entrust(self, job_id: str, password: str) -> None:
        pass


def main() -> None:
    # stdout belongs to the parent's user; what a worker has to say goes to its log.
    setup = msgspec.json.decode(_first_line(0), type=WorkerSetup)
    with reporting(setup.reports, role="worker") as listeners:
        _supervise(setup, listeners)


def _supervise(setup: WorkerSetup, listeners: Sequence[Listener]) -> None:
    database = open_database(setup.database_url, setup.options)
    files = ContentFiles(Path(setup.files))
    jobs = ReportingJobs(
        database,
        files,
        _provided(setup.effects) if setup.effects else None,
        listeners=listeners,
    )
    inbox = WakePipe(0, database.watch(), Passwords(jobs))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: inbox.stop())
    worker = Worker(
        id=setup.id,
        jobs=jobs,
        roster=SqlRoster(database),
        files=files,
        queue=_Silent(),
        pipelines=_provided(setup.pipelines),
        tempo=setup.tempo,
    )
    log = structlog.get_logger(worker=setup.id)
    Supervisor(worker, ExecutorProcess(dies_with_thread=True), inbox, log).run()


def _provided(path: str) -> Any:
    """What the function at this import path gives."""
    module, _, name = path.partition(":")
    return vars(importlib.import_module(module))[name]()


def _first_line(descriptor: int) -> bytes:
    """Byte by byte, so that the hints behind it stay in the pipe."""
    line = bytearray()
    while (byte := os.read(descriptor, 1)) not in {b"", b"\n"}:
        line += byte
    return bytes(line)
