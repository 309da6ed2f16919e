"""What the pages work with: ports of the engine, and two of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from apostil.application import Application
from apostil.engine import (
    Answers,
    Clock,
    Document,
    DocumentStore,
    FileStore,
    JobReader,
    JobStore,
    NewDocument,
    Queue,
    Roster,
)
from apostil.web.live.hub import Hub

QueueMode = Literal["local", "celery"]


ENCRYPTED_IS_NOT_SHOWN = (
    "The PDF is encrypted, and passwords are not kept, so that its pages cannot be shown. Open the "
    "original with its password; a job reads it when the password is sent along."
)


class PageUnavailable(Exception):
    """A page cannot be shown; the message says why."""


class ReaderBusy(Exception):
    """So many documents wait to be read for showing that this one is not taken up; try again."""


class PageImages(Protocol):
    """Pages as images, made once and kept. PDFium never runs in the process that asks."""

    def png(self, sha256: str, page: int, *, width: int) -> Path:
        """A PNG, ``width`` pixels across, of a 1-based page. PageNotFound, PageUnavailable,
        ReaderBusy."""

    def sizes(self, sha256: str, *, in_turn: bool = True) -> tuple[tuple[float, float], ...]:
        """(width, height) in points of every page as displayed. PageUnavailable; ReaderBusy, unless
        ``in_turn`` also when it would be waited for the pages of others."""

    def forget(self, sha256: str) -> None:
        """Delete what was kept of a document that is no more."""


class ParsedDocuments(Protocol):
    """Documents as they were read, made once and kept. PDFium never runs in the process that asks."""

    def path(self, document: Document) -> Path:
        """The file that holds ``apostil.parsed/1``; its name changes when the parser does.
        SegmentFailed when the document cannot be read, DocumentGone, ReaderBusy."""

    def forget(self, sha256: str) -> None:
        """Delete what was kept of a document that is no more."""


class Intake(Protocol):
    """Takes a file in."""

    def __call__(
        self,
        source: BinaryIO,
        name: str,
        *,
        owner: str,
        check: Callable[[NewDocument], None] | None = None,
    ) -> NewDocument:
        """Check, hash and keep the bytes; nothing is kept where ``check`` raises. Raises
        DocumentError with a sentence for the user, QuotaExceeded when the owner has no room left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a request may use. ``applications`` are by slug; ``free_bytes`` is the room on
    the disk that holds the data, ``queue_mode`` says how workers are told of work;
    ``kept_documents`` gives those of some digests that are anybody's document."""

    reader: JobReader
    hub: Hub
    roster: Roster
    jobs: JobStore
    documents: DocumentStore
    answers: Answers
    files: FileStore
    queue: Queue
    clock: Clock
    intake: Intake
    pages: PageImages
    parsed: ParsedDocuments
    kept_documents: Callable[[Collection[str]], Collection[str]]
    free_bytes: Callable[[], int]
    applications: Mapping[str, Application]
    max_upload_mb: int = 200
    queue_mode: QueueMode = "local"

    def title_of(self, application: str) -> str:
        """The title of an application by its name, also of one that is no longer installed."""
        for one in self.applications.values():
            if one.name == application:
                return one.title
        return application

    def forget(self, digests: Collection[str]) -> None:
        """Delete what was made, to be shown, of documents that an owner has no more; but what
        another has of the same bytes is shown with it too."""
        for sha256 in set(digests).difference(self.kept_documents(digests)):
            self.pages.forget(sha256)
            self.parsed.forget(sha256)
