"""The body of a submission, as a form with files or as JSON that names documents sent before.

Both come in at the same address, so that the framework's own reading of bodies does not apply; the
rules are one model for both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, TypeVar

import msgspec
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect

from apostil.engine import DEFAULT_PRIORITY, LOWEST_PRIORITY, StoreFull, is_disk_full
from apostil.web.api.shapes import shown
from apostil.web.gate.bounds import FORM_LIMITS
from apostil.web.problems import NO_ROOM, Refused
from apostil.web.submission import Upload

FORM, JSON = "multipart/form-data", "application/json"
FILES = "files"
MOST_DOCUMENTS = 200
PARAMETERS_BYTES = 64 * 1024
CHUNK = 1024 * 1024
_NUMBER = re.compile(r"-?[0-9]{1,9}")


class _Wish(BaseModel):
    """What both kinds of body say."""

    model_config = ConfigDict(strict=True, extra="forbid")

    application: str = Field(
        min_length=1, max_length=80, description="The slug of an installed application."
    )
    parameters: dict[str, str] = Field(
        default_factory=dict,
        description="What the application lets one say beside the documents. All values are text.",
    )
    priority: int = Field(
        DEFAULT_PRIORITY, ge=0, le=LOWEST_PRIORITY, description="0 is first; a step is a minute."
    )
    parallel: bool = Field(False, description="Let independent segments run at once.")
    password: str | None = Field(
        None, max_length=1000, description="Opens encrypted documents. Never stored."
    )


_Model = TypeVar("_Model", bound=_Wish)


class FormFields(_Wish):
    """The fields of a form beside its files."""


class JobRequest(_Wish):
    """A job on documents that were sent before."""

    model_config = shown(
        {
            "application": "financial",
            "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
            "parameters": {},
            "priority": 5,
        }
    )

    documents: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        min_length=1, max_length=MOST_DOCUMENTS, description="Ids or SHA-256s, in order."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A submission that could be read: either ``uploads`` or ``documents`` say on what."""

    wish: FormFields | JobRequest
    uploads: Sequence[Upload] = ()
    documents: Sequence[str] = ()

    def digest(self) -> str:
        """Tells whether two requests ask for the same. Nothing is stored that could give a
        password away, so that it has no part in this."""
        said = self.wish.model_dump(exclude={"password"})
        files = [(one.name, _sha256(one.source)) for one in self.uploads]
        return hashlib.sha256(msgspec.json.encode((said, files), order="sorted")).hexdigest()


async def _asked(request: Request) -> AsyncIterator[Asked]:
    """Read the body; its files are closed after the answer."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type == JSON:
            wanted = _valid(JobRequest, _json_of(await request.body(), "body"))
            yield Asked(wish=wanted, documents=wanted.documents)
        elif media_type == FORM:
            async with request.form(**FORM_LIMITS) as form:
                yield _asked_by_form(form)
        else:
            raise Refused(
                "unsupported-body",
                f"Send the files as {FORM}, or ids of documents as {JSON}.",
                headers={"Accept-Post": f"{FORM}, {JSON}"},
            )
    except ClientDisconnect as error:
        raise Refused("bad-request", "The connection ended within the body.") from error
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise StoreFull(NO_ROOM) from error


Posted = Annotated[Asked, Depends(_asked)]
"""The body of a route that takes a submission; document it with ``submission_body``."""


def submission_body(*, each_its_own_job: bool = False) -> dict[str, Any]:
    """The ``openapi_extra`` of such a route."""
    files = "Each becomes a job of its own." if each_its_own_job else "The documents, in order."
    form = FormFields.model_json_schema()
    # A form's fields are text; this one holds JSON.
    form["properties"]["parameters"] = {
        "type": "string",
        "contentMediaType": JSON,
        "contentSchema": form["properties"]["parameters"],
        "description": form["properties"]["parameters"]["description"],
        "examples": ["{}"],
    }
    form["properties"][FILES] = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "minItems": 1,
        "maxItems": MOST_DOCUMENTS,
        "description": files,
    }
    form["required"] = [*form["required"], FILES]
    content = {FORM: {"schema": form}, JSON: {"schema": JobRequest.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def invalid(*errors: tuple[tuple[str | int, ...], str]) -> RequestValidationError:
    """A request with these faults: where each stands, and what is wrong."""
    return RequestValidationError([{"loc": place, "msg": fault} for place, fault in errors])


def _asked_by_form(form: FormData) -> Asked:
    uploads: list[Upload] = []
    fields: dict[str, Any] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and name == FILES:
            uploads.append(Upload(source=value.file, name=value.filename or ""))
        elif isinstance(value, UploadFile):
            raise invalid((("body", name), f"Files are sent in the field {FILES}."))
        elif name == FILES:
            raise invalid((("body", FILES, len(uploads)), "This is a text and not a file."))
        elif name in fields:
            raise invalid((("body", name), "This field was sent twice."))
        else:
            fields[name] = _field(name, value)
    if not uploads:
        raise invalid((("body", FILES), "A file is needed."))
    return Asked(wish=_valid(FormFields, fields), uploads=uploads)


def _field(name: str, text: str) -> Any:
    """A field of a form as its JSON value; a text that is none stays one and is refused later."""
    if name == "parameters":
        return _json_of(text.encode(), "body", name) if text else {}
    if name == "priority" and _NUMBER.fullmatch(text):
        return int(text)
    if name == "parallel" and text in {"true", "false"}:
        return text == "true"
    return text


def _json_of(data: bytes, *place: str) -> Any:
    try:
        return from_json(data, allow_inf_nan=False)
    except ValueError as error:  # also for what is nested too deeply
        raise invalid((place, f"This is not JSON: {error}.")) from error


def _valid(model: type[_Model], said: Any) -> _Model:
    try:
        wanted = model.model_validate(said)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise invalid(
            *((("body", *one["loc"]), _said(one["type"], one["msg"])) for one in faults)
        ) from error
    size = sum(len(name.encode()) + len(text.encode()) for name, text in wanted.parameters.items())
    if size > PARAMETERS_BYTES:
        raise invalid((("body", "parameters"), f"More than {PARAMETERS_BYTES // 1024} KiB."))
    return wanted


def _said(kind: str, message: str) -> str:
    """The library's words where they are for clients."""
    return "A JSON object is needed." if kind == "model_type" else message


def _sha256(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
    source.seek(0)
    return digest.hexdigest()
