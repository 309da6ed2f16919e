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
from pathlib import Path
from typing import Any

import msgspec
import structlog

from apostil.adapters.files import ContentFiles
from apostil.adapters.process import ExecutorProcess
from apostil.adapters.reporting import Listener, ReportingJobs, ReportOptions, reporting
from apostil.adapters.sql import DatabaseOptions, SqlRoster, open_database
from apostil.engine import Supervisor, Tempo, Watch, Worker

_POLL_SECONDS = 0.05
_READ_BYTES = 1 << 16


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


class WakePipe:
    """The ``Inbox`` of a worker. Passwords stay in this process's memory."""

    def __init__(self, descriptor: int, database: Watch) -> None:
        self._descriptor = descriptor
        self._database = database
        self._rest = b""
        self._passwords: dict[str, str] = {}
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
        return self._passwords.get(job_id)

    def _listen(self, timeout_seconds: float) -> bool:
        """Take in what has come; whether anything has."""
        if self._is_stopping:
            return True
        if not select.select([self._descriptor], [], [], timeout_seconds)[0]:
            return False
        received = os.read(self._descriptor, _READ_BYTES)
        if not received:
            self._is_stopping = True
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            hint = msgspec.json.decode(line, type=Hint)
            if hint.password is not None:
                self._passwords[hint.job] = hint.password
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
    inbox = WakePipe(0, database.watch())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: inbox.stop())
    worker = Worker(
        id=setup.id,
        jobs=ReportingJobs(
            database,
            files,
            _provided(setup.effects) if setup.effects else None,
            listeners=listeners,
        ),
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
