"""Facts about a job, in the past tense: numbered, typed, stored with the change they tell of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from apostil.engine.states import Outcome


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """An event's ``type`` on the wire is its tag."""

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)


class JobSubmitted(_Event, frozen=True, kw_only=True, tag="job_submitted"):
    application: str
    segments: tuple[str, ...]


class JobStarted(_Event, frozen=True, kw_only=True, tag="job_started"):
    """The first segment of a job, or of its retry, was claimed or reused."""


class SegmentStarted(_Event, frozen=True, kw_only=True, tag="segment_started"):
    segment: str
    title: str
    attempt: str
    number: int
    """Counts the attempts of this segment from 1, over retries too."""


class SegmentProgressed(_Event, frozen=True, kw_only=True, tag="segment_progressed"):
    segment: str
    done: int
    total: int
    message: str


class SegmentFinished(_Event, frozen=True, kw_only=True, tag="segment_finished"):
    segment: str
    attempt: str
    artifact: str
    """Digest of the artifact's bytes."""


class SegmentReused(_Event, frozen=True, kw_only=True, tag="segment_reused"):
    """The artifact was there already, made from the same inputs by the same code."""

    segment: str
    artifact: str


class AttemptFailed(_Event, frozen=True, kw_only=True, tag="attempt_failed"):
    """``retry_at`` is in seconds since 1970 UTC; None when the job fails with this attempt."""

    segment: str
    attempt: str
    outcome: Outcome
    problem: str
    detail: str
    retry_at: float | None = None


class AttemptReleased(_Event, frozen=True, kw_only=True, tag="attempt_released"):
    """A worker that shut down gave its segment back."""

    segment: str
    attempt: str


class JobSucceeded(_Event, frozen=True, kw_only=True, tag="job_succeeded"):
    pass


class JobFailed(_Event, frozen=True, kw_only=True, tag="job_failed"):
    """``dead_letter``: the segment used up its attempts; otherwise trying again would not help."""

    segment: str
    problem: str
    detail: str
    dead_letter: bool


class JobCancelled(_Event, frozen=True, kw_only=True, tag="job_cancelled"):
    pass


class JobRetried(_Event, frozen=True, kw_only=True, tag="job_retried"):
    """The failed job is queued again and goes on from ``segment``."""

    segment: str


class JobRecovered(_Event, frozen=True, kw_only=True, tag="job_recovered"):
    """The job was found with nothing open, and goes on."""


Event: TypeAlias = (
    JobSubmitted
    | JobStarted
    | SegmentStarted
    | SegmentProgressed
    | SegmentFinished
    | SegmentReused
    | AttemptFailed
    | AttemptReleased
    | JobSucceeded
    | JobFailed
    | JobCancelled
    | JobRetried
    | JobRecovered
)

TERMINAL_EVENTS = (JobSucceeded, JobFailed, JobCancelled)

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_ENCODER = msgspec.json.Encoder()


def encode_event(event: Event) -> str:
    return _ENCODER.encode(event).decode()


def decode_event(data: str) -> Event:
    return _DECODER.decode(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in a job's log. ``seq`` counts from 1 without gaps; ``at`` is seconds since 1970."""

    seq: int
    job: str
    at: float
    event: Event

    def to_dict(self) -> dict[str, object]:
        """The flat shape that clients see: seq, type, job, at, and what the event itself says."""
        facts: dict[str, object] = msgspec.to_builtins(self.event)
        return {"seq": self.seq, "type": facts.pop("type"), "job": self.job, "at": self.at, **facts}
