"""A result beside its document: the page, its images, the original bytes and the JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from fastapi import APIRouter, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from apostil.application import PDF, result_of
from apostil.engine import Job, JobStatus
from apostil.web.deps import Owner, Wired
from apostil.web.pages.citing import job_on, newest_job_on
from apostil.web.pages.leaves import IMAGE_WIDTH, view_result
from apostil.web.pages.reading import read_result
from apostil.web.pages.rendering import ROOT, page
from apostil.web.pages.wording import name_of, seconds
from apostil.web.problems import Refused
from apostil.web.services import PageUnavailable, Services
from apostil.web.stored_file import FOR_EVER, StoredFile

LETTER = (612.0, 792.0)

router = APIRouter(prefix=ROOT, include_in_schema=False)


def stored_result(services: Services, owner: str, job: Job) -> dict[str, Any]:
    """The result of a job that has succeeded. ArtifactMissing."""
    artifact = services.reader.result(owner, job.id)
    found: dict[str, Any] = msgspec.json.decode(result_of(job, artifact))
    return found


@router.get("/jobs/{job_id}/result", response_model=None)
def result(
    services: Wired, owner: Owner, job_id: str, cite: str = ""
) -> HTMLResponse | RedirectResponse:
    """The page images with their margins left, the values right; ``cite`` is lit."""
    job = services.reader.get(owner, job_id)
    if job.status is not JobStatus.SUCCEEDED:
        return RedirectResponse(f"{ROOT}/jobs/{job_id}", status_code=303)
    reading = read_result(stored_result(services, owner, job))
    sizes, notices = _sizes(services, job)
    view = view_result(
        reading,
        job=job.id,
        name=name_of(job),
        facts=_facts(job, reading.documents),
        selected=cite if cite in reading.proofs else "",
        page_size=lambda sha256, number: _page_size(sizes, sha256, number),
        notices=notices,
    )
    return page("result.html", here="first", view=view)


def _facts(job: Job, documents: tuple[Any, ...]) -> str:
    counted = [pages for doc in documents[:1] if (pages := doc.get("pages"))]
    parts = ["1 page" if pages == 1 else f"{pages} pages" for pages in counted]
    if job.started_at is not None and job.finished_at is not None:
        parts.append(f"read in {seconds(job.finished_at - job.started_at)}")
    return ", ".join([*parts, "nothing left this machine"])


PageSizes = dict[str, tuple[tuple[float, float], ...]]


def _sizes(services: Services, job: Job) -> tuple[PageSizes, tuple[str, ...]]:
    """The sizes of all pages by document, and a sentence for each that cannot be shown."""
    sizes: PageSizes = {}
    notices: list[str] = []
    for document in job.documents:
        if document.media_type != PDF:
            continue
        try:
            sizes[document.sha256] = services.pages.sizes(document.sha256)
        except PageUnavailable as error:
            notices.append(f"{document.name}: {error}")
    return sizes, tuple(notices)


def _page_size(sizes: PageSizes, sha256: str, number: int) -> tuple[float, float]:
    known = sizes.get(sha256, ())
    return known[number - 1] if 0 < number <= len(known) else LETTER


@router.get("/documents/{document_id}")
def document(
    services: Wired, owner: Owner, document_id: str, cite: str = "", job: str = ""
) -> RedirectResponse:
    """The deep link to a citation: it leads to the result page of ``job``, else of the newest job
    that has a result for this document."""
    found = services.documents.get_document(owner, document_id)
    chosen = job_on(services, owner, found, job) if job else newest_job_on(services, owner, found)
    if chosen is None:
        raise Refused("result-not-ready", "No job on this document has a result yet.")
    lit = f"?{urlencode({'cite': cite})}" if cite else ""
    return RedirectResponse(f"{ROOT}/jobs/{chosen.id}/result{lit}", status_code=303)


@router.get("/jobs/{job_id}/result.json")
def result_json(services: Wired, owner: Owner, job_id: str) -> Response:
    """The result in the shape ``apostil.result/1``."""
    job = services.reader.get(owner, job_id)
    data = result_of(job, services.reader.result(owner, job_id))
    return Response(data, media_type="application/json")


@router.get("/jobs/{job_id}/pages/{sha256}/{number}.png")
def page_image(services: Wired, owner: Owner, job_id: str, sha256: str, number: int) -> StoredFile:
    """A page of one of the job's documents. The same bytes for ever, so it may be kept."""
    _document_name(services, owner, job_id, sha256)
    path = services.pages.png(sha256, number, width=IMAGE_WIDTH)
    return StoredFile(path, headers={"Cache-Control": FOR_EVER, "Content-Type": "image/png"})


@router.get("/jobs/{job_id}/documents/{sha256}")
def original(services: Wired, owner: Owner, job_id: str, sha256: str) -> StoredFile:
    """The original bytes, to be saved and never run."""
    name = _document_name(services, owner, job_id, sha256)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": "application/octet-stream",
    }
    return StoredFile(services.files.path(sha256), headers=headers)


def _document_name(services: Services, owner: str, job_id: str, sha256: str) -> str:
    job = services.reader.get(owner, job_id)
    for document in job.documents:
        if document.sha256 == sha256:
            return document.name
    raise HTTPException(404)
