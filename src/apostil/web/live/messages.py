"""What followers of a job are sent, encoded once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from apostil.engine import TERMINAL_EVENTS, Recorded, utc_text

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: JSON as ``data`` and ``text``, and ``frame`` for a stream of server-sent events.
    ``seq`` is the event's number; 0 for what is no event of the log."""

    seq: int
    data: bytes
    text: str
    frame: bytes
    is_terminal: bool = False


def of_event(recorded: Recorded) -> Message:
    """An event of the log."""
    facts = recorded.to_dict() | {"at": utc_text(recorded.at)}
    retry_at = facts.get("retry_at")
    if isinstance(retry_at, float):
        facts["retry_at"] = utc_text(retry_at)
    return _message(facts, is_terminal=isinstance(recorded.event, TERMINAL_EVENTS))


def reset(job_id: str, epoch: str) -> Message:
    """The numbers that the client holds mean nothing here; all events follow, from the first."""
    return _message({"type": "reset", "job": job_id, "epoch": epoch})


def deleted(job_id: str) -> Message:
    """The job is gone, and its log with it; nothing follows."""
    return _message({"type": "job_deleted", "job": job_id})


def _message(facts: dict[str, Any], *, is_terminal: bool = False) -> Message:
    data = _ENCODER.encode(facts)
    seq = facts.get("seq", 0)
    number = f"id: {seq}\n" if seq else ""
    frame = f"{number}event: {facts['type']}\ndata: ".encode() + data + b"\n\n"
    return Message(seq=seq, data=data, text=data.decode(), frame=frame, is_terminal=is_terminal)
