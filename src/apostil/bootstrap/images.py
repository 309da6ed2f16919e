"""Page images: rendered in a child process under limits, then kept beside the data."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import msgspec

from apostil.adapters import Caller
from apostil.application import PDF
from apostil.engine import DocumentFile, FileStore, Inputs, Limits, SegmentFailed
from apostil.web import PageUnavailable

RENDER = "apostil.segments.pages:render"
MEASURE = "apostil.segments.pages:measure"
LIMITS = Limits(soft_seconds=45.0, hard_seconds=60.0)


class CachedPages:
    """The ``PageImages`` port: an image is named by document, page and width, so it never grows
    stale. An encrypted document cannot be shown, since its password is not kept."""

    def __init__(self, files: FileStore, caller: Caller, folder: Path) -> None:
        self._files = files
        self._caller = caller
        self._folder = folder
        self._sizes: dict[str, tuple[tuple[float, float], ...]] = {}

    def png(self, sha256: str, page: int, *, width: int) -> Path:
        kept = self._folder / sha256[:2] / f"{sha256[2:]}-{page}-{width}.png"
        if not kept.is_file():
            made = self._call(RENDER, sha256, page=page, width=width)
            store(kept, msgspec.json.decode(made, type=bytes))
        return kept

    def sizes(self, sha256: str) -> tuple[tuple[float, float], ...]:
        if sha256 not in self._sizes:
            kept = self._folder / sha256[:2] / f"{sha256[2:]}-sizes.json"
            if not kept.is_file():
                store(kept, self._call(MEASURE, sha256))
            self._sizes[sha256] = msgspec.json.decode(
                kept.read_bytes(), type=tuple[tuple[float, float], ...]
            )
        return self._sizes[sha256]

    def _call(self, work: str, sha256: str, **parameters: int) -> bytes:
        path = self._files.path(sha256)
        if not path.is_file():
            raise PageUnavailable("The document is no longer kept here.")
        document = DocumentFile(
            sha256=sha256, name=sha256, media_type=PDF, size=path.stat().st_size, path=path
        )
        inputs = Inputs(documents=(document,), parameters=parameters, artifacts={})
        try:
            return self._caller.call(work, inputs, LIMITS)
        except SegmentFailed as failed:
            raise PageUnavailable(failed.detail) from failed


def store(path: Path, data: bytes) -> None:
    """Write the whole file or nothing, whoever else writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)
