"""The pages of jobs: the first page with its form, the list, one job, cancel and retry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from apostil.application import FORMAT_NAMES, Application
from apostil.engine import JobQuery, JobStatus, cancel_job, retry_job
from apostil.web.deps import Owner, Wired
from apostil.web.pages.rendering import ROOT, page
from apostil.web.pages.wording import job_detail, job_line
from apostil.web.services import Services
from apostil.web.submission import (
    Upload,
    Wish,
    application_named,
    receive_files,
    submit_job,
)

EVENTS_SHOWN = 40
NEWEST_ON_FIRST_PAGE = 5
QUERY = "query"
TABS = (
    ("", "All", ()),
    ("running", "Running", (JobStatus.QUEUED, JobStatus.RUNNING)),
    ("stopped", "Stopped", (JobStatus.FAILED,)),
)

router = APIRouter(prefix=ROOT, include_in_schema=False)


@router.get("/")
def first(services: Wired, owner: Owner) -> HTMLResponse:
    """What this is, a form to add a document, and what was analysed lately."""
    newest = services.reader.list(owner, JobQuery(limit=NEWEST_ON_FIRST_PAGE)).jobs
    now = services.clock()
    applications = list(services.applications.values())
    return page(
        "first.html",
        here="first",
        applications=[
            {"slug": one.slug, "title": one.title, "segments": _steps(one)} for one in applications
        ],
        jobs=[job_line(job, services.title_of(job.application), now) for job in newest],
        formats=_formats(applications),
        many=any(one.documents[1] > 1 for one in applications),
        asks=any(QUERY in {given.name for given in one.parameters} for one in applications),
        max_upload_mb=services.max_upload_mb,
    )


def _steps(application: Application) -> str:
    return ", ".join(segment.title.lower() for segment in application.pipeline.segments)


def _formats(applications: Iterable[Application]) -> str:
    types = dict.fromkeys(kind for one in applications for kind in one.media_types)
    words = [FORMAT_NAMES.get(kind, kind) for kind in types]
    return " or ".join(words) if words else "No application is installed"


@router.post("/jobs")
def add(
    services: Wired,
    owner: Owner,
    files: Annotated[list[UploadFile], File()],
    application: Annotated[str, Form()],
    query: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Take the files in and submit a job; a mistake in the form is said, nothing is kept."""
    chosen = application_named(services, application)
    uploads = [Upload(source=one.file, name=one.filename) for one in files if one.filename]
    wish = Wish(parameters={QUERY: query} if query else {}, password=password or None)
    documents = receive_files(services, owner, chosen, uploads)
    job = submit_job(services, owner, chosen, documents, wish)
    return RedirectResponse(f"{ROOT}/jobs/{job.id}", status_code=303)


@router.get("/jobs")
def jobs(
    services: Wired, owner: Owner, request: Request, status: str = "", cursor: str = ""
) -> HTMLResponse:
    """The list of jobs, newest first."""
    del request
    return _jobs_page(services, owner, status=status, cursor=cursor, job_id=None)


@router.get("/jobs/{job_id}")
def job(services: Wired, owner: Owner, job_id: str) -> HTMLResponse:
    """The list with one job open: its segments as a timeline, its error, its events."""
    return _jobs_page(services, owner, status="", cursor="", job_id=job_id)


def _jobs_page(
    services: Services, owner: str, *, status: str, cursor: str, job_id: str | None
) -> HTMLResponse:
    now = services.clock()
    wanted = next((statuses for name, _, statuses in TABS if name == status), ())
    query = JobQuery(statuses=wanted, cursor=cursor or None)
    found = services.reader.list(owner, query)
    stats = services.reader.stats(owner).jobs
    one = None
    if job_id is not None:
        opened = services.reader.get(owner, job_id)
        events = services.reader.events(owner, job_id, after=max(0, opened.last_seq - EVENTS_SHOWN))
        one = job_detail(opened, services.title_of(opened.application), events, now)
    tabs = [
        {
            "status": name,
            "title": title,
            "count": sum(stats.get(state, 0) for state in (states or tuple(JobStatus))),
        }
        for name, title, states in TABS
    ]
    return page(
        "jobs.html",
        here="jobs",
        tabs=tabs,
        status=status,
        jobs=[job_line(each, services.title_of(each.application), now) for each in found.jobs],
        next=found.next,
        one=one,
    )


@router.post("/jobs/{job_id}/cancel")
def cancel(services: Wired, owner: Owner, job_id: str) -> Response:
    """Cancel and show the job."""
    cancel_job(job_id, owner=owner, jobs=services.jobs, clock=services.clock)
    return RedirectResponse(f"{ROOT}/jobs/{job_id}", status_code=303)


@router.post("/jobs/{job_id}/retry")
def retry(
    services: Wired, owner: Owner, job_id: str, password: Annotated[str, Form()] = ""
) -> Response:
    """Go on from the failed segment and show the job."""
    retry_job(
        job_id,
        owner=owner,
        jobs=services.jobs,
        queue=services.queue,
        clock=services.clock,
        password=password or None,
    )
    return RedirectResponse(f"{ROOT}/jobs/{job_id}", status_code=303)
