"""The address ``/``: a browser goes to the pages, a program learns what is served here."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from apostil import __version__
from apostil.web.api import PREFIX
from apostil.web.api.shapes import shown
from apostil.web.deps import Wired
from apostil.web.pages import ROOT

router = APIRouter(tags=["service"])


class Service(BaseModel):
    """What stands behind an address, and where to read on. Links are paths on this server."""

    model_config = shown(
        {
            "name": "Apostil",
            "version": __version__,
            "applications": ["financial"],
            "links": {"ui": "/ui/", "docs": "/docs", "jobs": "/api/v1/jobs"},
        }
    )

    name: str
    version: str
    applications: list[str]
    links: dict[str, str]


def send_browser_to_pages(request: Request, response: Response) -> None:
    """Whoever asks for HTML is a person. Also asked before a lifted application's own answer."""
    if "text/html" in request.headers.get("accept", ""):
        raise HTTPException(307, headers={"Location": f"{ROOT}/", "Vary": "Accept"})
    response.headers["Vary"] = "Accept"


@router.head("/", include_in_schema=False)
@router.get(
    "/",
    summary="Say what is served here",
    responses={307: {"description": "A browser is sent to the pages."}},
)
def describe_service(services: Wired, request: Request, response: Response) -> Service:
    """Name, version, installed applications and where the interfaces are."""
    send_browser_to_pages(request, response)
    return Service(
        name="Apostil",
        version=__version__,
        applications=sorted(services.applications),
        links={
            "ui": f"{ROOT}/",
            "docs": "/docs",
            "openapi": "/openapi.json",
            "applications": f"{PREFIX}/applications",
            "jobs": f"{PREFIX}/jobs",
            "documents": f"{PREFIX}/documents",
            "health": "/health",
        },
    )
