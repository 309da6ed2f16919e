"""Executor processes: one that a supervisor keeps, and one for calls outside any job."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from apostil.adapters.logs import executor_stderr
from apostil.engine import ExecutorDied, Failure, Inputs, Limits, SegmentFailed
from apostil.engine.watch import run_order
from apostil.engine.wire import (
    HEADER,
    Made,
    Order,
    Paper,
    Progressed,
    Ready,
    Refused,
    Reply,
    Run,
    decode_reply,
    encode_frame,
)

_MIB = 1024 * 1024
_READ_BYTES = 1 << 16
_SOME_TIME_SECONDS = 0.02
_LOADING_SECONDS = 60.0

# A terminal's Ctrl-C and a service manager's SIGTERM reach the whole group, also a process that is
# still loading; what becomes of an executor is decided by its supervisor.
_RUN_EXECUTOR = (
    "import signal; "
    "signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "from apostil.engine.executor import main; "
    "main()"
)

_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)
"""Workers are the parallelism; numeric libraries that start a thread a core get in their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """When an executor is replaced by a fresh one, between two jobs: what leaks must not add up.

    Only ``segments`` that took some time count: starting a process costs as much as thousands of
    the shortest, and what does nothing leaks nothing.
    """

    segments: int = 200
    rss_bytes: int = 512 * _MIB


class ExecutorProcess:
    """The ``Executor`` port as a child process that talks over its stdin and stdout.

    With ``dies_with_thread`` the system kills the child when the calling thread ends (Linux): for
    a supervisor, which starts it from its main thread.
    """

    def __init__(self, *, dies_with_thread: bool = False, reuse: Reuse | None = None) -> None:
        self._arguments = ["thread"] if dies_with_thread else []
        self._reuse = reuse or Reuse()
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._job = ""
        self._held: set[str] = set()
        self._runs = 0
        self._is_ready = False
        self._sent_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [
                    sys.executable,
                    "-c",
                    _RUN_EXECUTOR,
                    str(os.getpid()),
                    *self._arguments,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=executor_stderr(),
                bufsize=0,
                env={**os.environ, **_ONE_THREAD},  # noqa: TID251 - handed on, not read
            )

    def holds(self, job_id: str, digest: str) -> bool:
        return job_id == self._job and digest in self._held

    def send(self, order: Order) -> None:
        if isinstance(order, Run):
            self._prepare(order)
        process = self._running()
        try:
            _write_all(process, encode_frame(order))
        except BrokenPipeError:
            raise ExecutorDied(process.wait()) from None

    def receive(self, timeout_seconds: float) -> Reply | None:
        process = self._running()
        deadline = time.monotonic() + timeout_seconds
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        while (body := self._take_frame()) is None:
            wait = max(0.0, deadline - time.monotonic())
            if not select.select([process.stdout], [], [], wait)[0]:
                return None
            part = os.read(process.stdout.fileno(), _READ_BYTES)
            if not part:
                raise ExecutorDied(process.wait())
            self._buffer += part
        reply = decode_reply(body)
        if isinstance(reply, Made | Refused):
            self._runs += time.monotonic() - self._sent_at > _SOME_TIME_SECONDS
        if isinstance(reply, Made):
            self._held.add(reply.digest)
        return reply

    def rss_bytes(self) -> int:
        try:
            return int(psutil.Process(self._running().pid).memory_info().rss)
        except psutil.Error:
            return 0

    def interrupt(self) -> None:
        """Kill the process while another thread waits for its reply; that thread gets ExecutorDied.
        Safe to call at any time."""
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._buffer.clear()
        self._held.clear()
        self._job, self._runs, self._is_ready = "", 0, False

    def _prepare(self, order: Run) -> None:
        """Have a process that is fit for the order, and remember what it is given."""
        if self._process is not None and self._process.poll() is not None:
            self.kill()  # it died idle: not this order's fault
        if order.job != self._job:
            self._replace_if_worn()
            self._held.clear()
        self.start()
        self._wait_until_ready()
        self._job = order.job
        self._sent_at = time.monotonic()
        self._held.update(digest for digest, _ in order.artifacts.values())

    def _wait_until_ready(self) -> None:
        if not self._is_ready:
            self._is_ready = isinstance(self.receive(_LOADING_SECONDS), Ready)
        if not self._is_ready:
            raise ExecutorDied(None)

    def _replace_if_worn(self) -> None:
        """Only between jobs: within one, the artifacts in its memory are worth more."""
        if self._process is not None and (
            self._runs >= self._reuse.segments or self.rss_bytes() > self._reuse.rss_bytes
        ):
            self.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ExecutorDied(None)
        return self._process

    def _take_frame(self) -> bytes | None:
        if len(self._buffer) < HEADER.size:
            return None
        end = HEADER.size + HEADER.unpack_from(self._buffer)[0]
        if len(self._buffer) < end:
            return None
        body = bytes(memoryview(self._buffer)[HEADER.size : end])
        del self._buffer[:end]
        return body


def _write_all(process: subprocess.Popen[bytes], frame: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for
    view = memoryview(frame)
    while view:
        view = view[os.write(process.stdin.fileno(), view) :]


class Caller:
    """Runs a segment's function outside any job, in a child process under limits, so that no
    library reads a stranger's bytes in this process. For one call at a time; safe to share."""

    def __init__(self, *, tick_seconds: float = 0.1) -> None:
        self._executor = ExecutorProcess()
        self._turn = threading.Lock()
        self._tick_seconds = tick_seconds

    def call(
        self,
        work: str,
        inputs: Inputs,
        limits: Limits | None = None,
        *,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """The bytes of the artifact that ``work`` (an import path) makes of these inputs.

        ``inputs.report`` is called with its progress. The call is broken off when it is no longer
        wanted, which is asked at every tick. Raises SegmentFailed, with a problem of its own when
        the child died, was broken off or passed a limit.
        """
        with self._turn:

            def attend(told: Progressed | None) -> None:
                if not is_wanted():
                    raise SegmentFailed("/problems/executor-died", "The work was broken off.")
                if told is not None:
                    inputs.report(told.done, told.total, told.message)

            made = run_order(
                self._executor,
                _order(work, inputs),
                limits or Limits(),
                tick_seconds=self._tick_seconds,
                attend=attend,
            )
        if isinstance(made, Failure):
            raise SegmentFailed(made.problem, made.detail)
        return made.data

    def interrupt(self) -> None:
        """Kill the child process; a call that is in the middle fails. Waits for nothing."""
        self._executor.interrupt()

    def close(self) -> None:
        """End the child process, also in the middle of a call, which then fails. The next call
        starts another."""
        self.interrupt()
        with self._turn:
            self._executor.kill()


def _order(work: str, inputs: Inputs) -> Run:
    papers = tuple(
        Paper(sha256=d.sha256, name=d.name, media_type=d.media_type, size=d.size, path=str(d.path))
        for d in inputs.documents
    )
    return Run(
        job="",
        work=work,
        documents=papers,
        parameters=dict(inputs.parameters),
        artifacts=dict(inputs.artifacts),
        as_of=inputs.as_of,
        password=inputs.password,
    )
