"""Files by content: a name is the SHA-256 of the bytes, so that a file never changes."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from apostil.engine import StoreFull, is_disk_full


class ContentFiles:
    """The ``FileStore`` port on a folder: ``root/ab/cdef…``; ``root/incoming`` is on the same file
    system, for files that are being received and then adopted by renaming."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)
        self._named: set[str] = set()

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has(sha256):
            received = self.incoming / str(uuid.uuid4())
            try:
                received.write_bytes(data)
                self.adopt(received, sha256)
            except OSError as error:
                received.unlink(missing_ok=True)
                raise _explained(error) from error
        return sha256

    def adopt(self, received: Path, sha256: str) -> Path:
        place = self.path(sha256)
        _sync(received)
        self._make_folder(place.parent)
        received.replace(place)
        _sync(place.parent)
        return place

    def _make_folder(self, folder: Path) -> None:
        """That the folder is named in the root is on disk before a file in it counts as kept; also
        if another process has just made it. Once is enough: a flush takes milliseconds."""
        folder.mkdir(exist_ok=True)
        if folder.name not in self._named:
            _sync(self._root)
            self._named.add(folder.name)

    def path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def remove(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def names(self, *, older_than: float) -> Iterator[str]:
        for file in self._root.glob("??/*"):
            if file.stat().st_mtime < older_than:
                yield file.parent.name + file.name


def _sync(path: Path) -> None:
    """Have the file's bytes, or the folder's names, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explained(error: OSError) -> Exception:
    if is_disk_full(error):
        return StoreFull("There is no room left on the disk; free some and retry the job.")
    return error
