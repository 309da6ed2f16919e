"""Puts the web side together."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from apostil import __version__
from apostil.documents import DocumentError
from apostil.engine import (
    ArtifactMissing,
    CursorInvalid,
    EngineError,
    JobNotFailed,
    JobNotFound,
    StoreBusy,
)
from apostil.web import health, jobs, results
from apostil.web.guard import Access, BodyTooLarge, Guard
from apostil.web.pages import FOLDER, ROOT, message
from apostil.web.services import PageUnavailable, Services


def make_server(
    services: Services, access: Access, *, routers: Sequence[APIRouter] = ()
) -> ASGIApp:
    """The whole web side. ``routers`` are the applications' own."""
    api = FastAPI(
        title="Apostil", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    api.state.services = services
    for router in (health.router, jobs.router, results.router, *routers):
        api.include_router(router)
    api.mount(f"{ROOT}/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for kind in (*STATUSES, HTTPException, RequestValidationError):
        api.add_exception_handler(kind, _refused)
    return Guard(api, access)


STATUSES: dict[type[Exception], tuple[int, str]] = {
    JobNotFound: (404, "No such job"),
    CursorInvalid: (422, "Not a place in the list"),
    JobNotFailed: (409, "Nothing to retry"),
    ArtifactMissing: (409, "There is no result yet"),
    StoreBusy: (503, "The database is busy"),
    PageUnavailable: (404, "This page cannot be shown"),
    BodyTooLarge: (413, "Too large"),
    DocumentError: (422, "This file was not taken"),
    EngineError: (500, "That did not work"),
}
"""What is said of each expected error; a class stands before those that it derives from."""


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, BodyTooLarge):
        error = error.__cause__  # the framework says only that it could not read a form
    status, title = _status(error)
    detail = str(error)
    if isinstance(error, JobNotFound):
        detail = "There is no such job, or it was deleted."
    elif isinstance(error, HTTPException):
        detail = "There is nothing at this address." if status == 404 else str(error.detail)
    elif isinstance(error, RequestValidationError):
        detail = "The form was not complete: choose a file and what to read it as."
    elif isinstance(error, BodyTooLarge):
        detail = (
            "The file is larger than this server takes; APOSTIL_MAX_UPLOAD_MB raises the limit."
        )
    if "text/html" in request.headers.get("accept", ""):
        answer: HTMLResponse | JSONResponse = message(title, detail, status=status)
    else:
        answer = JSONResponse({"title": title, "status": status, "detail": detail}, status)
        answer.headers["Content-Type"] = "application/problem+json"
    if status == 503:
        answer.headers["Retry-After"] = "1"
    return answer


def _status(error: Exception) -> tuple[int, str]:
    if isinstance(error, HTTPException):
        return error.status_code, "Not found" if error.status_code == 404 else "Refused"
    if isinstance(error, RequestValidationError):
        return 422, "Something is missing"
    for kind, answer in STATUSES.items():
        if isinstance(error, kind):
            return answer
    return 500, "That did not work"
