"""Puts the web side together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from apostil import __version__
from apostil.documents import DocumentError
from apostil.engine import EngineError
from apostil.web import api as platform
from apostil.web import pages
from apostil.web.about import docs_page, health, metrics, problem_pages, root
from apostil.web.api.documented import completed, secured
from apostil.web.gate.bounds import FORM_LIMITS
from apostil.web.gate.guard import Access, Guard, anybody
from apostil.web.gate.request_log import RequestLog
from apostil.web.lifting import Interface, laid_out
from apostil.web.methods import MethodTable
from apostil.web.problems import BodyTooLarge, BodyTooSlow, Refused, problem_of
from apostil.web.services import PageUnavailable, ReaderBusy, Services

EXPECTED: tuple[type[Exception], ...] = (
    BodyTooLarge,
    BodyTooSlow,
    DocumentError,
    EngineError,
    HTTPException,
    PageUnavailable,
    ReaderBusy,
    Refused,
    RequestValidationError,
)
DESCRIPTION = """\
Submit documents to an application as a *job*, follow its numbered events, and fetch a result in
which every value carries page, boxes and the exact quote.

* Errors are problems (RFC 9457, `application/problem+json`); compare their `type`.
* Lists are pages: follow `next` and `prev`, which stand in the body and in the header `Link`.
* A request that makes something takes `Idempotency-Key`: sent again within 24 hours, it gets the
  stored answer and makes nothing twice.
* Times are ISO 8601 in UTC. Everything belongs to an owner; what is another's is not found.
"""
_log = structlog.get_logger()


class Documented(FastAPI):
    """The framework's object with a mended OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        access: Access = self.state.access
        return secured(
            completed(super().openapi()),
            is_open=access.identify is anybody,
            is_exempt=access.is_exempt,
        )


def openapi_document(request: Request) -> JSONResponse:
    """The framework would make it on the event loop, where nobody else would be answered for the
    quarter of a second that it takes the first time."""
    return JSONResponse(request.app.openapi())


def make_server(
    services: Services,
    access: Access,
    *,
    interfaces: Sequence[Interface] = (),
    lifted: Interface | None = None,
) -> ASGIApp:
    """The whole web side. ``interfaces`` are the applications' own; ``lifted`` is the one that is
    served at the root as well."""
    api = Documented(
        title="Apostil",
        summary="Analyses documents in the background and proves what it says.",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "This server"}],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.services = services
    api.state.access = access
    api.mount(f"{pages.ROOT}/static", StaticFiles(directory=pages.STATIC), name="static")
    api.add_api_route("/openapi.json", openapi_document, include_in_schema=False)
    for router in laid_out(
        kept=(
            platform.router,
            pages.router,
            docs_page.router,
            problem_pages.router,
            metrics.router,
        ),
        yielding=(root.router, health.router),
        interfaces=interfaces,
        lifted=lifted,
        standing=api.routes,
    ):
        api.include_router(router, form_limits=FORM_LIMITS)
    api.state.methods = MethodTable(api.routes)
    for kind in EXPECTED:
        api.add_exception_handler(kind, _refuse)
    api.add_exception_handler(Exception, _apologise)
    return RequestLog(Guard(api, access, tell=_refuse_at_door))


def _refuse_at_door(scope: Scope, refused: Refused) -> Response:
    """A browser is asked for the token, everybody else gets the problem."""
    if scope["type"] == "http" and refused.kind.name == "token-needed":
        request = Request(scope)
        if "text/html" in request.headers.get("accept", ""):
            asked = request.query_params.multi_items()
            page = pages.ask_for_token(refused.detail, asked=asked, status=refused.status)
            page.headers.update(refused.headers)
            return page
    return refused.answer()


def _refuse(request: Request, error: Exception) -> Response:
    """A page for a browser that asked for one, the problem for everybody else."""
    if isinstance(error, HTTPException) and error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    refused = problem_of(error)
    if refused.status == 405 and (allowed := request.app.state.methods.allow(request.url.path)):
        refused.headers["Allow"] = allowed
    if refused.status >= 500:
        _log.warning("request_failed", problem=refused.kind.type, cause=type(error).__name__)
    is_page = request.url.path == pages.ROOT or request.url.path.startswith(f"{pages.ROOT}/")
    if is_page and "text/html" in request.headers.get("accept", ""):
        return pages.message(refused.kind.title, refused.detail, status=refused.status)
    return refused.answer()


def _apologise(request: Request, error: Exception) -> Response:
    """A fault of ours: the framework logs it after this, the client is told only that it was."""
    return _refuse(request, error)
