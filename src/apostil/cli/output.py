"""Writing JSON where the user wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from apostil.cli.failure import fail

STDOUT = frozenset({"-", "/dev/stdout"})
"""The second by its name, since it may lead to a file, which must be gone on with, not replaced."""


def write_json(data: bytes, target: str) -> None:
    """To stdout for ``-``; in place when the target is a pipe or a device; else the whole file or
    nothing, so that a reader never sees half of it. A link is followed and stays a link."""
    if target in STDOUT:
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.flush()
        return
    if not target:
        fail("The name of the file to write is empty.")
    path = Path(target)
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}.")
