"""Files in: received by ``documents``, then kept in the file store by their digest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from apostil.adapters import ContentFiles
from apostil.bootstrap.home import Home
from apostil.config import MIB, Settings
from apostil.documents import IntakeLimits, receive
from apostil.engine import (
    DocumentNotFound,
    DocumentStore,
    NewDocument,
    QuotaExceeded,
    StoreFull,
    is_disk_full,
)

LEAST_FREE_BYTES = 64 * MIB
"""Stays free whatever is sent, so that the jobs that are there can go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many bytes an owner's documents and artifacts may have together."""

    bytes: int
    documents: DocumentStore

    def check(self, owner: str, new: NewDocument) -> None:
        """Raise QuotaExceeded if the owner has no room for the file; one that the owner has already
        takes none."""
        used = self.documents.used_bytes(owner)
        if used + new.size <= self.bytes or self._has(owner, new.sha256):
            return
        raise QuotaExceeded(
            f"{new.name} has {_mib(new.size)}, and documents and results already take "
            f"{_mib(used)} of the {_mib(self.bytes)} allowed. Delete jobs or documents that are no "
            "longer needed, or have APOSTIL_STORAGE_QUOTA_MB raised."
        )

    def _has(self, owner: str, sha256: str) -> bool:
        try:
            self.documents.get_document(owner, sha256)
        except DocumentNotFound:
            return False
        return True


class FileIntake:
    """The ``Intake`` port: nothing is kept of a file that is refused."""

    def __init__(self, files: ContentFiles, *, max_bytes: int, quota: Quota | None = None) -> None:
        self._files = files
        self._limits = IntakeLimits(size=max_bytes)
        self._quota = quota

    def __call__(
        self,
        source: BinaryIO,
        name: str,
        *,
        owner: str,
        check: Callable[[NewDocument], None] | None = None,
    ) -> NewDocument:
        free = shutil.disk_usage(self._files.incoming).free
        if free < LEAST_FREE_BYTES + size_ahead(source):
            raise StoreFull(
                f"There is no room left on the disk for this file: {_mib(free)} are free, of which "
                f"{_mib(LEAST_FREE_BYTES)} stay so. Free some and send it again."
            )
        with _full_disk_told():
            received = receive(source, name=name, folder=self._files.incoming, limits=self._limits)
            new = NewDocument(
                sha256=received.sha256,
                name=received.name,
                media_type=received.media_type,
                size=received.size,
            )
            try:
                if check is not None:
                    check(new)
                if self._quota is not None:
                    self._quota.check(owner, new)
                self._files.adopt(received.path, received.sha256)
            finally:
                received.path.unlink(missing_ok=True)
        return new


def server_intake(settings: Settings, home: Home) -> FileIntake:
    """What a server takes in: within the limits that are set."""
    quota = None
    if settings.storage_quota_mb is not None:
        quota = Quota(bytes=settings.storage_quota_mb * MIB, documents=home.documents)
    return FileIntake(home.files, max_bytes=settings.max_upload_mb * MIB, quota=quota)


def size_ahead(source: BinaryIO) -> int:
    """How many bytes are still to be read; 0 when only reading would tell."""
    if not source.seekable():
        return 0
    here = source.tell()
    size = source.seek(0, os.SEEK_END) - here
    source.seek(here)
    return size


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise StoreFull(
            "There is no room left on the disk for this file; free some and send it again."
        ) from error


def _mib(size: int) -> str:
    return f"{size / MIB:,.1f} MiB"
