"""Files in: checked by content, hashed while they stream to disk, then kept by their digest."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import BinaryIO

from apostil.adapters import ContentFiles
from apostil.application import PDF, TEXT
from apostil.documents import DocumentTooLarge, EmptyFile, UnsupportedFormat
from apostil.engine import NewDocument


class FileIntake:
    """The ``Intake`` port: nothing is kept of a file that is refused."""

    def __init__(self, files: ContentFiles, *, max_bytes: int) -> None:
        self._files = files
        self._max_bytes = max_bytes

    def __call__(self, source: BinaryIO, name: str) -> NewDocument:
        received = self._files.incoming / str(uuid.uuid4())
        digest = hashlib.sha256()
        size = 0
        head = b""
        try:
            with received.open("wb") as target:
                while part := source.read(1 << 20):
                    head = head or part[:1024]
                    size += len(part)
                    if size > self._max_bytes:
                        raise DocumentTooLarge(f"{name} is too large")
                    digest.update(part)
                    target.write(part)
            if not size:
                raise EmptyFile(f"{name} is empty.")
            kind = PDF if b"%PDF-" in head else TEXT
            if kind == TEXT and b"\0" in head:
                raise UnsupportedFormat(f"{name} is neither a PDF nor a text")
            self._files.adopt(received, digest.hexdigest())
        finally:
            received.unlink(missing_ok=True)
        return NewDocument(
            sha256=digest.hexdigest(), name=Path(name).name, media_type=kind, size=size
        )
