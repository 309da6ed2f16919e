"""Documents in memory. Files are not looked at: the file store has them, or has not."""

from __future__ import annotations

from collections.abc import Sequence

from apostil.adapters.memory.paging import page
from apostil.adapters.memory.shelf import Shelf
from apostil.engine import (
    Document,
    DocumentInUse,
    DocumentNotFound,
    DocumentPage,
    DocumentQuery,
    NewDocument,
)


class MemoryDocuments:
    """See ``DocumentStore``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def register(
        self, owner: str, documents: Sequence[NewDocument], *, now: float
    ) -> list[Document]:
        with self._shelf.lock:
            self._shelf.wrote()
            return [self._shelf.register(owner, document, now) for document in documents]

    def get_document(self, owner: str, document_id: str) -> Document:
        for document in list(self._shelf.documents.values()):
            if document.owner == owner and document_id in {document.id, document.sha256}:
                return document
        raise DocumentNotFound(document_id)

    def list_documents(self, owner: str, query: DocumentQuery) -> DocumentPage:
        mine = [d for d in list(self._shelf.documents.values()) if d.owner == owner]
        found = page(mine, _position, limit=query.limit, cursor=query.cursor)
        return DocumentPage(found.items, found.next, found.previous)

    def remove_document(self, owner: str, document_id: str, *, now: float) -> Document:  # noqa: ARG002 - files go at once or never here
        with self._shelf.lock:
            document = self.get_document(owner, document_id)
            if self._shelf.is_used(owner, document.sha256):
                raise DocumentInUse(document.id)
            self._shelf.wrote()
            return self._shelf.documents.pop((owner, document.sha256))

    def used_bytes(self, owner: str) -> int:
        shelf = self._shelf
        documents = sum(d.size for d in list(shelf.documents.values()) if d.owner == owner)
        artifacts = sum(
            s.size for (whose, _), (s, _) in list(shelf.artifacts.items()) if whose == owner
        )
        return documents + artifacts


def _position(document: Document) -> tuple[float, str]:
    return document.created_at, document.id
