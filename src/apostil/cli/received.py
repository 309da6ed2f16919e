"""A file of the user's as a document, without a store: checked, copied, thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apostil.config import MIB, Settings
from apostil.documents import IntakeLimits, receive
from apostil.engine import DocumentFile


@contextmanager
def received_in(settings: Settings, path: Path) -> Iterator[DocumentFile]:
    """The file as a segment may read it; the copy stays as it is while it is worked on.

    Raises DocumentError for a file that is not taken.
    """
    limits = IntakeLimits(size=settings.max_upload_mb * MIB)
    with tempfile.TemporaryDirectory(prefix="apostil-", ignore_cleanup_errors=True) as folder:
        with path.open("rb") as source:
            received = receive(source, name=path.name, folder=Path(folder), limits=limits)
        yield DocumentFile(
            sha256=received.sha256,
            name=received.name,
            media_type=received.media_type,
            size=received.size,
            path=received.path,
        )
