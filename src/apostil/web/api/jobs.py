"""Jobs: list, look at, cancel, retry and delete them, and fetch what they have found."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from apostil import engine
from apostil.application import result_of
from apostil.engine import Job, JobNotFailed, JobNotFound, JobQuery, JobStatus
from apostil.web.api.bodies import Bodies, receipt_body
from apostil.web.api.documented import header, problems
from apostil.web.api.idempotency import Idempotent
from apostil.web.api.paging import LARGEST_PAGE, Paged
from apostil.web.api.preferences import Preferred
from apostil.web.api.shapes import (
    ApiAddress,
    JobBody,
    JobList,
    ReceiptBody,
    ResultBody,
    RetriedBody,
    SegmentList,
)
from apostil.web.api.submitting import HEADERS, job_answer
from apostil.web.deps import Owner, Wired
from apostil.web.problems import RETRY_SECONDS, Refused, job_problem
from apostil.web.services import Services

RESERVED = frozenset({"batch", "retry"})
"""Addresses beside the jobs, which take POST alone."""
MOST_RETRIED = 500
"""Dead letters that one request queues again; so many bodies are the largest answer."""
JSON = "application/json"

router = APIRouter(tags=["jobs"])


class _JobIdConvertor(StringConvertor):
    """A part of a path that is not one of the reserved words."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})$)[^/]+"


register_url_convertor("job", _JobIdConvertor())
JobId = Annotated[str, Path(max_length=100, description="The job's id, as it was given.")]
SegmentName = Annotated[str, Path(max_length=200, description="The name of one of its segments.")]


class RetryRequest(BaseModel):
    """What may be said with a retry."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{}]},
    )

    password: str | None = Field(
        None, max_length=1000, description="Opens encrypted documents. Never stored."
    )


@router.get(
    "/jobs",
    response_description="A page of the list. `next` and `prev` stand in the header `Link` too.",
    responses={200: {"headers": {"Link": header("RFC 8288.")}}, **problems("cursor-invalid")},
    summary="List jobs",
)
def list_jobs(  # noqa: PLR0913, PLR0917 - what the framework passes
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    paging: Paged,
    answer: Response,
    status: Annotated[
        list[JobStatus] | None, Query(description="Only jobs of these statuses; repeat it.")
    ] = None,
    application: Annotated[
        str | None, Query(max_length=80, description="Only jobs of this application (its slug).")
    ] = None,
    document: Annotated[
        str | None, Query(max_length=64, description="Only jobs on this document (SHA-256).")
    ] = None,
    dead_letter: Annotated[
        bool | None, Query(description="Only dead letters, or only others.")
    ] = None,
) -> JobList:
    """The newest first. Jobs that come meanwhile shift nothing."""
    query = JobQuery(
        statuses=tuple(status or ()),
        application=None if application is None else application.replace("-", "_"),
        document=document,
        dead_letter=dead_letter,
        limit=paging.limit,
        cursor=paging.cursor,
    )
    page = services.reader.list(owner, query)
    urls = paging.urls(answer, following=page.next, previous=page.previous)
    items = Bodies(services, owner, address).jobs(page.jobs)
    return JobList(items=items, next=urls.next, prev=urls.prev)


@router.get(
    "/jobs/{job_id:job}",
    response_description="The job. While it goes on, `Retry-After` says when to ask again.",
    responses={
        200: {"headers": {"Retry-After": header("Seconds.", "integer")}},
        **problems("job-not-found"),
    },
    summary="Look at a job",
)
def get_job(
    services: Wired, owner: Owner, address: ApiAddress, job_id: JobId, answer: Response
) -> JobBody:
    """Where it stands now. To follow it live read its events instead."""
    job = services.reader.get(owner, job_id)
    if not job.status.is_terminal:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return Bodies(services, owner, address).job(job)


@router.get(
    "/jobs/{job_id}/result",
    response_model=ResultBody,
    response_description="The result, as `apostil verify` and the other exports read it.",
    responses=problems("job-not-found", "result-not-ready", "job-cancelled", failures=True),
    summary="Fetch the result",
)
def get_result(services: Wired, owner: Owner, job_id: JobId) -> Response:
    """All findings with their citations. As long as there is none, or if there never will be one,
    the answer is a problem that says where the job stands and whether to retry may help."""
    job = services.reader.get(owner, job_id)
    if job.status is not JobStatus.SUCCEEDED:
        raise job_problem(job)
    artifact = services.reader.result(owner, job_id)
    return Response(result_of(job, artifact), media_type=JSON)


@router.get(
    "/jobs/{job_id}/segments",
    response_description="The segments.",
    responses=problems("job-not-found"),
    summary="List the segments of a job and their attempts",
)
def list_segments(services: Wired, owner: Owner, address: ApiAddress, job_id: JobId) -> SegmentList:
    """In the order of the pipeline, each with every attempt that was made of it."""
    job = services.reader.get(owner, job_id)
    attempts = services.reader.attempts(owner, job_id)
    return SegmentList(items=Bodies(services, owner, address).segments(job, attempts))


@router.get(
    "/jobs/{job_id}/artifacts/{segment}",
    response_class=Response,
    response_description="The artifact, as the segment has made it.",
    responses={
        200: {"content": {JSON: {"schema": {}, "example": {"pages": []}}}},
        **problems("job-not-found", "segment-not-found", "artifact-missing"),
    },
    summary="Fetch what a segment has left",
)
def get_artifact(services: Wired, owner: Owner, job_id: JobId, segment: SegmentName) -> Response:
    """The JSON that a finished segment has handed on: by-products that are too large for the
    result. Its shape is the application's own."""
    job = services.reader.get(owner, job_id)
    if segment not in {one.name for one in job.segments}:
        raise Refused("segment-not-found", "This job has no segment of that name.")
    return Response(services.reader.artifact(owner, job_id, segment), media_type=JSON)


@router.post(
    "/jobs/{job_id}/cancel",
    response_description="The job, ended.",
    responses=problems("job-not-found"),
    summary="Cancel a job",
)
def cancel_job(services: Wired, owner: Owner, address: ApiAddress, job_id: JobId) -> JobBody:
    """At once and for good. A job that has ended stays as it is, so that asking again is safe."""
    job = engine.cancel_job(job_id, owner=owner, jobs=services.jobs, clock=services.clock)
    return Bodies(services, owner, address).job(job)


@router.post(
    "/jobs/{job_id}/retry",
    status_code=202,
    response_model=JobBody,
    response_description="The job, queued again.",
    responses={
        200: {"model": JobBody, "description": "It has ended within the preferred time."},
        202: {"headers": {**HEADERS, "Retry-After": header("Seconds.", "integer")}},
        **problems(
            "job-not-found", "job-not-failed", "idempotency-in-progress", "idempotency-key-reused"
        ),
    },
    summary="Retry a failed job",
)
async def retry_job(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    job_id: JobId,
    once: Idempotent,
    preference: Preferred,
    said: RetryRequest | None = None,
) -> Response:
    """Go on from the segment that failed: what was finished before is kept. A document that is
    encrypted needs its password again."""
    bodies = Bodies(services, owner, address)
    password = (said.password if said else None) or None

    async def make() -> Response:
        job = await run_in_threadpool(_retry, services, owner, job_id, password)
        return await job_answer(bodies, job, preference)

    return await once.answer(lambda: _digest(job_id), make)


@router.post(
    "/jobs/retry",
    status_code=202,
    response_model=RetriedBody,
    response_description="The jobs, queued again.",
    responses=problems("idempotency-in-progress", "idempotency-key-reused"),
    summary="Retry all dead letters",
)
async def retry_dead_letters(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    once: Idempotent,
    dead_letter: Annotated[
        Literal["true"], Query(description="Says that all dead letters are meant.")
    ],
) -> Response:
    """Every job that failed for want of further attempts goes on from the segment that failed."""
    del dead_letter
    bodies = Bodies(services, owner, address)

    async def make() -> Response:
        body = await run_in_threadpool(_retry_all, bodies)
        return Response(body.model_dump_json(), 202, media_type=JSON)

    return await once.answer(lambda: _digest("dead letters"), make)


@router.delete(
    "/jobs/{job_id:job}",
    response_description="What went.",
    responses=problems("job-not-found"),
    summary="Delete a job",
)
def delete_job(services: Wired, owner: Owner, job_id: JobId) -> ReceiptBody:
    """Cancel it if need be, and delete all that only it uses. Asked again within 30 days, the answer
    is the same receipt."""
    receipt = engine.delete_job(job_id, owner=owner, jobs=services.jobs, clock=services.clock)
    services.forget(receipt.documents)
    return receipt_body(receipt)


def _retry(services: Services, owner: str, job_id: str, password: str | None) -> Job:
    return engine.retry_job(
        job_id,
        owner=owner,
        jobs=services.jobs,
        queue=services.queue,
        clock=services.clock,
        password=password,
    )


def _retry_all(bodies: Bodies) -> RetriedBody:
    services, owner = bodies.services, bodies.owner
    retried: list[Job] = []
    cursor = None
    while len(retried) < MOST_RETRIED:
        query = JobQuery(dead_letter=True, limit=LARGEST_PAGE, cursor=cursor)
        page = services.reader.list(owner, query)
        for job in page.jobs[: MOST_RETRIED - len(retried)]:
            with suppress(JobNotFailed, JobNotFound):  # somebody else was faster
                retried.append(_retry(services, owner, job.id, None))
        cursor = page.next
        if cursor is None:
            break
    remaining = services.reader.stats(owner).dead_letters
    return RetriedBody(items=bodies.jobs(retried), remaining=remaining)


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()
