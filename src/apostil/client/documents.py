"""The calls about documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apostil.client.calls import Calls, idempotency
from apostil.client.jobs import Which
from apostil.client.sending import Source, opened
from apostil.client.shapes import DeletedDocument, Document, DocumentCitation, Job, PageSize
from apostil.client.transport import API, segment


class DocumentCalls(Calls):
    """What may be done with documents. Each is found by its id or its SHA-256."""

    def upload(self, document: Source) -> Document:
        """Keep a document for later jobs. Bytes that the server has already are kept once."""
        with opened(document) as files:
            ((name, file),) = files
            parts = [("file", (name, file, "application/octet-stream"))]
            headers = idempotency(None)
            return self._transport.read(
                Document, "POST", f"{API}/documents", files=parts, headers=headers
            )

    def documents(self) -> Iterator[Document]:
        """All documents, newest first; further pages are fetched as they are come to."""
        return self._items(f"{API}/documents", Document)

    def document(self, document: str) -> Document:
        """What the server knows of the document."""
        return self._transport.read(Document, "GET", _path(document))

    def original(self, document: str, to: str | os.PathLike[str]) -> Path:
        """Store the file as it was sent, wholly or not at all. OSError when that cannot be."""
        target = Path(to)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")

        def write(pieces: Iterator[bytes]) -> None:
            with unfinished.open("wb") as file:
                for piece in pieces:
                    file.write(piece)

        try:
            path = _path(document, "original")
            self._transport.save(path, write, headers={"Accept": "*/*"})
            return unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)

    def pages(self, document: str) -> list[PageSize]:
        """Every page with its size in points."""
        return list(self._items(_path(document, "pages"), PageSize))

    def page_image(self, document: str, page: int, *, width: int | None = None) -> bytes:
        """A page, counted from 1, as PNG; ``width`` is in pixels."""
        params = {} if width is None else {"width": width}
        path = _path(document, "pages", f"{page}.png")
        return self._transport.send("GET", path, params=params, headers={"Accept": "*/*"}).body

    def parsed(self, document: str) -> dict[str, Any]:
        """The document as it was read: pages, words, blocks, tables (``apostil.parsed/1``)."""
        return self._transport.read(dict[str, Any], "GET", _path(document, "parsed"))

    def citations(self, document: str, job: Which | None = None) -> list[DocumentCitation]:
        """What the result of a job cites of the document; without one, that of the newest."""
        return list(self._items(_path(document, "citations"), DocumentCitation, _of(job)))

    def highlights(self, document: str, job: Which | None = None) -> list[dict[str, Any]]:
        """The same as hosted extractors give it: page, matching_text, bounding_boxes."""
        asked = [*_of(job), ("shape", "boxes")]
        return list(self._items(_path(document, "citations"), dict[str, Any], asked))

    def delete_document(self, document: str) -> DeletedDocument:
        """Forget the document. Conflict while a job uses it."""
        return self._transport.read(DeletedDocument, "DELETE", _path(document))


def _of(job: Which | None) -> list[tuple[str, str]]:
    return [] if job is None else [("job", job.id if isinstance(job, Job) else job)]


def _path(document: str, *steps: str) -> str:
    return "/".join((f"{API}/documents", *(segment(step) for step in (document, *steps))))
