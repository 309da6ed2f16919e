"""Page images and page sizes: rendered in a child process under limits, then kept."""

from __future__ import annotations

from pathlib import Path

import msgspec

from apostil.application import PDF
from apostil.bootstrap.derived import Derived, Making
from apostil.documents import PageNotFound, PasswordNeeded
from apostil.engine import DocumentGone, FileStore, Limits, SegmentFailed
from apostil.web import ENCRYPTED_IS_NOT_SHOWN, PageUnavailable

RENDER = "apostil.segments.pages:render"
MEASURE = "apostil.segments.pages:measure"
LIMITS = Limits(soft_seconds=45.0, hard_seconds=60.0)
MEASURING = Limits(soft_seconds=15.0, hard_seconds=20.0)
"""The sizes of 10,000 pages take less than a second."""
MOST_WAITING = 20
"""Of the server's 40 threads (anyio's default) half stay free for requests that are quick."""
FRESH_AFTER = 100
SIZES_IN_MEMORY = 32

Sizes = tuple[tuple[float, float], ...]


class CachedPages:
    """The ``PageImages`` port: an image is named by document, page and width. An encrypted document
    cannot be shown, since its password is not kept."""

    def __init__(self, files: FileStore, folder: Path) -> None:
        self._derived = Derived(files, folder, waiting=MOST_WAITING, fresh_after=FRESH_AFTER)
        self._sizes: dict[str, Sizes] = {}

    def png(self, sha256: str, page: int, *, width: int) -> Path:
        making = Making(
            sha256=sha256,
            media_type=PDF,
            ending=f"{page}-{width}.png",
            work=RENDER,
            limits=LIMITS,
            parameters={"page": page, "width": width},
            unpack=_bytes_of,
        )
        return self._path(making)

    def sizes(self, sha256: str, *, in_turn: bool = True) -> Sizes:
        known = self._sizes.get(sha256)
        if known is not None:
            return known
        making = Making(
            sha256=sha256, media_type=PDF, ending="sizes.json", work=MEASURE, limits=MEASURING
        )
        measured = msgspec.json.decode(self._path(making, in_turn=in_turn).read_bytes(), type=Sizes)
        if len(self._sizes) >= SIZES_IN_MEMORY:
            self._sizes.clear()  # they are on disk; to order them by use would cost more
        self._sizes[sha256] = measured
        return measured

    def forget(self, sha256: str) -> None:
        self._sizes.pop(sha256, None)
        self._derived.forget(sha256)

    def stop(self) -> None:
        self._derived.stop()

    def close(self) -> None:
        self._derived.close()

    def _path(self, making: Making, *, in_turn: bool = True) -> Path:
        try:
            return self._derived.path(making, in_turn=in_turn)
        except SegmentFailed as failed:
            if failed.problem == PageNotFound.problem:
                raise PageNotFound(failed.detail) from failed
            if failed.problem == PasswordNeeded.problem:
                raise PageUnavailable(ENCRYPTED_IS_NOT_SHOWN) from failed
            raise PageUnavailable(failed.detail) from failed
        except DocumentGone as gone:
            raise PageUnavailable(str(gone)) from gone


def _bytes_of(artifact: bytes) -> bytes:
    return msgspec.json.decode(artifact, type=bytes)
