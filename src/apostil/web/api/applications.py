"""What is installed: the applications with what they take, do and give."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from apostil.application import Application
from apostil.web.api.documented import problems
from apostil.web.api.shapes import shown
from apostil.web.deps import Wired
from apostil.web.problems import Refused

router = APIRouter(tags=["applications"])

_APPLICATION = {
    "name": "financial",
    "title": "Financial documents",
    "version": "1",
    "documents": [1, 1],
    "media_types": ["application/pdf", "text/plain"],
    "parameters": [{"name": "query", "title": "Question", "default": ""}],
    "segments": [{"name": "parse", "title": "Reading the document", "after": []}],
    "exports": [],
}


class ParameterBody(BaseModel):
    """Something that can be said beside the documents."""

    name: str
    title: str
    default: str


class PipelineSegment(BaseModel):
    """A step of the pipeline, and the steps that it waits for."""

    name: str
    title: str
    after: list[str]


class ApplicationBody(BaseModel):
    """An application that is installed here."""

    model_config = shown(_APPLICATION)

    name: str = Field(description="The slug: what a job's `application` says.")
    title: str
    version: str
    documents: list[int] = Field(
        description="The least and the most documents of one job.", min_length=2, max_length=2
    )
    media_types: list[str]
    parameters: list[ParameterBody]
    segments: list[PipelineSegment]
    exports: list[str] = Field(description="The formats that a result can be had in.")


class ApplicationList(BaseModel):
    """All applications by name: always one page."""

    model_config = shown({"items": [_APPLICATION], "next": None, "prev": None})

    items: list[ApplicationBody]
    next: None = None
    prev: None = None


@router.get("/applications", summary="List applications", responses=problems())
def list_applications(services: Wired) -> ApplicationList:
    """The installed applications."""
    found = sorted(services.applications.items())
    return ApplicationList(items=[application_body(one) for _, one in found])


@router.get(
    "/applications/{name}",
    summary="Get an application",
    responses=problems("application-not-found"),
)
def get_application(services: Wired, name: str) -> ApplicationBody:
    """One application by its slug."""
    found = services.applications.get(name.replace("_", "-"))
    if found is None:
        raise Refused("application-not-found", "There is no such application here; list them.")
    return application_body(found)


def application_body(application: Application) -> ApplicationBody:
    """The application as an answer."""
    return ApplicationBody(
        name=application.slug,
        title=application.title,
        version=application.version,
        documents=list(application.documents),
        media_types=list(application.media_types),
        parameters=[
            ParameterBody(name=one.name, title=one.title, default=one.default)
            for one in application.parameters
        ],
        segments=[
            PipelineSegment(name=one.name, title=one.title, after=list(one.after))
            for one in application.pipeline.segments
        ],
        exports=sorted(application.exports),
    )
