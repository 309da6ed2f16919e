"""A Celery worker beside the server, for ``apostil serve`` with a broker."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

_STOP_SECONDS = 10.0
_WATCH_SECONDS = 0.2
_YOUNG_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 30.0
_RUN = (
    "import ctypes, os, signal, sys; "
    "sys.platform == 'linux' and ctypes.CDLL(None).prctl(1, signal.SIGTERM); "
    "os.getppid() == int(sys.argv[1]) and os.execv(sys.argv[2], sys.argv[2:])"
)
"""Linux then sends SIGTERM when the thread that started it ends, however that came about."""


class WorkerBeside:
    """Keeps one worker running from ``start`` to ``stop``; one that ends by itself is replaced,
    more and more slowly if it does so young.

    It has a process group of its own: a Ctrl-C is for the server, which then stops it once. A
    second signal would have it end without giving back what it holds.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-c", _RUN, str(os.getpid()), *command]
        self._environment = environment
        self._stopping = threading.Event()
        # One thread starts it and sees its end: it is told to stop when its thread is gone.
        self._thread = threading.Thread(target=self._keep, name="worker-beside", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is held is given back; a worker that takes too long is killed."""
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            started = time.monotonic()
            self._run()
            is_young = time.monotonic() - started < _YOUNG_SECONDS
            pause = min(_LONGEST_PAUSE_SECONDS, 2 * pause + 0.5) if is_young else 0.0

    def _run(self) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        while process.poll() is None:
            if self._stopping.wait(_WATCH_SECONDS):
                process.terminate()
                break
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
