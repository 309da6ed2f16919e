"""What is made of documents for showing: by a child process under limits, once, and kept on disk.

A file is named by the document's SHA-256 and by how it was made, so that it never grows stale.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apostil.adapters import Caller
from apostil.engine import (
    DocumentFile,
    DocumentGone,
    FileStore,
    Inputs,
    Limits,
    SegmentFailed,
    StoreFull,
    is_disk_full,
)
from apostil.web import ReaderBusy

BUSY = "Many documents are being read at this moment; ask again shortly."
COSTLY = frozenset({"/problems/time-limit", "/problems/memory-limit", "/problems/executor-died"})
FORGIVING_SECONDS = 300.0
MOST_REMEMBERED = 500
STOPPING = "The server is being stopped; ask again shortly."


def _as_made(data: bytes) -> bytes:
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """One file to be made: ``work`` is a segment's function, ``ending`` names the file after its
    document, ``unpack`` takes the file's bytes out of the artifact."""

    sha256: str
    media_type: str
    ending: str
    work: str
    limits: Limits
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unpack: Callable[[bytes], bytes] = _as_made


class Derived:
    """A folder of such files. They are made one at a time; ``waiting`` bounds how many requests may
    wait for their turn, since each holds a thread of the server. ``fresh_after`` is the number of
    calls after which the child process is replaced, so that what it keeps or leaks does not add up.
    """

    def __init__(self, files: FileStore, folder: Path, *, waiting: int, fresh_after: int) -> None:
        self._files = files
        self._caller = Caller()
        self._folder = folder
        self._places = threading.BoundedSemaphore(waiting)
        self._turn = threading.Lock()
        self._calls = 0
        self._fresh_after = fresh_after
        self._costly: dict[Path, tuple[float, SegmentFailed]] = {}
        self._is_stopped = False

    def path(self, making: Making, *, in_turn: bool = True) -> Path:
        """The file, made if it is not there yet; unless ``in_turn``, only if nothing else is being
        made.

        Raises SegmentFailed as the work says, DocumentGone, StoreFull, ReaderBusy.
        """
        kept = self._place(making.sha256, making.ending)
        if kept.is_file():
            return kept
        if not self._places.acquire(blocking=False):
            raise ReaderBusy(BUSY)
        try:
            with self._taken_turn(is_waited_for=in_turn):
                if not kept.is_file():
                    store(kept, making.unpack(self._made(kept, making)))
        finally:
            self._places.release()
        return kept

    def forget(self, sha256: str) -> None:
        """Delete all that was made of this document."""
        self.keep_only(sha256, "", but=None)

    def keep_only(self, sha256: str, beginning: str, *, but: Path | None) -> None:
        """Delete what was made of this document under endings that begin so, but for one file."""
        for kept in (self._folder / sha256[:2]).glob(f"{sha256[2:]}-{beginning}*"):
            is_unfinished = kept.suffix[1:].isdigit()  # another server writes it at this moment
            if kept != but and not is_unfinished:
                kept.unlink(missing_ok=True)

    def stop(self) -> None:
        """Interrupt what is being made and make nothing more, without waiting for it."""
        self._is_stopped = True
        self._caller.interrupt()

    def close(self) -> None:
        """End the child process too, so that nothing holds up the end of ours."""
        self.stop()
        self._caller.close()

    @contextmanager
    def _taken_turn(self, *, is_waited_for: bool) -> Iterator[None]:
        if not self._turn.acquire(blocking=is_waited_for):
            raise ReaderBusy(BUSY)
        try:
            yield
        finally:
            self._turn.release()

    def _place(self, sha256: str, ending: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256[2:]}-{ending}"

    def _made(self, kept: Path, making: Making) -> bytes:
        """A document that took all the time or memory allowed is not tried again at once: whoever
        asks for it over and over would keep everybody else waiting."""
        if self._is_stopped:
            raise ReaderBusy(STOPPING)
        since, failure = self._costly.get(kept, (0.0, None))
        if failure is not None and time.monotonic() - since < FORGIVING_SECONDS:
            raise SegmentFailed(failure.problem, failure.detail)
        try:
            return self._call(making)
        except SegmentFailed as failed:
            if self._is_stopped:
                raise ReaderBusy(STOPPING) from failed
            if failed.problem in COSTLY:
                if len(self._costly) >= MOST_REMEMBERED:
                    self._costly.clear()
                self._costly[kept] = (time.monotonic(), failed)
            raise

    def _call(self, making: Making) -> bytes:
        path = self._files.path(making.sha256)
        if not path.is_file():
            raise DocumentGone("The document's file is no longer kept here.")
        document = DocumentFile(
            sha256=making.sha256,
            name=making.sha256,
            media_type=making.media_type,
            size=path.stat().st_size,
            path=path,
        )
        inputs = Inputs(documents=(document,), parameters=making.parameters, artifacts={})
        self._calls += 1
        try:
            return self._caller.call(
                making.work, inputs, making.limits, is_wanted=lambda: not self._is_stopped
            )
        finally:
            if self._calls % self._fresh_after == 0:
                self._caller.close()


def store(path: Path, data: bytes) -> None:
    """Write the whole file or nothing, whoever else writes it at the same time. StoreFull."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if is_disk_full(error):
            raise StoreFull(
                "There is no room left on the disk; free some and try again."
            ) from error
        raise
