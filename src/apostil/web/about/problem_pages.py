"""Where the ``type`` of a problem leads: what it means and what to do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from apostil.web.api.documented import problems
from apostil.web.api.shapes import shown
from apostil.web.pages.rendering import page
from apostil.web.problem_kinds import KINDS, PREFIX, Kind
from apostil.web.problems import Refused

router = APIRouter(prefix=PREFIX.rstrip("/"), tags=["service"])

_PROBLEM = {
    "type": "/problems/no-readable-text",
    "title": "No text that can be read",
    "status": 422,
    "advice": "Recognise the text first (OCR).",
}


class ProblemKind(BaseModel):
    """A type of problem. `status` is that of an answer that refuses with it; a job that failed with
    it has no result, which is told with 409."""

    model_config = shown(_PROBLEM)

    type: str
    title: str
    status: int
    advice: str = Field(description="What to do.")


class ProblemKinds(BaseModel):
    """All types of problems: always one page."""

    model_config = shown({"items": [_PROBLEM], "next": None, "prev": None})

    items: list[ProblemKind]
    next: None = None
    prev: None = None


@router.get("", summary="List the types of problems", responses=problems())
def list_problems() -> ProblemKinds:
    """Every type of problem that this server tells of."""
    return ProblemKinds(items=[_kind(one) for one in KINDS.values()])


@router.get(
    "/{name}",
    summary="Explain a type of problem",
    response_model=ProblemKind,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}}}},
        **problems("not-found"),
    },
)
def get_problem(
    request: Request, name: Annotated[str, Path(max_length=100)]
) -> ProblemKind | Response:
    """What a type of problem means and what to do: HTML for a browser, else JSON."""
    kind = KINDS.get(name)
    is_for_person = "text/html" in request.headers.get("accept", "")
    if kind is None:
        said = "There is no problem of this name in the catalogue."
        if is_for_person:
            return page("problem.html", code=404, kind=None, said=said)
        raise Refused("not-found", said)
    return page("problem.html", kind=kind, said="") if is_for_person else _kind(kind)


def _kind(kind: Kind) -> ProblemKind:
    return ProblemKind(type=kind.type, title=kind.title, status=kind.status, advice=kind.advice)
