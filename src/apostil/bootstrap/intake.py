"""Files in: received by ``documents``, then kept in the file store by their digest."""

from __future__ import annotations

from typing import BinaryIO

from apostil.adapters import ContentFiles
from apostil.documents import IntakeLimits, receive
from apostil.engine import NewDocument


class FileIntake:
    """The ``Intake`` port: nothing is kept of a file that is refused."""

    def __init__(self, files: ContentFiles, *, max_bytes: int) -> None:
        self._files = files
        self._limits = IntakeLimits(size=max_bytes)

    def __call__(self, source: BinaryIO, name: str, *, owner: str) -> NewDocument:
        del owner
        received = receive(source, name=name, folder=self._files.incoming, limits=self._limits)
        try:
            self._files.adopt(received.path, received.sha256)
        finally:
            received.path.unlink(missing_ok=True)
        return NewDocument(
            sha256=received.sha256,
            name=received.name,
            media_type=received.media_type,
            size=received.size,
        )
