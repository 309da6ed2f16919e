"""Documents: sent once, known by their bytes, shown as they were sent, as pages and as read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Query, Request, Response, UploadFile
from starlette.responses import FileResponse

from apostil.application import PDF
from apostil.engine import Document, DocumentQuery, SegmentFailed, StoreFull, utc_text
from apostil.web.api.document_shapes import (
    DeletedDocument,
    KeptDocument,
    KeptDocuments,
    PageBody,
    PageList,
    document_body,
)
from apostil.web.api.documented import problems
from apostil.web.api.paging import Paged
from apostil.web.api.shapes import ApiAddress
from apostil.web.deps import Owner, Wired
from apostil.web.problem_kinds import kind_of
from apostil.web.problems import Refused
from apostil.web.services import ENCRYPTED_IS_NOT_SHOWN, PageUnavailable, ReaderBusy, Services
from apostil.web.stored_file import ASK_AGAIN, FOR_EVER, attachment, stored_file

NARROWEST, USUAL_WIDTH, WIDEST = 100, 1000, 3000
LAST_PAGE = 10_000_000
MISSING = ("document-not-found", "document-gone")

router = APIRouter(tags=["documents"])

DocumentId = Annotated[
    str,
    Path(description="The document's id, or the SHA-256 of its bytes.", max_length=100),
]
PageNumber = Annotated[int, Path(ge=1, le=LAST_PAGE, description="Counted from 1.")]


@router.post(
    "/documents",
    summary="Keep a document",
    status_code=201,
    responses={
        200: {"model": KeptDocument, "description": "The same bytes were there; their document."},
        **problems(
            "body-too-large", "document-too-large", "unsupported-format",
            "empty-file", "store-full", "storage-quota",
        ),
    },
)  # fmt: skip
def upload_document(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    response: Response,
    file: Annotated[UploadFile, File(description="A PDF or plain text, known by its content.")],
) -> KeptDocument:
    """Keep a file without working on it: jobs can name it by id, as often as need be.

    To send the same bytes again makes nothing new and needs no `Idempotency-Key`."""
    received = services.intake(file.file, file.filename or "document", owner=owner)
    now = services.clock()
    (kept,) = services.documents.register(owner, [received], now=now)
    if kept.created_at != now:
        response.status_code = 200
    body = document_body(kept, address)
    response.headers["Location"] = body.links.self
    return body


@router.get("/documents", summary="List documents", responses=problems("cursor-invalid"))
def list_documents(
    services: Wired, owner: Owner, address: ApiAddress, paging: Paged, response: Response
) -> KeptDocuments:
    """The documents that are kept, newest first."""
    query = DocumentQuery(limit=paging.limit, cursor=paging.cursor)
    page = services.documents.list_documents(owner, query)
    urls = paging.urls(response, following=page.next, previous=page.previous)
    items = [document_body(one, address) for one in page.documents]
    return KeptDocuments(items=items, next=urls.next, prev=urls.prev)


@router.get(
    "/documents/{document_id}",
    summary="Get a document",
    responses=problems("document-not-found"),
)
def get_document(
    services: Wired, owner: Owner, address: ApiAddress, document_id: DocumentId
) -> KeptDocument:
    """One document. Its pages are counted now if nobody has done so before, unless pages of others
    are being drawn at this moment."""
    document = services.documents.get_document(owner, document_id)
    pages = document.pages
    if pages is None and document.media_type == PDF:
        pages = _counted(services, document)
    return document_body(document, address, pages=pages)


def _counted(services: Services, document: Document) -> int | None:
    try:
        return len(services.pages.sizes(document.sha256, in_turn=False))
    except (PageUnavailable, ReaderBusy, StoreFull):
        return None  # the routes that need the pages say why


@router.head("/documents/{document_id}/original", include_in_schema=False)
@router.get(
    "/documents/{document_id}/original",
    summary="Get the original bytes of a document",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The bytes as they were sent, to be saved under their name.",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "The part that `Range` asked for."},
        304: {"description": "The client has these bytes."},
        **problems(*MISSING, "range-not-satisfiable"),
    },
)
def get_document_original(
    services: Wired, owner: Owner, request: Request, document_id: DocumentId
) -> Response:
    """The original bytes. They never change, so that they may be kept for ever; `ETag` is their
    SHA-256, and `Range` gives parts."""
    document = services.documents.get_document(owner, document_id)
    path = services.files.path(document.sha256)
    if not path.is_file():
        raise Refused("document-gone", "The document's file is no longer kept; send it again.")
    return stored_file(
        request,
        path,
        tag=document.sha256,
        media_type=document.media_type,
        caching=FOR_EVER,
        headers=attachment(document.name),
    )


@router.get(
    "/documents/{document_id}/pages",
    summary="List the pages of a document with their sizes",
    responses=problems(*MISSING, "page-unavailable", "cursor-invalid", "reader-busy", "store-full"),
)
def list_document_pages(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    paging: Paged,
    response: Response,
    document_id: DocumentId,
) -> PageList:
    """The pages with their sizes: what a client needs to scale boxes onto images."""
    document = services.documents.get_document(owner, document_id)
    sizes = services.pages.sizes(_paged(document).sha256)
    start = _offset(paging.cursor)
    end = start + paging.limit
    own = f"{address}/documents/{document.id}/pages"
    urls = paging.urls(
        response,
        following=str(end) if end < len(sizes) else None,
        previous=str(max(0, start - paging.limit)) if start else None,
    )
    items = [
        PageBody(page=number, width=width, height=height, image=f"{own}/{number}.png")
        for number, (width, height) in enumerate(sizes[start:end], start=start + 1)
    ]
    return PageList(items=items, next=urls.next, prev=urls.prev)


@router.head("/documents/{document_id}/pages/{page}.png", include_in_schema=False)
@router.get(
    "/documents/{document_id}/pages/{page}.png",
    summary="Get a page as an image",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The page as displayed: crop box and rotation applied.",
            "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "The client has this image."},
        **problems(*MISSING, "page-not-found", "page-unavailable", "reader-busy", "store-full"),
    },
)
def get_document_page(
    services: Wired,
    owner: Owner,
    request: Request,
    document_id: DocumentId,
    page: PageNumber,
    width: Annotated[
        int, Query(ge=NARROWEST, le=WIDEST, description="Pixels across.")
    ] = USUAL_WIDTH,
) -> Response:
    """A page as an image. A box in points times `width` by the page's width is its place there."""
    document = _paged(services.documents.get_document(owner, document_id))
    return stored_file(
        request,
        services.pages.png(document.sha256, page, width=width),
        tag=f"{document.sha256}-{page}-{width}",
        media_type="image/png",
        caching=FOR_EVER,
    )


PARSED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "The document as read: pages with words, blocks, tables and sections.",
    "required": ["schema", "sha256", "media_type", "parser", "pages", "blocks", "sections"],
    "properties": {
        "schema": {"const": "apostil.parsed/1"},
        "sha256": {"type": "string"},
        "media_type": {"type": "string"},
        "parser": {"type": "string"},
        "pages": {"type": "array", "items": {"type": "object"}},
        "blocks": {"type": "array", "items": {"type": "object"}},
        "sections": {"type": "array", "items": {"type": "object"}},
    },
}
UNREADABLE = (
    "too-many-pages", "page-too-large", "password-needed", "damaged-document", "no-readable-text",
    "document-too-large", "empty-file", "unsupported-format", "time-limit", "memory-limit",
    "executor-died",
)  # fmt: skip


@router.get(
    "/documents/{document_id}/parsed",
    summary="Get a document as it was read",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The parsed document, as `apostil parse --json` writes it.",
            "content": {"application/json": {"schema": PARSED_SCHEMA}},
        },
        206: {"description": "The part that `Range` asked for."},
        304: {"description": "The client has what this parser reads."},
        **problems(*MISSING, *UNREADABLE, "range-not-satisfiable", "reader-busy", "store-full"),
    },
)
def get_parsed_document(
    services: Wired, owner: Owner, request: Request, document_id: DocumentId
) -> Response:
    """The document as read (`apostil.parsed/1`). The first time it is read for this, which takes
    about a second for 60 pages."""
    document = services.documents.get_document(owner, document_id)
    try:
        path = services.parsed.path(document)
    except SegmentFailed as failed:
        kind = kind_of(failed.problem).name
        detail = ENCRYPTED_IS_NOT_SHOWN if kind == "password-needed" else failed.detail
        raise Refused(kind, detail) from failed
    return stored_file(
        request,
        path,
        tag=path.parent.name + path.stem,
        media_type="application/json",
        caching=ASK_AGAIN,
    )


@router.delete(
    "/documents/{document_id}",
    summary="Delete a document",
    responses=problems("document-not-found", "document-in-use"),
)
def delete_document(services: Wired, owner: Owner, document_id: DocumentId) -> DeletedDocument:
    """Delete a document that no job uses; delete its jobs first."""
    now = services.clock()
    gone = services.documents.remove_document(owner, document_id, now=now)
    services.forget([gone.sha256])
    return DeletedDocument(
        id=gone.id, sha256=gone.sha256, name=gone.name, size=gone.size, deleted_at=utc_text(now)
    )


def _paged(document: Document) -> Document:
    if document.media_type != PDF:
        raise Refused("page-unavailable", "This document has no pages; it is a text.")
    return document


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
        raise Refused("cursor-invalid", "This place in the list is not known; begin anew.")
    return int(cursor)
