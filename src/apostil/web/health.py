"""Whether the server lives and whether it can work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from apostil import __version__
from apostil.engine import EngineError
from apostil.web.deps import Wired
from apostil.web.services import Services

WORKER_SILENCE_SECONDS = 30.0

router = APIRouter(include_in_schema=False)


@router.get("/health/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health")
@router.get("/health/ready")
def ready(services: Wired) -> JSONResponse:
    """The database answers and at least one worker was heard of lately."""
    report = _report(services)
    return JSONResponse(report, status_code=200 if report["status"] == "ok" else 503)


def _report(services: Services) -> dict[str, Any]:
    try:
        workers = services.roster.workers()
    except EngineError as error:
        return {"status": "unavailable", "version": __version__, "detail": str(error)}
    now = services.clock()
    alive = [one for one in workers if now - one.seen_at < WORKER_SILENCE_SECONDS]
    return {
        "status": "ok" if alive else "no workers",
        "version": __version__,
        "workers": len(alive),
        "applications": sorted(services.applications),
    }
