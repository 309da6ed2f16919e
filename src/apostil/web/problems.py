"""Errors as RFC 9457 problems: one shape, stable types, never a stack trace, path or SQL.

``Refused`` is what a route raises; expected errors of the layers below are looked up in ``CAUSES``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from apostil.documents import DocumentError
from apostil.engine import (
    AnswerNotKept,
    ApplicationUnknown,
    ArtifactMissing,
    CursorInvalid,
    DocumentGone,
    DocumentInUse,
    DocumentNotFound,
    IdempotencyConflict,
    IdempotencyInProgress,
    Job,
    JobNotFailed,
    JobNotFound,
    JobStatus,
    QuotaExceeded,
    StoreBusy,
    StoreFull,
    is_disk_full,
)
from apostil.web.problem_kinds import KINDS, Kind, kind_of
from apostil.web.services import PageUnavailable, ReaderBusy

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
NO_ROOM = "There is no room left on the disk for what was sent; free some and send it again."


class BodyTooLarge(Exception):
    """More bytes were sent than the server takes; the message says how many it takes."""


class BodyTooSlow(Exception):
    """The body did not come in the time allowed."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of a request; ``pointer`` is a JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class Refused(Exception):
    """A request that is not carried out. ``more`` are members beside the standard ones."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def status(self) -> int:
        """That of the answer: its kind's, but 409 for why a job has no result."""
        return int(self.more.get("status", self.kind.status))

    def body(self) -> dict[str, Any]:
        """The members of the problem."""
        members: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in self.errors]
        return members | self.more

    def answer(self) -> Response:
        answer = JSONResponse(self.body(), self.status, self.headers, MEDIA_TYPE)
        if self.status in {429, 503} or self.kind.name == "idempotency-in-progress":
            answer.headers.setdefault("Retry-After", str(RETRY_SECONDS))
        return answer


CAUSES: dict[type[Exception], tuple[str, str | None]] = {
    JobNotFound: ("job-not-found", "There is no such job, or it was deleted."),
    DocumentNotFound: ("document-not-found", "There is no such document, or it was deleted."),
    ApplicationUnknown: ("application-unknown", None),
    CursorInvalid: ("cursor-invalid", None),
    JobNotFailed: ("job-not-failed", None),
    ArtifactMissing: ("artifact-missing", None),
    IdempotencyConflict: ("idempotency-key-reused", None),
    IdempotencyInProgress: ("idempotency-in-progress", None),
    AnswerNotKept: ("answer-not-kept", None),
    DocumentInUse: ("document-in-use", None),
    DocumentGone: ("document-gone", "The document's file is no longer kept; send it again."),
    StoreBusy: ("store-busy", None),
    StoreFull: ("store-full", None),
    QuotaExceeded: ("storage-quota", None),
    PageUnavailable: ("page-unavailable", None),
    ReaderBusy: ("reader-busy", None),
    BodyTooLarge: ("body-too-large", None),
    BodyTooSlow: ("body-too-slow", "The body of the request did not come in time; send it again."),
}
"""The kind of each expected error, and a sentence where its own is not for strangers. A class
stands before those that it derives from."""
UNEXPECTED = ("internal-error", "Something went wrong here. The server's log says more.")


def problem_of(error: Exception) -> Refused:
    """The problem that an error means to a client; an unexpected one says nothing of itself."""
    cause = error.__cause__
    if isinstance(cause, BodyTooLarge | BodyTooSlow):
        error = cause  # the framework says only that it could not read a form
    if isinstance(cause, OSError) and is_disk_full(cause):
        error = StoreFull(NO_ROOM)
    if isinstance(error, Refused):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, DocumentError):
        return Refused(kind_of(error.problem).name, error.detail)
    found = [said for cause, said in CAUSES.items() if isinstance(error, cause)]
    kind, sentence = found[0] if found else UNEXPECTED
    return Refused(kind, sentence or str(error))


def job_problem(job: Job) -> Refused:
    """Why a job has no result: it has not ended, or it ended otherwise."""
    more: dict[str, Any] = {"jobId": job.id, "jobStatus": job.status.value}
    stage = job.failed_segment or (job.current.name if job.current else None)
    if stage is not None:
        more["processingStage"] = stage
    if not job.status.is_terminal:
        return Refused(
            "result-not-ready",
            "The job has not ended; ask again, or follow its events.",
            headers={"Retry-After": str(RETRY_SECONDS)},
            more=more | {"retryable": True, "retryAfter": RETRY_SECONDS},
        )
    if job.status is JobStatus.CANCELLED:
        return Refused(
            "job-cancelled",
            "The job was cancelled and has no result. Submit the documents again if need be.",
            more=more | {"retryable": False},
        )
    kind = kind_of(job.problem or "")
    return Refused(
        kind.name,
        job.detail or "The job failed.",
        more=more | {"status": 409, "retryable": job.dead_letter},
    )


def _invalid(error: RequestValidationError) -> Refused:
    found = [_field_error(one) for one in error.errors()]
    return Refused(
        "request-invalid",
        "; ".join(f"{one.pointer}: {one.detail}" for one in found[:3]) or "It cannot be read.",
        errors=found[:50],
    )


def _field_error(error: Mapping[str, Any]) -> FieldError:
    """The pointer begins with where the value stood: body, query, path or header."""
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in error["loc"]]
    return FieldError("/" + "/".join(steps), str(error["msg"]))


def _http(error: HTTPException) -> Refused:
    names = {401: "token-needed", 404: "not-found", 405: "method-not-allowed", 400: "bad-request"}
    kind = names.get(error.status_code, "bad-request")
    detail = str(error.detail)
    if kind == "not-found":
        detail = "There is nothing at this address."
    elif kind == "method-not-allowed":
        detail = "This address does not take that method."
    return Refused(kind, detail, headers=error.headers)


__all__ = [
    "KINDS",
    "BodyTooLarge",
    "BodyTooSlow",
    "FieldError",
    "Kind",
    "Refused",
    "job_problem",
    "problem_of",
]
