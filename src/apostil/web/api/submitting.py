"""Documents become jobs: one of all, or with a batch one of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from apostil.application import Application
from apostil.documents import DocumentError
from apostil.engine import EngineError, Job
from apostil.web import submission
from apostil.web.api.asked import Asked, Posted, invalid, submission_body
from apostil.web.api.bodies import Bodies
from apostil.web.api.documented import header, problems
from apostil.web.api.idempotency import KEPT_ERRORS, Idempotent, Once
from apostil.web.api.preferences import Preference, Preferred, has_ended
from apostil.web.api.shapes import ApiAddress, BatchBody, BatchFailure, BatchItem, JobBody
from apostil.web.deps import Owner, Wired
from apostil.web.problems import RETRY_SECONDS, FieldError, Refused, problem_of
from apostil.web.services import Services
from apostil.web.submission import (
    Wish,
    application_named,
    check_count,
    known_documents,
    receive_files,
)

REFUSALS = problems(
    "document-not-found",
    "idempotency-in-progress",
    "answer-not-kept",
    "document-gone",
    "body-too-large",
    "document-too-large",
    "unsupported-body",
    "unsupported-format",
    "application-unknown",
    "documents-wrong",
    "empty-file",
    "idempotency-key-reused",
    "store-full",
    "storage-quota",
)
HEADERS = {
    "Location": header("The address of the job."),
    "Preference-Applied": header("What of `Prefer` was followed."),
    "Idempotency-Replayed": header("`true` if this was answered before."),
}

router = APIRouter(tags=["jobs"])


@router.post(
    "/jobs",
    status_code=202,
    response_model=JobBody,
    response_description="The job is stored and will be done whatever happens; follow its links.",
    responses={
        200: {
            "model": JobBody,
            "description": "The job has ended within the time that was preferred.",
            "headers": HEADERS,
        },
        202: {"headers": {**HEADERS, "Retry-After": header("Seconds.", "integer")}},
        **REFUSALS,
    },
    openapi_extra=submission_body(),
    summary="Submit documents as a job",
)
async def submit_job(
    services: Wired,
    owner: Owner,
    address: ApiAddress,
    asked: Posted,
    once: Idempotent,
    preference: Preferred,
) -> Response:
    """Send files as a form, or name documents that were sent before as JSON.

    The answer comes at once; with `Prefer: wait=10` it comes when the job has ended, if that is
    within 10 seconds.
    """
    bodies = Bodies(services, owner, address)

    async def make() -> Response:
        job, body = await run_in_threadpool(_submit_and_show, bodies, asked, once.job_key)
        return await job_answer(bodies, job, preference, body)

    return await once.answer(asked.digest, make)


@router.post(
    "/jobs/batch",
    status_code=202,
    response_model=BatchBody,
    response_description="The jobs, and apart from them the documents that could not be submitted.",
    responses={
        202: {"headers": {"Idempotency-Replayed": HEADERS["Idempotency-Replayed"]}},
        **REFUSALS,
    },
    openapi_extra=submission_body(each_its_own_job=True),
    summary="Submit many documents, each as a job of its own",
)
async def submit_batch(
    services: Wired, owner: Owner, address: ApiAddress, asked: Posted, once: Idempotent
) -> Response:
    """For applications that take one document. One that is refused does not keep the others from
    being submitted: it is listed under `failed` with its problem. When all are refused the answer
    is a problem, with `failed` as a member.
    """
    bodies = Bodies(services, owner, address)

    async def make() -> Response:
        body = await run_in_threadpool(_submit_each, bodies, asked, once)
        return Response(body.model_dump_json(), 202, media_type="application/json")

    return await once.answer(asked.digest, make)


async def job_answer(
    bodies: Bodies, job: Job, preference: Preference, body: JobBody | None = None
) -> Response:
    """The answer to a request that has set a job going, when it has ended or soon enough. ``body``
    is the job as it was before that, if it was read."""
    ended = await has_ended(bodies.services, job, preference)
    if body is None or preference.wait_seconds:
        body = await run_in_threadpool(_fresh_body, bodies, job.id)
    headers = {"Location": body.links.self}
    if not ended:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if preference.applied:
        headers["Preference-Applied"] = preference.applied
    status = 200 if ended else 202
    return Response(body.model_dump_json(), status, headers, "application/json")


def _fresh_body(bodies: Bodies, job_id: str) -> JobBody:
    return bodies.job(bodies.services.reader.get(bodies.owner, job_id))


def _submit_and_show(bodies: Bodies, asked: Asked, job_key: str | None) -> tuple[Job, JobBody]:
    """In one go: every change of threads is waited for where many submit."""
    job = _submit(bodies.services, bodies.owner, asked, job_key)
    return job, _fresh_body(bodies, job.id)


def _submit(services: Services, owner: str, asked: Asked, job_key: str | None) -> Job:
    application = _application(services, asked)
    if asked.uploads:
        documents = receive_files(services, owner, application, asked.uploads)
    else:
        documents = known_documents(services, owner, application, asked.documents)
    return submission.submit_job(services, owner, application, documents, _wish(asked, job_key))


def _application(services: Services, asked: Asked) -> Application:
    """The application that is meant, if it knows all the parameters."""
    application = application_named(services, asked.wish.application)
    unknown = application.unknown_parameters(asked.wish.parameters)
    if unknown:
        known = ", ".join(one.name for one in application.parameters)
        said = f"knows these: {known}" if known else "takes no parameters"
        raise invalid(
            *((("body", "parameters", name), f"{application.title} {said}.") for name in unknown)
        )
    return application


def _wish(asked: Asked, job_key: str | None) -> Wish:
    return Wish(
        parameters=asked.wish.parameters,
        priority=asked.wish.priority,
        parallel=asked.wish.parallel,
        password=asked.wish.password or None,
        idempotency_key=job_key,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One document of a batch on its way."""

    name: str
    one: Asked


def _parts(asked: Asked) -> Iterator[_Part]:
    for upload in asked.uploads:
        yield _Part(upload.name, Asked(wish=asked.wish, uploads=[upload]))
    for document in asked.documents:
        yield _Part(document, Asked(wish=asked.wish, documents=[document]))


def _submit_each(bodies: Bodies, asked: Asked, once: Once) -> BatchBody:
    check_count(_application(bodies.services, asked), 1)
    taken: list[tuple[int, Job]] = []
    failed: list[BatchFailure] = []
    refusals: list[Refused] = []
    for index, part in enumerate(_parts(asked)):
        key = None if once.job_key is None else f"{once.job_key}#{index}"
        try:
            job = _submit(bodies.services, bodies.owner, part.one, key)
        except (Refused, DocumentError, EngineError) as error:
            refusals.append(problem_of(error))
            problem = refusals[-1].body()
            failed.append(BatchFailure(index=index, name=part.name, problem=problem))
        else:
            taken.append((index, job))
    if not taken:
        raise _all_refused(failed, refusals)
    shown = bodies.jobs([job for _, job in taken])
    items = [
        BatchItem(index=index, name=job.documents[0].name, job=body)
        for (index, job), body in zip(taken, shown, strict=True)
    ]
    return BatchBody(items=items, failed=failed)


def _all_refused(failed: Sequence[BatchFailure], refusals: Sequence[Refused]) -> Refused:
    """What only holds at this time, such as a want of room, is said to be the reason: then the key
    of the request is not used up."""
    passing = (one.kind.name for one in refusals if one.status not in KEPT_ERRORS)
    errors = [FieldError(f"/body/files/{one.index}", str(one.problem["detail"])) for one in failed]
    return Refused(
        next(passing, "documents-wrong"),
        "None of the documents could be submitted; `failed` says why.",
        errors=errors,
        more={"failed": [one.model_dump(mode="json") for one in failed]},
    )
