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

Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | tuple[str, bytes | BinaryIO]
"""A path, the bytes themselves, a file object opened for reading bytes, or one of the last two
with the name that the document shall have."""

NAMELESS = "document"
_PLAIN = (io.BufferedReader, io.BufferedRandom, io.FileIO, io.BytesIO)


@contextmanager
def opened(sources: Source | Iterable[Source]) -> Iterator[list[tuple[str, BinaryIO]]]:
    """Names and file objects that can be sent more than once, from their beginning. What was opened
    here is closed at the end; what was given open stays open.

    OSError for a file that cannot be opened, TypeError for what is no document, ValueError for none.
    """
    given = [sources] if _is_one(sources) else list(cast("Iterable[Source]", sources))
    if not given:
        raise ValueError("At least one document is needed.")
    with ExitStack() as stack:
        yield [_opened(one, stack) for one in given]


def _is_one(sources: Source | Iterable[Source]) -> TypeGuard[Source]:
    if isinstance(sources, tuple):
        return len(sources) == 2 and isinstance(sources[0], str) and not _is_path(sources[1])
    return _is_path(sources) or isinstance(sources, bytes) or _is_file(sources)


def _is_path(given: object) -> bool:
    return isinstance(given, str | os.PathLike)


def _is_file(given: object) -> bool:
    return callable(getattr(given, "read", None))


def _opened(source: Source, stack: ExitStack) -> tuple[str, BinaryIO]:
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
