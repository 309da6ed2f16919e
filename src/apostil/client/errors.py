"""What can go wrong between a program and a server: one tree, one class for one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

BLANK = "about:blank"
MOST_DETAIL = 2_000
NOT_READY = "/problems/result-not-ready"
IN_PROGRESS = "/problems/idempotency-in-progress"


class ApostilError(Exception):
    """Everything that the client raises of its own; the message says what can be done."""


class Unreachable(ApostilError):
    """No server answered, or the connection was lost again and again."""


class UnexpectedAnswer(ApostilError):
    """What answered is no Apostil server, or one that speaks otherwise than this client."""


class StillRunning(ApostilError, TimeoutError):
    """The job had not ended when the time for waiting was over. It goes on."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of a request; ``pointer`` is a JSON pointer."""

    pointer: str
    detail: str


class Problem(ApostilError):
    """The server refused, and said why (RFC 9457).

    ``type`` is stable and made for programs, such as ``/problems/empty-file``; ``detail`` is for
    people. ``members`` is the whole problem as it was sent. ``retry_after`` is in seconds.
    """

    def __init__(
        self, status: int, members: Mapping[str, Any], *, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.type = str(members.get("type") or BLANK)
        self.title = str(members.get("title") or f"Status {status}")
        self.detail = str(members.get("detail") or "")[:MOST_DETAIL]
        self.errors = tuple(_field_errors(members.get("errors")))
        self.members = dict(members)
        self.retry_after = retry_after
        super().__init__(self.detail or self.title)

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets it pass from one process to another."""
        return _problem, (type(self), self.status, self.members, self.retry_after)


class Denied(Problem):
    """The token is missing or wrong, or the server does not answer to this host name."""


class NotFound(Problem):
    """There is no such thing, or no longer, or it belongs to somebody else."""


class Conflict(Problem):
    """Not in this state: there is no result yet, nothing to retry, the document is in use."""


class JobFailed(Conflict):
    """The job ended without a result. ``job_status`` is ``failed`` or ``cancelled``; the ``type``
    and the ``detail`` are those of the job; ``segment`` is where it failed."""

    @property
    def job_status(self) -> str:
        return str(self.members.get("jobStatus") or "failed")

    @property
    def segment(self) -> str | None:
        stage = self.members.get("processingStage")
        return None if stage is None else str(stage)

    @property
    def is_retryable(self) -> bool:
        """Whether ``Client.retry`` may bring a result."""
        return bool(self.members.get("retryable"))


class Invalid(Problem):
    """The request or its document cannot be taken; ``errors`` names each fault."""


class RateLimited(Problem):
    """Too many requests; ``retry_after`` says how many seconds to wait."""


_CLASSES: Mapping[int, type[Problem]] = {
    400: Invalid,
    401: Denied,
    403: Denied,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: Invalid,
    415: Invalid,
    421: Denied,
    422: Invalid,
    429: RateLimited,
}


def problem_of(status: int, body: bytes, *, retry_after: float | None = None) -> Problem:
    """The error that an answer with this status means. A body that is no problem, as proxies send
    them, is left out."""
    try:
        members = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        members = {"detail": f"The server answered with status {status} and no reason."}
    found = _CLASSES.get(status, Problem)
    if found is Conflict and members.get("jobStatus") in {"failed", "cancelled"}:
        found = JobFailed
    return found(status, members, retry_after=retry_after)


def _problem(
    kind: type[Problem], status: int, members: Mapping[str, Any], after: float | None
) -> Problem:
    return kind(status, members, retry_after=after)


def _field_errors(sent: object) -> list[FieldError]:
    if not isinstance(sent, list):
        return []
    return [
        FieldError(str(one.get("pointer") or ""), str(one.get("detail") or ""))
        for one in sent
        if isinstance(one, dict)
    ]
