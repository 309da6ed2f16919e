"""What the OpenAPI document says beside the routes' own types: the problems of each operation.

A route names the problems that it may answer with::

    @router.get("/jobs/{job_id}", responses=problems("job-not-found"))

and the document shows each with its status, its schema and an example. What any request may meet,
such as a missing token, is said once for all under ``default``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from apostil.web.problem_kinds import KINDS, Kind
from apostil.web.problems import MEDIA_TYPE

ANYWHERE = (
    "bad-request",
    "token-needed",
    "other-site",
    "request-invalid",
    "host-unknown",
    "rate-limited",
    "internal-error",
    "store-busy",
)
"""What every operation may answer with."""

FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
SCHEMA = {"$ref": "#/components/schemas/Problem"}


class Fault(BaseModel):
    """What is wrong with one part of a request."""

    pointer: str = Field(
        description="A JSON pointer (RFC 6901) that begins with body, query, path or header.",
        examples=["/body/parameters/depth"],
    )
    detail: str = Field(examples=["Input should be a valid string"])


class Problem(BaseModel):
    """Why a request was not carried out, or why a job has no result (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Stable; what programs compare.", examples=["/problems/job-not-found"]
    )
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The status of the answer.", ge=400, le=599)
    detail: str = Field(description="What happened this time and what to do, in plain sentences.")
    errors: list[Fault] | None = Field(
        None, description="Each fault of the request, if it has some."
    )
    jobId: str | None = Field(None, description="The job that has no result.")  # noqa: N815 - on the wire
    jobStatus: str | None = Field(None, description="Its status.")  # noqa: N815 - on the wire
    processingStage: str | None = Field(  # noqa: N815 - on the wire
        None, description="The segment where it stands or that failed."
    )
    retryable: bool | None = Field(None, description="Whether to try again may help.")
    retryAfter: int | None = Field(None, description="Seconds to wait before that.")  # noqa: N815


def problems(*names: str, failures: bool = False) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may refuse with these kinds. With ``failures`` the answer 409
    may also carry any reason for which a job failed. KeyError for a name that is no kind."""
    by_status: dict[int, list[Kind]] = defaultdict(list)
    for name in names:
        by_status[KINDS[name].status].append(KINDS[name])
    for kind in map(KINDS.__getitem__, ANYWHERE):
        if kind.status in by_status and kind not in by_status[kind.status]:
            by_status[kind.status].append(kind)
    if failures:
        by_status.setdefault(409, [])
    told: dict[int | str, dict[str, Any]] = {}
    for status, kinds in sorted(by_status.items()):
        reasons = list(dict.fromkeys(kind.title for kind in kinds))
        if failures and status == 409:
            reasons.append("the job failed: `type` and `detail` say why")
        told[status] = _answer(kinds, "; or: ".join(reasons))
    return told | _anywhere()


def _anywhere() -> dict[int | str, dict[str, Any]]:
    kinds = [KINDS[name] for name in ANYWHERE]
    return {"default": _answer(kinds, "Refused, as every operation may be")}


def header(description: str, kind: str = "string") -> dict[str, Any]:
    """A header of an answer, for a route's ``responses``."""
    return {"description": description, "schema": {"type": kind}}


def _answer(kinds: Iterable[Kind], description: str) -> dict[str, Any]:
    examples = {
        kind.name: {
            "summary": kind.title,
            "value": {
                "type": kind.type,
                "title": kind.title,
                "status": kind.status,
                "detail": kind.advice,
            },
        }
        for kind in kinds
    }
    content: dict[str, Any] = {"schema": SCHEMA}
    if examples:
        content["examples"] = examples
    return {"description": description, "content": {MEDIA_TYPE: content}}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The framework's OpenAPI document, mended: with the schema that ``problems`` refers to,
    with what any operation may answer also where a route says nothing of problems, and without null
    where nothing but text can be sent."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update({**parts, "Problem": schema})
    for operation in _operations(document):
        operation["responses"] = _anywhere() | operation["responses"]
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
        content = operation.get("requestBody", {}).get("content", {})
        for media_type in FORMS & content.keys():
            _mend_form(_resolved(content[media_type]["schema"], schemas))
    return document


def secured(
    document: dict[str, Any], *, is_open: bool, is_exempt: Callable[[str], bool]
) -> dict[str, Any]:
    """The OpenAPI document with what a client has to show: the token of the server, if it asks for
    one, everywhere but at the exempt paths."""
    document["components"].setdefault("securitySchemes", {})["token"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "The token in the address that the server printed when it was started.",
    }
    document["security"] = [{"token": []}, {}] if is_open else [{"token": []}]
    for path in filter(is_exempt, document["paths"]):
        for operation in document["paths"][path].values():
            operation["security"] = []
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from (one for one in path.values() if isinstance(one, dict))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schemas[name] if name else schema
    return found


def _mend_form(schema: dict[str, Any]) -> None:
    fields = schema.get("properties", {})
    fields.update({name: _without_null(field) for name, field in fields.items()})


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Of an optional value: what it is when it is there."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == len(schema.get("anyOf", ())):
        return schema
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    return {**rest, **choices[0]} if len(choices) == 1 else {**rest, "anyOf": choices}
