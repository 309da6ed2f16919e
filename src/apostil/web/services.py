"""What the pages work with: ports of the engine, and two of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from apostil.application import Application
from apostil.engine import (
    Clock,
    DocumentStore,
    FileStore,
    JobReader,
    JobStore,
    NewDocument,
    Queue,
    Roster,
)


class PageUnavailable(Exception):
    """A page cannot be shown; the message says why."""


class PageImages(Protocol):
    """Pages as images, made once and kept. PDFium never runs in the process that asks."""

    def png(self, sha256: str, page: int, *, width: int) -> Path:
        """A PNG, ``width`` pixels across, of a 1-based page. PageUnavailable."""

    def sizes(self, sha256: str) -> tuple[tuple[float, float], ...]:
        """(width, height) in points of every page as displayed. PageUnavailable."""


class Intake(Protocol):
    """Takes a file in."""

    def __call__(self, source: BinaryIO, name: str, *, owner: str) -> NewDocument:
        """Check, hash and keep the bytes. Raises DocumentError with a sentence for the user,
        QuotaExceeded when the owner has no room left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a request may use. ``applications`` are by slug."""

    reader: JobReader
    roster: Roster
    jobs: JobStore
    documents: DocumentStore
    files: FileStore
    queue: Queue
    clock: Clock
    intake: Intake
    pages: PageImages
    applications: Mapping[str, Application]
    max_upload_mb: int = 200

    def title_of(self, application: str) -> str:
        """The title of an application by its name, also of one that is no longer installed."""
        for one in self.applications.values():
            if one.name == application:
                return one.title
        return application
