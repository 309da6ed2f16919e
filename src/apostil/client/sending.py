"""Documents on their way to the server: opened here, read while they are sent, closed afterwards."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeGuard, cast

MOST_FILES, MOST_BYTES = 20, 32 * 1024 * 1024
"""Of many documents so many are sent at a time, so that no request is too large for a server."""
Sendable: TypeAlias = tuple[str, BinaryIO]
"""A name and a file object that can be read more than once, from its beginning."""
Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | tuple[str, bytes | BinaryIO]
"""A path, the bytes themselves, a file object opened for reading bytes, or one of the last two
with the name that the document shall have."""

NAMELESS = "document"
_PLAIN = (io.BufferedReader, io.BufferedRandom, io.FileIO, io.BytesIO)


@contextmanager
def opened(sources: Source | Iterable[Source]) -> Iterator[list[Sendable]]:
    """The documents, ready to be sent. What was opened here is closed at the end; what was given
    open stays open.

    OSError for a file that cannot be opened, TypeError for what is no document, ValueError for none.
    """
    given = _listed(sources)
    with ExitStack() as stack:
        yield [_opened(one, stack) for one in given]


def portions(sources: Source | Iterable[Source]) -> list[list[Source]]:
    """The documents in portions that one request can carry. Raises as ``opened``."""
    portions: list[list[Source]] = []
    room = 0
    for source in _listed(sources):
        size = _size(source)
        if not portions or len(portions[-1]) == MOST_FILES or size > room:
            portions.append([])
            room = MOST_BYTES
        portions[-1].append(source)
        room -= size
    return portions


def _size(source: Source) -> int:
    """In bytes; what cannot be known before it was read counts as the most."""
    content = source[1] if isinstance(source, tuple) else source
    if isinstance(content, bytes):
        return len(content)
    if isinstance(content, str | os.PathLike):
        path = Path(content)
        if path.is_fifo():
            return MOST_BYTES
        with path.open("rb") as file:
            return file.seek(0, os.SEEK_END)
    return content.seek(0, os.SEEK_END) if isinstance(content, _PLAIN) else MOST_BYTES


def _listed(sources: Source | Iterable[Source]) -> list[Source]:
    given = [sources] if _is_one(sources) else list(cast("Iterable[Source]", sources))
    if not given:
        raise ValueError("At least one document is needed.")
    return given


def _is_one(sources: Source | Iterable[Source]) -> TypeGuard[Source]:
    if isinstance(sources, tuple):
        return len(sources) == 2 and isinstance(sources[0], str) and not _is_path(sources[1])
    return _is_path(sources) or isinstance(sources, bytes) or _is_file(sources)


def _is_path(given: object) -> bool:
    return isinstance(given, str | os.PathLike)


def _is_file(given: object) -> bool:
    return callable(getattr(given, "read", None))


def _opened(source: Source, stack: ExitStack) -> Sendable:
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return _sendable(path.name), _rewindable(stack.enter_context(path.open("rb")), stack)
    name, content = source if isinstance(source, tuple) else (None, source)
    if isinstance(content, bytes):
        return _sendable(name or NAMELESS), io.BytesIO(content)
    if not _is_file(content) or isinstance(cast("object", content), io.TextIOBase):
        raise TypeError(
            "A document is a path, bytes, or a file object opened for bytes, as open(path, 'rb')."
        )
    return _sendable(name or _name_of(content)), _rewindable(content, stack)


def _name_of(file: BinaryIO) -> str:
    name = getattr(file, "name", None)
    return Path(name).name if isinstance(name, str) else NAMELESS


def _sendable(name: str) -> str:
    """A file's name need not be UTF-8; what is sent must be."""
    return os.fsencode(name).decode("utf-8", "replace") or NAMELESS


def _rewindable(file: BinaryIO, stack: ExitStack) -> BinaryIO:
    """The file at its beginning. Of a pipe a copy on disk, since a lost connection means sending
    again; of anything else whose length is not that of a file on disk (gzip.open) a copy too."""
    if file.seekable():
        file.seek(0)
        if isinstance(file, _PLAIN):
            return file
    copy = tempfile.TemporaryFile(prefix="apostil-")  # noqa: SIM115 - the stack closes it
    stack.callback(copy.close)
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy
