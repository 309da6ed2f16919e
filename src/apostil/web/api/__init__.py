"""The platform's own API, under ``/api/v1``."""

from fastapi import APIRouter

from apostil.web.api import (
    applications,
    citations,
    documents,
    events,
    jobs,
    sockets,
    submitting,
    workers,
)
from apostil.web.api.shapes import PREFIX

router = APIRouter(prefix=PREFIX)
# Routes are tried one after the other: what is asked most often stands first.
router.include_router(submitting.router)
router.include_router(jobs.router)
router.include_router(events.router)
router.include_router(sockets.router)
router.include_router(documents.router)
router.include_router(citations.router)
router.include_router(applications.router)
router.include_router(workers.router)

__all__ = ["PREFIX", "router"]
