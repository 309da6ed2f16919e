"""Commits made durable together: of threads that wait for the disk at the same time, one flushes for
all.

SQLite with ``synchronous = FULL`` flushes its log within each commit, while nobody else can write, so
that twenty submissions wait twenty times. Here the commit is not flushed; the log is flushed after it,
when others write again, and a flush that begins after several commits serves them all. It is the same
flush of the same file: what stood in the log before it began is found again after a power cut, in
order, and what a checkpoint has taken out of the log meanwhile was flushed by the checkpoint.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

_flush_data = os.fdatasync if sys.platform == "linux" else os.fsync


class SharedFlush:
    """Flushes one file of the name ``path``, which may be deleted and made anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._begun = 0
        self._named: int | None = None

    def flush(self) -> None:
        """Return when all that was written to the file before the call is on the disk. OSError."""
        wanted = self._begun + 1  # the first flush that begins from now on
        with self._turn:
            if self._begun >= wanted:
                return  # and has ended, since the turn is ours
            self._begun += 1
            try:
                self._flush()
            except BaseException:
                self._begun -= 1  # nobody has been served
                raise

    def _flush(self) -> None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return  # the last to leave the database has put everything into it and flushed that
        try:
            _flush_data(descriptor)
            inode = os.fstat(descriptor).st_ino
        finally:
            os.close(descriptor)
        if inode != self._named:
            self._flush_name()
            self._named = inode

    def _flush_name(self) -> None:
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
