"""What the answers about documents look like."""

from __future__ import annotations

from pydantic import BaseModel, Field

from apostil.engine import Document, utc_text
from apostil.web.api.shapes import Time, shown
from apostil.web.pages import ROOT

_ID = "0b9ff5c2-6a8c-4d0f-9a75-3d1f2a5f7c11"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HERE = f"http://127.0.0.1:8000/api/v1/documents/{_ID}"
_DOCUMENT = {
    "id": _ID,
    "sha256": _SHA256,
    "name": "annual-report.pdf",
    "media_type": "application/pdf",
    "size": 83_412,
    "pages": 7,
    "title": "Annual Report",
    "created_at": "2026-01-31T10:00:00.123Z",
    "links": {
        "self": _HERE,
        "original": f"{_HERE}/original",
        "pages": f"{_HERE}/pages",
        "page": f"{_HERE}/pages/{{page}}.png",
        "parsed": f"{_HERE}/parsed",
        "citations": f"{_HERE}/citations",
        "ui": f"http://127.0.0.1:8000/ui/documents/{_ID}",
    },
}
_PAGE = {"page": 1, "width": 612.0, "height": 792.0, "image": f"{_HERE}/pages/1.png"}


class DocumentLinks(BaseModel):
    """Where the parts of a document are. `page` is a template: put the number for `{page}`."""

    self: str
    original: str
    pages: str
    page: str
    parsed: str
    citations: str
    ui: str = Field(description="For a person: the newest result that cites the document.")


class KeptDocument(BaseModel):
    """A document in its owner's keeping. The same bytes are one document, under the name that
    they first came with."""

    model_config = shown(_DOCUMENT)

    id: str
    sha256: str
    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    pages: int | None = Field(
        description="How many; null for a format without pages, and until somebody has counted."
    )
    title: str | None = Field(description="The document's own title, once a job has read it.")
    created_at: Time
    links: DocumentLinks


class KeptDocuments(BaseModel):
    """A page of documents, newest first."""

    model_config = shown({"items": [_DOCUMENT], "next": None, "prev": None})

    items: list[KeptDocument]
    next: str | None
    prev: str | None


class PageBody(BaseModel):
    """A page as displayed: width and height in points, 72 to the inch."""

    model_config = shown(_PAGE)

    page: int
    width: float
    height: float
    image: str = Field(description="Where its image is.")


class PageList(BaseModel):
    """Some pages of a document, in their order."""

    model_config = shown({"items": [_PAGE], "next": None, "prev": None})

    items: list[PageBody]
    next: str | None
    prev: str | None


class DeletedDocument(BaseModel):
    """What went: the document, with its page images and all that was kept of it for showing. The
    file itself goes after a day, if nobody else keeps the same bytes."""

    model_config = shown(
        {
            "id": _ID,
            "sha256": _SHA256,
            "name": "annual-report.pdf",
            "size": 83_412,
            "deleted_at": "2026-02-01T10:00:00.123Z",
        }
    )

    id: str
    sha256: str
    name: str
    size: int
    deleted_at: Time


def document_body(document: Document, address: str, *, pages: int | None = None) -> KeptDocument:
    """The document as an answer; ``address`` is that of the API."""
    own = f"{address}/documents/{document.id}"
    return KeptDocument(
        id=document.id,
        sha256=document.sha256,
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        pages=document.pages if pages is None else pages,
        title=document.title,
        created_at=utc_text(document.created_at),
        links=DocumentLinks(
            self=own,
            original=f"{own}/original",
            pages=f"{own}/pages",
            page=f"{own}/pages/{{page}}.png",
            parsed=f"{own}/parsed",
            citations=f"{own}/citations",
            ui=f"{site_of(address)}{ROOT}/documents/{document.id}",
        ),
    )


def site_of(address: str) -> str:
    """Where the pages are that belong to an API at this address."""
    return address.rpartition("/api/")[0]
