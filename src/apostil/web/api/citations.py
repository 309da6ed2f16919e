"""What results cite in a document: page, boxes and quote, with a link that shows the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from apostil.engine import Document, Job
from apostil.web.api.document_shapes import site_of
from apostil.web.api.documented import problems
from apostil.web.api.documents import DocumentId
from apostil.web.api.paging import Paged
from apostil.web.api.shapes import ApiAddress, shown
from apostil.web.deps import Owner, Wired
from apostil.web.pages.citing import Cited, citations_in, job_on, newest_job_on, place_of
from apostil.web.problems import Refused
from apostil.web.services import PageUnavailable, Services

router = APIRouter(tags=["documents"])

_JOB = "01a0f3c2-7d7e-7b3a-9c55-3f6f6b0c9a11"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_CITATION = {
    "id": "c12",
    "document": _SHA256,
    "page": 6,
    "boxes": [[412.1, 310.0, 466.9, 321.5]],
    "path": None,
    "span": None,
    "quote": "10,208,580",
    "method": "text",
    "confidence": 1.0,
    "job": _JOB,
    "link": f"http://127.0.0.1:8000/ui/documents/{_SHA256}?cite=c12&job={_JOB}",
}
_HIGHLIGHT = {
    "page": 6,
    "matching_text": "10,208,580",
    "bounding_boxes": [{"x": 412.1, "y": 310.0, "w": 54.8, "h": 11.5}],
    "page_dimensions": {"width": 612.0, "height": 792.0},
}


class CitationBody(BaseModel):
    """A citation of a result. Boxes are [x0, y0, x1, y1] in points of the page as displayed, origin
    top left. In a document without pages `path` and `span` tell the place."""

    model_config = shown(_CITATION)

    id: str
    document: str
    page: int | None
    boxes: list[list[float]]
    path: str | None
    span: list[int] | None
    quote: str
    method: str
    confidence: float
    job: str
    link: str = Field(description="For a person: the quote, lit on its page.")


class BoundingBox(BaseModel):
    """In points from the top left corner of the page as displayed."""

    x: float
    y: float
    w: float
    h: float


class PageDimensions(BaseModel):
    """In points."""

    width: float
    height: float


class Highlight(BaseModel):
    """A citation in the shape that hosted extractors use."""

    model_config = shown(_HIGHLIGHT)

    page: int | None
    matching_text: str
    bounding_boxes: list[BoundingBox]
    page_dimensions: PageDimensions | None = Field(
        description="Null for a format without pages and for an encrypted document."
    )


class CitationList(BaseModel):
    """Some citations of a document in the order of the result; `job` is null if no job has one."""

    model_config = shown({"items": [_CITATION], "job": _JOB, "next": None, "prev": None})

    items: list[CitationBody] | list[Highlight]
    job: str | None
    next: str | None
    prev: str | None


@dataclass(frozen=True, slots=True)
class _Which:
    """What a request says beside the page of the list."""

    job: Annotated[
        str | None,
        Query(max_length=100, description="The job to ask; else the newest that has a result."),
    ] = None
    shape: Annotated[
        Literal["citations", "boxes"],
        Query(description="`boxes`: as hosted extractors give their highlights."),
    ] = "citations"


class _Cursor(msgspec.Struct, array_like=True):
    """The job too: a newer one must not mix its citations into a list that was begun."""

    job: str
    start: int


@router.get(
    "/documents/{document_id}/citations",
    summary="List what a result cites in a document",
    responses=problems(
        "document-not-found", "job-not-found", "result-not-ready", "job-cancelled",
        "artifact-missing", "cursor-invalid", "reader-busy", "store-full", failures=True,
    ),
)  # fmt: skip
def list_document_citations(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    paging: Paged,
    response: Response,
    document_id: DocumentId,
    which: Annotated[_Which, Depends()],
) -> CitationList:
    """What a result cites in this document."""
    document = services.documents.get_document(owner, document_id)
    cursor = _cursor(paging.cursor, which.job)
    asked = cursor.job if cursor else which.job
    chosen = (
        job_on(services, owner, document, asked)
        if asked
        else newest_job_on(services, owner, document)
    )
    if chosen is None:
        return CitationList(items=[], job=None, next=None, prev=None)
    cited = citations_in(services, owner, document, chosen)
    start = cursor.start if cursor else 0
    some = list(cited.citations.items())[start : start + paging.limit]
    urls = paging.urls(
        response,
        following=_place(chosen, start + paging.limit, total=len(cited.citations)),
        previous=_place(chosen, max(0, start - paging.limit)) if start else None,
    )
    items: list[CitationBody] | list[Highlight]
    if which.shape == "boxes":
        sizes = _sizes(services, document, cited)
        items = [highlight(one, sizes) for _, one in some]
    else:
        items = [_citation(key, one, cited, document, address) for key, one in some]
    return CitationList(items=items, job=chosen.id, next=urls.next, prev=urls.prev)


def _citation(
    key: str, one: Mapping[str, Any], cited: Cited, document: Document, address: str
) -> CitationBody:
    place = place_of(document.id, cite=key, job=cited.job)
    return CitationBody(
        id=key,
        document=document.sha256,
        page=one.get("page"),
        boxes=[list(box) for box in one.get("boxes") or ()],
        path=one.get("path"),
        span=one.get("span"),
        quote=one["quote"],
        method=one.get("method", "text"),
        confidence=one.get("confidence", 1.0),
        job=cited.job,
        link=site_of(address) + place,
    )


def highlight(one: Mapping[str, Any], sizes: Sequence[tuple[float, float]]) -> Highlight:
    """A citation of a result in the shape of hosted extractors; ``sizes`` are those of the pages,
    empty where they are not known."""
    page = one.get("page")
    is_known = page is not None and 0 < page <= len(sizes)
    width, height = sizes[page - 1] if page is not None and is_known else (0.0, 0.0)
    return Highlight(
        page=page,
        matching_text=one["quote"],
        bounding_boxes=[
            BoundingBox(x=x0, y=y0, w=round(x1 - x0, 4), h=round(y1 - y0, 4))
            for x0, y0, x1, y1 in one.get("boxes") or ()
        ],
        page_dimensions=PageDimensions(width=width, height=height) if is_known else None,
    )


def _sizes(services: Services, document: Document, cited: Cited) -> Sequence[tuple[float, float]]:
    if all(one.get("page") is None for one in cited.citations.values()):
        return ()
    try:
        return services.pages.sizes(document.sha256)
    except PageUnavailable:  # encrypted: the boxes are right all the same
        return ()


def _place(job: Job, start: int, *, total: int | None = None) -> str | None:
    """A cursor; None when the list of ``total`` citations ends before it."""
    if total is not None and start >= total:
        return None
    return msgspec.json.encode(_Cursor(job.id, start)).hex()


def _cursor(text: str | None, job: str | None) -> _Cursor | None:
    """What ``_place`` made. Refused for anything else, or if it is of another job than asked for."""
    if text is None:
        return None
    try:
        cursor = msgspec.json.decode(bytes.fromhex(text), type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        cursor = None
    if cursor is None or cursor.start < 0 or job not in {None, cursor.job}:
        raise Refused("cursor-invalid", "This place in the list is not known; begin anew.")
    return cursor
