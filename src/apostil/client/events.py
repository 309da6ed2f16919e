"""The events of a job, each kind a class. One of a kind that is not known here is a plain Event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from apostil.client.errors import UnexpectedAnswer


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact about a job. ``seq`` counts from 1 without gaps, and is 0 for what is no part of the
    log: ``reset`` and ``job_deleted``. ``members`` is all that was sent."""

    type: str
    seq: int = 0
    job: str = ""
    at: datetime | None = None
    members: Mapping[str, Any] = {}

    @property
    def is_terminal(self) -> bool:
        """Whether the job has ended with it; a failed one may be retried and go on."""
        return self.type in {"job_succeeded", "job_failed", "job_cancelled", "job_deleted"}


class Reset(Event, frozen=True, kw_only=True):
    """The server's numbers begin anew (another database, or one that was restored): what was told
    before does not count, and everything follows from number 1."""

    epoch: str = ""


class JobSubmitted(Event, frozen=True, kw_only=True):
    application: str = ""
    segments: tuple[str, ...] = ()


class SegmentStarted(Event, frozen=True, kw_only=True):
    """``number`` counts the attempts of the segment from 1."""

    segment: str = ""
    title: str = ""
    number: int = 1


class SegmentProgressed(Event, frozen=True, kw_only=True):
    segment: str = ""
    done: int = 0
    total: int = 0
    message: str = ""


class SegmentFinished(Event, frozen=True, kw_only=True):
    """``artifact`` is the SHA-256 of what the segment made."""

    segment: str = ""
    artifact: str = ""


class SegmentReused(Event, frozen=True, kw_only=True):
    """What the segment would make was there already."""

    segment: str = ""
    artifact: str = ""


class AttemptFailed(Event, frozen=True, kw_only=True):
    """``retry_at`` is when it is tried again; None when the job fails with this attempt."""

    segment: str = ""
    outcome: str = ""
    problem: str = ""
    detail: str = ""
    retry_at: datetime | float | None = None


class JobFailed(Event, frozen=True, kw_only=True):
    segment: str = ""
    problem: str = ""
    detail: str = ""
    dead_letter: bool = False


_CLASSES: Mapping[str, type[Event]] = {
    "reset": Reset,
    "job_submitted": JobSubmitted,
    "segment_started": SegmentStarted,
    "segment_progressed": SegmentProgressed,
    "segment_finished": SegmentFinished,
    "segment_reused": SegmentReused,
    "attempt_failed": AttemptFailed,
    "job_failed": JobFailed,
}


def event_of(members: Mapping[str, Any]) -> Event:
    """The event with these members. UnexpectedAnswer."""
    shape = _CLASSES.get(str(members.get("type")), Event)
    try:
        return msgspec.convert({**members, "members": members}, shape)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswer(f"The server sent an event that cannot be read: {error}.") from error


def read_event(data: str) -> Event:
    """The event in the data of a message. UnexpectedAnswer."""
    try:
        members = msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(f"The server sent an event that cannot be read: {error}.") from error
    return event_of(members)
