"""The interface of the financial document analyzer, whose paths its users' programs know.

Statuses are translated by ``tables.STATUSES``; nothing else is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from apostil.applications.financial import application
from apostil.applications.financial.answers import (
    History,
    HistoryEntry,
    Metrics,
    Queued,
    Running,
    Task,
    TaskInFull,
    TaskResult,
    Tasks,
    TaskStatus,
    Workers,
)
from apostil.applications.financial.tables import (
    QUERY,
    STATUSES,
    answer,
    history_row,
    metrics_row,
    task_row,
)
from apostil.engine import Job, JobNotFound, JobQuery, JobStatus
from apostil.web import (
    Owner,
    Refused,
    Services,
    Upload,
    Wired,
    Wish,
    documented_problems,
    is_alive,
    job_problem,
    receive_files,
    submit_job,
)

LONGEST_QUERY = 10_000
MOST_AT_ONCE = 1000
MOST_SKIPPED = 100_000
PAGE = 200
"""Jobs read at once; of a history, whose every entry reads a result, the most that are given."""

router = APIRouter(tags=["financial (original interface)"])

Limit = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]
Skip = Annotated[
    int, Query(ge=0, le=MOST_SKIPPED, description="How many of the newest to pass over.")
]


@router.get("/", summary="Say that the interface is there")
def greet() -> Running:
    """Say that the interface is there."""
    return Running(message="Financial Document Analyzer API is running")


@router.post(
    "/analyze",
    summary="Analyse a report",
    responses=documented_problems(
        "body-too-slow",
        "body-too-large",
        "document-too-large",
        "unsupported-format",
        "unreadable-document",
        "empty-file",
        "store-full",
        "storage-quota",
    ),
)
def analyze(
    services: Wired,
    owner: Owner,
    file: Annotated[UploadFile, File(description="The report, a PDF.")],
    query: Annotated[
        str | None,
        Form(
            max_length=LONGEST_QUERY,
            description="What the report is to be read for; kept with it.",
            examples=["Analyze this financial report"],
        ),
    ] = None,
) -> Queued:
    """Take a report in; it is analysed in the background."""
    upload = Upload(source=file.file, name=file.filename or "document.pdf")
    documents = receive_files(services, owner, application, [upload])
    wish = Wish(parameters={QUERY: query} if query else {})
    return Queued(task_id=submit_job(services, owner, application, documents, wish).id)


@router.get(
    "/tasks/{task_id}", summary="Get a task", responses=documented_problems("job-not-found")
)
def get_task(services: Wired, owner: Owner, task_id: str) -> TaskInFull:
    """How a task stands, with its result once it is completed."""
    job = _job(services, owner, task_id)
    result = _result(services, owner, job) if job.status is JobStatus.SUCCEEDED else None
    return TaskInFull.model_validate(_task(job, result))


@router.get(
    "/tasks/{task_id}/result",
    summary="Get a task's result",
    responses=documented_problems(
        "job-not-found", "result-not-ready", "job-cancelled", failures=True
    ),
)
def get_task_result(services: Wired, owner: Owner, request: Request, task_id: str) -> TaskResult:
    """The analysis, each sentence with the pages that prove it; 409 while there is none, with the
    task's own status as `task_status`."""
    job = _job(services, owner, task_id)
    if job.status is not JobStatus.SUCCEEDED:
        raise _no_result(job)
    here = str(request.base_url).rstrip("/")
    return TaskResult.model_validate(
        {
            "task_id": job.id,
            "file_name": job.documents[0].name,
            "query": job.parameters.get(QUERY),
            "result": answer(_result(services, owner, job)),
            "links": {
                "full_result": f"{here}/api/v1/jobs/{job.id}/result",
                "page": f"{here}/ui/jobs/{job.id}/result",
            },
        }
    )


@router.get(
    "/tasks/{task_id}/metrics",
    summary="Get what a task took",
    responses=documented_problems("job-not-found"),
)
def get_task_metrics(services: Wired, owner: Owner, task_id: str) -> Metrics:
    """What the analysis took."""
    return Metrics.model_validate(metrics_row(_job(services, owner, task_id)))


@router.get("/tasks", summary="List tasks", responses=documented_problems())
def list_tasks(
    services: Wired,
    owner: Owner,
    status: Annotated[TaskStatus | None, Query(description="Only those.")] = None,
    limit: Limit = 50,
    skip: Skip = 0,
) -> Tasks:
    """The tasks, the newest first, without their results."""
    tasks = [
        Task.model_validate(_task(job, None))
        for job in _jobs(services, owner, status, limit=limit, skip=skip)
    ]
    return Tasks(total=len(tasks), tasks=tasks)


@router.get("/history", summary="List what was analysed", responses=documented_problems())
def list_history(
    services: Wired,
    owner: Owner,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 50,
    skip: Skip = 0,
) -> History:
    """What was analysed, the newest first, with the main figures of each report."""
    entries: list[HistoryEntry] = []
    for job in _jobs(services, owner, None, limit=limit, skip=skip):
        result = _result(services, owner, job) if job.status is JobStatus.SUCCEEDED else None
        entries.append(HistoryEntry.model_validate(history_row(job, result)))
    return History(total=len(entries), history=entries)


@router.get(
    "/celery/health",
    summary="Check the workers",
    responses=documented_problems()
    | {503: {"model": Workers, "description": "There is no worker."}},
)
def check_workers(services: Wired, response: Response) -> Workers:
    """Whether there are workers."""
    now = services.clock()
    alive = [worker for worker in services.roster.workers() if is_alive(worker, now)]
    if not alive:
        response.status_code = 503
    return Workers(
        status="healthy" if alive else "unhealthy",
        mode=services.queue_mode,
        workers=len(alive),
        active_tasks=sum(worker.job is not None for worker in alive),
    )


def _job(services: Services, owner: str, task_id: str) -> Job:
    """JobNotFound, also for a job of another application."""
    job = services.reader.get(owner, task_id)
    if job.application != application.name:
        raise JobNotFound(task_id)
    return job


def _jobs(
    services: Services, owner: str, status: TaskStatus | None, *, limit: int, skip: int
) -> list[Job]:
    """Those passed over are not read: a hundred thousand of them would take minutes."""
    statuses = tuple(one for one, words in STATUSES.items() if words.task == status)
    query = JobQuery(
        statuses=statuses, application=application.name, limit=min(limit, PAGE), offset=skip
    )
    return list(islice(_newest(services, owner, query), limit))


def _newest(services: Services, owner: str, query: JobQuery) -> Iterator[Job]:
    while True:
        page = services.reader.list(owner, query)
        yield from page.jobs
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _result(services: Services, owner: str, job: Job) -> dict[str, Any]:
    """The last artifact: it has the members of a result that ``tables`` reads."""
    artifact: dict[str, Any] = msgspec.json.decode(services.reader.result(owner, job.id))
    return artifact


def _task(job: Job, result: dict[str, Any] | None) -> dict[str, Any]:
    row = task_row(job, result)
    state = {"celery_state": STATUSES[job.status].celery, "progress": job.progress}
    return {**row, **state, "task_id": job.id}


def _no_result(job: Job) -> Refused:
    problem = job_problem(job)
    problem.more["task_status"] = STATUSES[job.status].task
    return problem
