"""Documents for showing: page images and parsed documents, each made by a child process of its own,
so that a long document that is read does not hold up the images."""

from __future__ import annotations

from pathlib import Path

from apostil.bootstrap.images import CachedPages
from apostil.bootstrap.parsing import ParsedFiles
from apostil.engine import FileStore


class ShownDocuments:
    """Both, in one folder. ``close`` it before the process ends: a thread that waits for a child
    would hold up the end."""

    def __init__(self, files: FileStore, folder: Path) -> None:
        self.pages = CachedPages(files, folder)
        self.parsed = ParsedFiles(files, folder)

    def stop(self) -> None:
        """Interrupt what is being made, without waiting for it."""
        self.pages.stop()
        self.parsed.stop()

    def close(self) -> None:
        self.pages.close()
        self.parsed.close()
