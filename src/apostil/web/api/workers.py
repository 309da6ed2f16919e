"""Who works here, and on what."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from apostil.engine import JobNotFound, WorkerState, utc_text
from apostil.web.api.documented import problems
from apostil.web.api.shapes import Time, shown
from apostil.web.deps import Owner, Wired
from apostil.web.services import Services

WORKER_SILENCE_SECONDS = 30.0

router = APIRouter(tags=["service"])

_WORKER = {
    "id": "desk:4711:1",
    "host": "desk",
    "pid": 4711,
    "started_at": "2026-01-31T10:00:00.123Z",
    "seen_at": "2026-01-31T10:05:00.456Z",
    "is_alive": True,
    "job": None,
    "segment": None,
}


class WorkerBody(BaseModel):
    """A worker as it last reported itself. `job` and `segment` are null when it is idle, and when
    the job is somebody else's."""

    model_config = shown(_WORKER)

    id: str
    host: str
    pid: int
    started_at: Time
    seen_at: Time
    is_alive: bool = Field(description="Whether it was heard of in the last half minute.")
    job: str | None
    segment: str | None


class WorkerList(BaseModel):
    """All workers that were heard of within a day: always one page."""

    model_config = shown({"items": [_WORKER], "next": None, "prev": None})

    items: list[WorkerBody]
    next: None = None
    prev: None = None


@router.get("/workers", summary="List workers", responses=problems())
def list_workers(services: Wired, owner: Owner) -> WorkerList:
    """The workers, of whatever host."""
    now = services.clock()
    found = sorted(services.roster.workers(), key=lambda one: one.id)
    return WorkerList(items=[_worker(services, owner, one, now) for one in found])


def _worker(services: Services, owner: str, worker: WorkerState, now: float) -> WorkerBody:
    is_told = worker.job is not None and _is_owned(services, owner, worker.job)
    return WorkerBody(
        id=worker.id,
        host=worker.host,
        pid=worker.pid,
        started_at=utc_text(worker.started_at),
        seen_at=utc_text(worker.seen_at),
        is_alive=is_alive(worker, now),
        job=worker.job if is_told else None,
        segment=worker.segment if is_told else None,
    )


def is_alive(worker: WorkerState, now: float) -> bool:
    """Whether the worker was heard of lately."""
    return now - worker.seen_at < WORKER_SILENCE_SECONDS


def _is_owned(services: Services, owner: str, job_id: str) -> bool:
    try:
        services.reader.get(owner, job_id)
    except JobNotFound:
        return False
    return True
