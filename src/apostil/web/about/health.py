"""Whether the server lives and whether it can work."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from apostil import __version__
from apostil.engine import EngineError, StoreBusy, WorkerState
from apostil.web.api.workers import is_alive
from apostil.web.deps import Wired
from apostil.web.services import QueueMode, Services

LEAST_ROOM_BYTES = 64 * 1024 * 1024
"""A document and what is made of it must find room, and the database its next page."""

router = APIRouter(tags=["service"])

_HEALTHY: dict[str, Any] = {
    "status": "healthy",
    "version": __version__,
    "mode": "local",
    "database": "ok",
    "workers": 2,
    "applications": ["financial"],
    "free_bytes": 52_613_349_376,
    "detail": None,
}


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Health(BaseModel):
    """`healthy`: work is taken in and done. `degraded`: it is kept safely, and waits for what
    `detail` says. `unhealthy`: nothing can be kept or shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [_HEALTHY]})

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    mode: QueueMode = Field(description="How workers hear of work.")
    database: Literal["ok", "busy", "unavailable"]
    workers: int = Field(description="How many were heard of in the last half minute.")
    applications: list[str]
    free_bytes: int = Field(description="Room on the disk that holds the data.")
    detail: str | None = Field(description="What is wrong and what to do.")


@router.get("/health/live", summary="Check that the process answers")
def check_liveness() -> Liveness:
    """Whether the process answers. Nothing else is looked at, and no token is asked for."""
    return Liveness()


_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": Health, "description": "Not all is well; `detail` says what."}
}


@router.get("/health/ready", summary="Check that work can be done", responses=_NOT_READY)
def check_readiness(services: Wired, response: Response) -> Health:
    """Whether work can be done: the database answers, a worker lives, the disk has room."""
    return _answered(services, response)


@router.get("/health", summary="Check the installation", responses=_NOT_READY)
def check_health(services: Wired, response: Response) -> Health:
    """The state of the installation in one answer; of the same statuses as `/health/ready`."""
    return _answered(services, response)


def _answered(services: Services, response: Response) -> Health:
    health = examine(services)
    if health.status != "healthy":
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return health


def examine(services: Services) -> Health:
    """The state of the installation at this moment."""
    database, workers, said = _database(services)
    free = services.free_bytes()
    faults = [said] if said else []
    if database == "ok" and not workers:
        faults.append("No worker is running: apostil serve starts them.")
    if free < LEAST_ROOM_BYTES:
        faults.append(f"Only {free // 1024:,} KiB are free on the server's disk: make room.")
    if trouble := services.hub.trouble:
        faults.append(f"Live events are late ({trouble}); they are read again by and by.")
    return Health(
        status="unhealthy" if database == "unavailable" else "degraded" if faults else "healthy",
        version=__version__,
        mode=services.queue_mode,
        database=database,
        workers=len(workers),
        applications=sorted(services.applications),
        free_bytes=free,
        detail=" ".join(faults) or None,
    )


def _database(
    services: Services,
) -> tuple[Literal["ok", "busy", "unavailable"], list[WorkerState], str]:
    """Whether it answers, the workers that live as it says, and what is wrong with it."""
    try:
        workers = services.roster.workers()
    except StoreBusy:
        return "busy", [], "The database is busy; ask again shortly."
    except EngineError:
        return "unavailable", [], "The database does not answer; the server's log says more."
    return "ok", [one for one in workers if is_alive(one, services.clock())], ""
