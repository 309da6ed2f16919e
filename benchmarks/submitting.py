"""How long a submission takes beside a bare endpoint that takes the same file: ``python
benchmarks/submitting.py``.

Twenty clients on connections that are kept open each send files of 1 MB, no two alike, to
``POST /api/v1/jobs`` of a real server, and in the same round to two endpoints of the bare framework:
one reads the file, one writes it and flushes it to the disk. Ours hashes it, keeps it by its
content, stores the job durably and wakes a worker, whose one segment does nothing. Three ways of
asking:

* paced: each client sends a file a second, one after the other round the clock (20 MB/s offered);
* together: all twenty send at the same moment, once a second;
* flat out: each sends its next file as soon as the last is answered.

A latency is from the first byte sent to the last byte of the answer. Absolute figures move with the
machine, whose cores the clients share; the ratios of a round are what counts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

HERE = Path(__file__).parent
CLIENTS, SIZE = 20, 1_000_000
BOUNDARY = "b0"
OURS, KEEP, READ = "submit a job", "bare: write, fsync", "bare: read"


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint, and the fields that it wants beside the file."""

    address: str
    path: str
    pid: int
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: when a client's n-th request is due, in seconds; None is at once."""

    name: str
    requests: int
    due: Callable[[int, int], float | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds, answers a second, and CPU milliseconds a request of the serving process (of its
    workers apart), which tell the cost also on a machine that has other things to do."""

    p50: float
    p95: float
    rate: float
    cpu: float
    workers_cpu: float


def at_its_turn(client: int, number: int) -> float:
    return number + client / CLIENTS


def with_all(_client: int, number: int) -> float:
    return float(number)


def at_once(_client: int, _number: int) -> None:
    return None


WAYS = (
    Way("paced, 20/s", 6, at_its_turn),
    Way("together, 20 at once", 6, with_all),
    Way("flat out", 15, at_once),
)


def body_of(target: Target, file: bytes) -> bytes:
    """A form with the fields and the file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in target.fields
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n'
    parts += [head.encode(), b"Content-Type: application/pdf\r\n\r\n", file, b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def client(target: Target, way: Way, number: int, begin: float, taken: list[float]) -> None:
    """One client; ``taken`` gets the seconds that each request took."""
    where = urlsplit(target.address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    connection.connect()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    bodies = (body_of(target, b"%PDF-1.7\n" + os.urandom(SIZE - 9)) for _ in range(way.requests))
    for n, body in enumerate(bodies):
        due = way.due(number, n)
        time.sleep(max(0, begin + (due or 0) - time.monotonic()))
        asked = time.monotonic()
        connection.request("POST", target.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        taken.append(time.monotonic() - asked)
        if answer.status >= 300:
            raise RuntimeError(f"{target.path} answered {answer.status}")
    connection.close()


def clients(target: Target, way: Way) -> tuple[list[float], float]:
    """All clients at their work: (seconds of each request, seconds of them all)."""
    begin = time.monotonic() + 0.3
    taken: list[float] = []
    threads = [
        threading.Thread(target=client, args=(target, way, n, begin, taken)) for n in range(CLIENTS)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if len(taken) != CLIENTS * way.requests:
        raise RuntimeError("a client has failed")
    return taken, time.monotonic() - begin


def measured(target: Target, way: Way) -> Figures:
    """Asked from a process of its own."""
    server = psutil.Process(target.pid)
    own, of_workers = cpu_seconds([server]), cpu_seconds(server.children(recursive=True))
    with multiprocessing.get_context("fork").Pool(1) as pool:
        taken, seconds = pool.apply(clients, (target, way))
    own = cpu_seconds([server]) - own
    of_workers = cpu_seconds(server.children(recursive=True)) - of_workers
    taken.sort()
    return Figures(
        p50=taken[len(taken) // 2] * 1e3,
        p95=taken[int(len(taken) * 0.95)] * 1e3,
        rate=len(taken) / seconds,
        cpu=own / len(taken) * 1e3,
        workers_cpu=of_workers / len(taken) * 1e3,
    )


def cpu_seconds(processes: list[psutil.Process]) -> float:
    used = [one.cpu_times() for one in processes]
    return sum(one.user + one.system for one in used)


@contextmanager
def running(command: list[str], folder: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A server process until the end of the block."""
    environment = {**os.environ, **variables}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def ours(folder: Path) -> Iterator[Target]:
    """``apostil serve`` with the application that does nothing."""
    plugin = folder / "no_op_application-1.dist-info"
    plugin.mkdir(parents=True)
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: no-op-application\nVersion: 1\n")
    (plugin / "entry_points.txt").write_text(
        "[apostil.applications]\nno-op = no_op_application:application\n"
    )
    command = [sys.executable, "-m", "apostil", "serve", "--port", "0", "--data", "data"]
    with running(command, folder, PYTHONPATH=f"{HERE}:{folder}") as process:
        for line in process.stdout or ():
            if line.startswith("Open:"):
                fields = (("application", "no-op"),)
                yield Target(line.split()[1], "/api/v1/jobs", process.pid, fields)
                return
    raise RuntimeError("the server did not start")


@contextmanager
def bare(folder: Path) -> Iterator[tuple[str, int]]:
    """The framework alone on the same kind of server."""
    kept = folder / "kept"
    kept.mkdir()
    port = "8765"
    command = [sys.executable, "-m", "uvicorn", "bare_upload:api", "--port", port]
    command += ["--no-access-log", "--log-level", "warning", "--http", "h11", "--lifespan", "off"]
    with running(command, HERE, BARE_UPLOADS=str(kept)) as process:
        address = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + 20
        while not _answers(address):
            if time.monotonic() > deadline:
                raise RuntimeError("the yardstick did not start")
            time.sleep(0.1)
        yield address, process.pid


def _answers(address: str) -> bool:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)
    try:
        connection.request("GET", "/openapi.json")
        return bool(json.loads(connection.getresponse().read()))
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    wanted = parser.parse_args()
    found: dict[tuple[str, str], list[Figures]] = {}
    with tempfile.TemporaryDirectory(dir=wanted.folder) as name, ExitStack() as stack:
        folder = Path(name)
        address, pid = stack.enter_context(bare(folder))
        targets = {
            READ: Target(address, "/read", pid),
            KEEP: Target(address, "/keep", pid),
            OURS: stack.enter_context(ours(folder)),
        }
        for target in targets.values():
            measured(target, Way("warm", 2, at_once))
        for _ in range(wanted.rounds):
            for way in WAYS:
                for who, target in targets.items():
                    found.setdefault((way.name, who), []).append(measured(target, way))
                    time.sleep(0.5)  # the workers come to rest
    report(found)


def report(found: dict[tuple[str, str], list[Figures]]) -> None:
    """The median of each figure over the rounds."""
    row = "{:20} {:18} {:>8} {:>8} {:>6} {:>13} {:>12}"
    heads = ("p50 ms", "p95 ms", "/s", "p95 to fsync", "CPU/workers")
    print(row.format("", "1 MB, 20 clients", *heads))
    for way in WAYS:
        yardstick = statistics.median(one.p95 for one in found[way.name, KEEP])
        for who in (READ, KEEP, OURS):
            rounds = found[way.name, who]
            columns = zip(*(astuple(figures) for figures in rounds), strict=True)
            middle = Figures(*(statistics.median(column) for column in columns))
            cells = (f"{middle.p50:.1f}", f"{middle.p95:.1f}", f"{middle.rate:.0f}")
            ratio, cpu = (
                f"{middle.p95 / yardstick:.2f}x",
                f"{middle.cpu:.1f}/{middle.workers_cpu:.1f}",
            )
            print(row.format(way.name, who, *cells, ratio, cpu))


if __name__ == "__main__":
    main()
