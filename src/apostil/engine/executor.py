"""The child process that runs segments; its arguments are PARENT_PID and, perhaps, ``thread``.

It has no database. It reads orders from stdin, answers on stdout, keeps the artifacts of the
current job in memory, and dies with its parent: by signal (Linux), by a look at the parent's id
twice a second (elsewhere, and while it is busy), and by the end of stdin (while it is idle).
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from apostil.engine.errors import SegmentDisturbed, SegmentFailed
from apostil.engine.wire import (
    HEADER,
    Made,
    Order,
    Progressed,
    Ready,
    Refused,
    Reply,
    Run,
    Stop,
    decode_order,
    encode_frame,
)
from apostil.engine.work import ArtifactDecoder, DocumentFile, Inputs, Output

_PR_SET_PDEATHSIG = 1
_REPORT_SECONDS = 0.1
"""The supervisor stores two reports a second; ten a second are plenty for it to choose from."""


class Stopped(BaseException):
    """Raised inside a segment that was asked to stop; not an Exception, so that none swallows it."""


class Executor:
    """Reads orders and runs them until stdin ends."""

    def __init__(self, orders: FileIO, replies: BinaryIO) -> None:
        self._orders = orders
        self._replies = replies
        self._job = ""
        self._artifacts: dict[str, bytes] = {}
        self._decoder = ArtifactDecoder()
        self._works: dict[str, Callable[[Inputs], Any]] = {}
        self._reported = 0.0

    def serve(self) -> None:
        self._reply(Ready())
        while (order := self._read()) is not None:
            if isinstance(order, Run):
                self._reply(self._run(order))

    def _run(self, order: Run) -> Reply:
        if order.job != self._job:
            self._forget(order.job)
        try:
            return self._made(self._work(order.work)(self._inputs(order)))
        except Stopped:
            return Refused(
                problem="/problems/time-limit",
                detail="The time allowed for this step was used up.",
                stopped=True,
            )
        except SegmentFailed as failed:
            return Refused(problem=failed.problem, detail=failed.detail)
        except SegmentDisturbed as disturbed:
            return Refused(
                problem="/problems/disturbed",
                detail=str(disturbed) or "Something outside was not available.",
                transient=True,
                log=traceback.format_exc(),
            )
        except Exception as error:  # noqa: BLE001 - the engine's edge: any error becomes an attempt's record
            return Refused(
                problem="/problems/segment-error",
                detail=f"An unexpected error ({type(error).__name__}) ended this step.",
                log=traceback.format_exc(),
            )

    def _made(self, answer: Any) -> Made:
        output = answer if isinstance(answer, Output) else Output(answer)
        data = msgspec.json.encode(output.value)
        digest = hashlib.sha256(data).hexdigest()
        self._artifacts[digest] = data
        effects = tuple((e.name, dict(e.data)) for e in output.effects)
        return Made(digest=digest, data=data, effects=effects)

    def _inputs(self, order: Run) -> Inputs:
        artifacts: dict[str, tuple[str, bytes]] = {}
        for segment, (digest, data) in order.artifacts.items():
            if data is not None:
                self._artifacts[digest] = data
            artifacts[segment] = (digest, self._artifacts[digest])
        documents = tuple(
            DocumentFile(
                sha256=p.sha256,
                name=p.name,
                media_type=p.media_type,
                size=p.size,
                path=Path(p.path),
            )
            for p in order.documents
        )
        return Inputs(
            documents=documents,
            parameters=order.parameters,
            artifacts=artifacts,
            decoder=self._decoder,
            report=self._report,
            as_of=order.as_of,
            password=order.password,
        )

    def _work(self, path: str) -> Callable[[Inputs], Any]:
        if path not in self._works:
            module, _, name = path.partition(":")
            work: Callable[[Inputs], Any] = vars(importlib.import_module(module))[name]
            self._works[path] = work
        return self._works[path]

    def _report(self, done: int, total: int, message: str) -> None:
        now = time.monotonic()
        if now - self._reported < _REPORT_SECONDS and done < total:
            return
        self._reported = now
        self._reply(Progressed(done, total, message))
        if select.select([self._orders], [], [], 0)[0]:
            order = self._read()
            if order is None:
                os._exit(0)
            if isinstance(order, Stop):
                raise Stopped

    def _forget(self, job: str) -> None:
        self._job = job
        self._artifacts.clear()
        self._decoder.clear()

    def _read(self) -> Order | None:
        header = self._read_exactly(HEADER.size)
        if not header:
            return None
        body = self._read_exactly(HEADER.unpack(header)[0])
        return decode_order(body) if body else None

    def _read_exactly(self, size: int) -> bytes:
        """So many bytes, or none when stdin ends. Unbuffered, so that ``select`` sees the rest."""
        parts = bytearray()
        while len(parts) < size:
            part = self._orders.read(size - len(parts))
            if not part:
                return b""
            parts += part
        return bytes(parts)

    def _reply(self, reply: Reply) -> None:
        self._replies.write(encode_frame(reply))
        self._replies.flush()


def _die_with(parent: int, *, and_its_thread: bool) -> None:
    """Leave no orphan behind, whatever kills the parent. Linux sends its signal when the *thread*
    that started this process ends, so that it is only asked for where that thread lives on."""
    if and_its_thread and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    watch = threading.Thread(target=_watch, args=(parent,), daemon=True)
    watch.start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    _die_with(int(sys.argv[1]), and_its_thread="thread" in sys.argv[2:])
    orders = os.fdopen(os.dup(0), "rb", buffering=0)
    replies = os.fdopen(os.dup(1), "wb")
    # A segment that reads stdin or prints must not disturb the frames.
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    Executor(orders, replies).serve()
