"""The page ``/docs``: the OpenAPI document to read and to try, without a network.

Swagger UI comes with the package ``fastapi_offline``, of which only the files are used: its page has
a script inline, which our policy forbids.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

from apostil.web.gate.guard import SECURITY_HEADERS
from apostil.web.pages.rendering import page
from apostil.web.problems import Refused

SWAGGER = "/docs/swagger-ui"
FILES: Mapping[str, str] = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
POLICY = SECURITY_HEADERS["Content-Security-Policy"].replace(
    "img-src 'self'", "img-src 'self' data:"
)
"""Swagger UI's style sheet holds its arrows as ``data:`` images; nothing else is given way to."""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs() -> HTMLResponse:
    """Every operation of the API."""
    answer = page("docs.html", swagger=SWAGGER)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@router.get(SWAGGER + "/{name}")
def swagger_file(name: str) -> Response:
    """A file of Swagger UI."""
    media_type = FILES.get(name)
    if media_type is None:
        raise Refused("not-found", "There is nothing at this address.")
    headers = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(swagger_path(name), media_type=media_type, headers=headers)


def swagger_path(name: str) -> Path:
    """Where the installed package has the file."""
    with as_file(files("fastapi_offline") / "static" / name) as path:
        return path
