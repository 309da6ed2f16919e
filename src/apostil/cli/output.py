"""Writing JSON where the user wants it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from apostil.cli.failure import fail

STDOUT = frozenset({"-", "/dev/stdout"})
"""The second by its name, since it may lead to a file, which must be gone on with, not replaced."""


def write_json(data: bytes, target: str) -> None:
    """Where ``opened`` writes; on stdout it is a line."""
    with opened(target) as file:
        file.write(data + b"\n" if target in STDOUT else data)


@contextmanager
def opened(target: str) -> Iterator[BinaryIO]:
    """To write to stdout for ``-``; in place when the target is a pipe or a device; else the whole
    file or nothing, so that a reader never sees half of it. A link is followed and stays a link."""
    if target in STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if not target:
        fail("The name of the file to write is empty.")
    try:
        path = Path(target).resolve()
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                yield file
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}.")
