"""Programs of ours as a person would start them, with the tests' own application installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PLUGIN = Path(__file__).parent / "plugin"
PATIENCE_SECONDS = 60.0


def environment(**more: str) -> dict[str, str]:
    """That of the test run without settings of the developer's, and with the plug-in installed."""
    dropped = ("APOSTIL_", "CELERY_", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPATH": str(PLUGIN), **more}


@dataclass(frozen=True, slots=True)
class Running:
    """A server process; ``address`` is what it said to open."""

    process: subprocess.Popen[str]
    address: str
    said: tuple[str, ...]

    @property
    def data(self) -> Path:
        """The data folder that it works on."""
        return Path(next(line for line in self.said if line.startswith("Data:"))[5:].strip())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send the signal and wait for the end; return the status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def started(
    data: Path,
    *arguments: str,
    program: tuple[str, ...] = ("-m", "apostil"),
    command: str = "serve",
    **variables: str,
) -> Iterator[Running]:
    """``apostil serve`` on a port of its choice, once it has said where it is; stopped at the end.

    ``program`` is another that does the same in its own way, ``command`` may be ``web``."""
    process = subprocess.Popen(
        [sys.executable, *program, command, "--data", data, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(**variables),
    )
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line.rstrip())
        if line.startswith("Open:"):
            break
    else:
        process.wait()
        raise AssertionError("\n".join(said))
    running = Running(process, line.split()[1], tuple(said))
    try:
        yield running
    finally:
        running.stop()
        process.stdout.close()


def wait_for_status(client: httpx.Client, job: str, status: str) -> str:
    """The job's page once it shows this status."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        page = client.get(job, headers={"Accept": "text/html"}).text
        if f'data-status="{status}"' in page:
            return page
        assert time.monotonic() < deadline, page[-3000:]
        time.sleep(0.1)


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job of the API once it has ended, however busy the machine is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while job["status"] in {"queued", "running"}:
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
        job = client.get(job["links"]["self"]).json()
    return job
