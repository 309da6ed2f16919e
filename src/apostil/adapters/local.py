"""The local queue: workers that are children of the serving process and poll the database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from apostil.adapters.local_worker import Hint, WorkerSetup
from apostil.engine import Clock, EngineError, JobStore

# A Ctrl-C reaches the whole group, also a worker that is still loading; it waits for its parent.
_RUN_WORKER = (
    "import signal; "
    "signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "from apostil.adapters.local_worker import main; "
    "main()"
)
_WATCH_SECONDS = 0.1
_STOP_SECONDS = 2.0
_YOUNG_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 10.0


class NoQueue:
    """The ``Queue`` of a process that only submits and controls: the workers, wherever they are,
    notice by themselves that the database has changed."""

    def wake(self, job_id: str) -> None:
        """Nobody to tell."""

    def entrust(self, job_id: str, password: str) -> None:
        """Nobody to tell: the job will fail and say that a password is needed."""


class HintPipe:
    """The writing end of a wake pipe, which waits for nobody. A hint may be lost, but whole: a pipe
    that nobody empties takes some of a long line, and the rest goes before the next."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""

    def write(self, line: bytes) -> None:
        self.send_rest()
        if not self._rest:
            self._rest = line
            self.send_rest()

    def send_rest(self) -> None:
        """Try again what was not taken."""
        if not self._rest:
            return
        try:
            self._rest = self._rest[os.write(self._descriptor, self._rest) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._rest = b""


@dataclass(frozen=True, slots=True)
class _Child:
    worker: str
    process: subprocess.Popen[bytes]
    pipe: HintPipe
    started: float

    def close(self) -> None:
        assert self.process.stdin is not None  # noqa: S101 - a pipe was asked for
        self.process.stdin.close()


class LocalQueue:
    """The ``Queue`` port with ``workers`` processes of its own. One that dies is replaced, and
    what it held goes on at once instead of when its lease ends."""

    def __init__(
        self, setup: WorkerSetup, *, workers: int, jobs: JobStore, clock: Clock = time.time
    ) -> None:
        self._setup = setup
        self._count = workers
        self._jobs = jobs
        self._clock = clock
        self._children: list[_Child] = []
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="local-queue", daemon=True)
        self._pause_seconds = 0.0

    def start(self) -> None:
        """Start the workers; they take up work some tenths of a second later."""
        with self._turn:
            self._children = [self._spawn() for _ in range(self._count)]
        self._watcher.start()

    def stop(self) -> None:
        """Have the workers give back what they hold and end. None of them, and no executor, is
        left after 3 s."""
        self._stopping.set()
        self._watcher.join()
        with self._turn:
            for child in self._children:
                child.close()
            deadline = time.monotonic() + _STOP_SECONDS
            for child in self._children:
                try:
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()
                    self._jobs.expire_leases(child.worker, now=self._clock())
            self._children.clear()

    def wake(self, job_id: str) -> None:
        self._tell(Hint(job_id))

    def entrust(self, job_id: str, password: str) -> None:
        self._tell(Hint(job_id, password))

    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers."""
        with self._turn:
            return tuple(child.process.pid for child in self._children)

    def _tell(self, hint: Hint) -> None:
        line = msgspec.json.encode(hint) + b"\n"
        with self._turn:
            for child in self._children:
                child.pipe.write(line)

    def _spawn(self) -> _Child:
        worker = f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}"
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-c", _RUN_WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
        )
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        child = _Child(worker, process, HintPipe(process.stdin.fileno()), time.monotonic())
        setup = msgspec.structs.replace(self._setup, id=worker)
        child.pipe.write(msgspec.json.encode(setup) + b"\n")
        return child

    def _watch(self) -> None:
        """Replace dead workers. Those that die young are replaced more and more slowly."""
        while not self._stopping.wait(_WATCH_SECONDS):
            with self._turn:
                for child in self._children:
                    child.pipe.send_rest()
            dead = [child for child in self._children if child.process.poll() is not None]
            for child in dead:
                self._let_go(child)
                is_young = time.monotonic() - child.started < _YOUNG_SECONDS
                pause = min(_LONGEST_PAUSE_SECONDS, 2 * self._pause_seconds + 0.25)
                self._pause_seconds = pause if is_young else 0.0
                if self._stopping.wait(self._pause_seconds):
                    return
                with self._turn:
                    self._children[self._children.index(child)] = self._spawn()
                child.close()

    def _let_go(self, child: _Child) -> None:
        with suppress(EngineError):  # the lease ends by itself
            self._jobs.expire_leases(child.worker, now=self._clock())
