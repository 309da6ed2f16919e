"""How long an event takes from its writing to each of many clients: ``python benchmarks/streaming.py``.

Jobs of short steps run on a server as one starts it; the clients are processes of their own. Beside
it, in the same run, a bare broadcaster sends the same to as many. Delays are from the event's ``at``
to its arrival in the client, so that they hold the look at the database, the sending to all who
come before, and the clients' own time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import httpx
import psutil

HERE = Path(__file__).parent
STEPS = HERE.parent / "tests" / "support" / "steps"
KINDS = {"ws": ("ws",), "sse": ("sse",), "both": ("ws", "sse")}
STEP_SECONDS = 0.2
BAR_P95_MS = 120.0


class Source(Protocol):
    """A server with something to tell."""

    process: psutil.Process
    port: int

    def prepare(self) -> dict[str, str]:
        """Get ready to tell; the path for each kind of client."""

    def start(self) -> None:
        """Begin to tell: all clients are there."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Delays in milliseconds; CPU of the server in microseconds for each event that arrived."""

    p50: float
    p95: float
    longest: float
    arrived: int
    wrong: int
    cpu: float
    memory_mib: float


class Apostil:
    """The server with a job that waits at its gate until the clients are there."""

    def __init__(self, address: str, process: psutil.Process, gates: Path) -> None:
        self.process = process
        self.port = httpx.URL(address).port or 0
        self._client = httpx.Client(base_url=address, timeout=60.0)
        self._gates = gates
        self._gate = gates / "0"

    def prepare(self) -> dict[str, str]:
        self._gate = self._gates / str(time.time_ns())
        told = {"seconds": str(STEP_SECONDS), "gate": str(self._gate), "number": self._gate.name}
        answer = self._client.post(
            "/api/v1/jobs",
            data={"application": "steps", "parameters": json.dumps(told)},
            files={"files": ("a.txt", b"A text.\n", "text/plain")},
        )
        job = answer.raise_for_status().json()["id"]
        return {"ws": f"/api/v1/jobs/{job}/ws", "sse": f"/api/v1/jobs/{job}/events"}

    def start(self) -> None:
        self._gate.touch()


class Broadcaster:
    """See ``broadcaster``."""

    def __init__(self, process: psutil.Process, port: int) -> None:
        self.process = process
        self.port = port

    def prepare(self) -> dict[str, str]:
        return {"ws": "/ws", "sse": "/sse"}

    def start(self) -> None:
        httpx.post(f"http://127.0.0.1:{self.port}/start", timeout=60.0).raise_for_status()


@contextlib.contextmanager
def running(arguments: list[str], **variables: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=HERE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        out(process).close()


def out(process: subprocess.Popen[str]) -> IO[str]:
    if process.stdout is None:
        raise TypeError
    return process.stdout


@contextlib.contextmanager
def apostil() -> Iterator[Source]:
    with tempfile.TemporaryDirectory() as name:
        data = ["serve", "--data", f"{name}/data", "--port", "0"]
        settings = {"PYTHONPATH": str(STEPS), "APOSTIL_RATE_LIMIT": "off"}
        with running(["-m", "apostil", *data], **settings) as process:
            line = next(line for line in out(process) if line.startswith("Open:"))
            yield Apostil(line.split()[1], psutil.Process(process.pid), Path(name))


@contextlib.contextmanager
def broadcaster() -> Iterator[Source]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with running(["-c", "import broadcaster; broadcaster.main()", str(port)]) as process:
        deadline = time.monotonic() + 30.0
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)
        yield Broadcaster(psutil.Process(process.pid), port)


def measure(source: Source, kinds: tuple[str, ...], count: int) -> Figures:
    """One job with so many clients of each kind."""
    paths = source.prepare()
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(
                running(
                    [
                        *("-c", "import stream_clients; stream_clients.main()"),
                        *("127.0.0.1", str(source.port), paths[kind], kind, str(count)),
                    ]
                )
            )
            for kind in kinds
        ]
        for client in clients:
            if out(client).readline() != "ready\n":
                raise RuntimeError("a client did not get ready")
        used = source.process.cpu_times()
        source.start()
        told = [json.loads(out(client).readline()) for client in clients]
        now = source.process.cpu_times()
    delays = sorted(delay for one in told for delay in one["delays"])
    cpu = now.user + now.system - used.user - used.system
    return Figures(
        p50=statistics.median(delays),
        p95=delays[int(0.95 * len(delays))],
        longest=delays[-1],
        arrived=len(delays),
        wrong=sum(one["wrong"] for one in told),
        cpu=cpu * 1e6 / len(delays),
        memory_mib=source.process.memory_info().rss / 2**20,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500, help="of each kind")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    row = "{:28} {:>7} {:>7} {:>7} {:>9} {:>6} {:>10} {:>8}"
    print(row.format("", "p50 ms", "p95 ms", "max ms", "arrived", "wrong", "CPU µs/ev.", "MiB"))
    found: dict[tuple[str, str], list[Figures]] = {}
    with apostil() as ours, broadcaster() as bare:
        for _ in range(wanted.rounds):
            for kind, kinds in KINDS.items():
                for name, source in (("apostil", ours), ("bare broadcaster", bare)):
                    figures = measure(source, kinds, wanted.clients)
                    found.setdefault((kind, name), []).append(figures)
    for (kind, name), rounds in found.items():
        report(row, f"{name}, {wanted.clients} {kind}", rounds)
    for kind in KINDS:
        ours_p95, bare_p95 = (p95_of(found[kind, name]) for name in ("apostil", "bare broadcaster"))
        print(f"p95 against the bare broadcaster, {kind}: {ours_p95 / bare_p95:.1f}x")
    worst = max(p95_of(found[kind, "apostil"]) for kind in ("ws", "sse"))
    print(f"p95 of {wanted.clients} clients: {worst:.0f} ms; the bar is {BAR_P95_MS:.0f} ms")


def p95_of(rounds: list[Figures]) -> float:
    return statistics.median(figures.p95 for figures in rounds)


def report(row: str, name: str, rounds: list[Figures]) -> None:
    """The medians of the rounds; of what must not be, the sum."""
    columns = [
        f"{statistics.median(f.p50 for f in rounds):.1f}",
        f"{statistics.median(f.p95 for f in rounds):.1f}",
        f"{max(f.longest for f in rounds):.1f}",
        str(sum(f.arrived for f in rounds)),
        str(sum(f.wrong for f in rounds)),
        f"{statistics.median(f.cpu for f in rounds):.0f}",
        f"{statistics.median(f.memory_mib for f in rounds):.0f}",
    ]
    print(row.format(name, *columns))


if __name__ == "__main__":
    main()
