"""Frames between a supervisor and its executor: four bytes of length, then MessagePack.

MessagePack and not JSON because artifacts are bytes; like JSON it can carry only data.
"""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

import msgspec

HEADER = struct.Struct(">I")


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A document's file as the executor reads it."""

    sha256: str
    name: str
    media_type: str
    size: int
    path: str


class Run(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """Run one segment. An artifact without bytes is one that the executor still holds."""

    job: str
    work: str
    documents: tuple[Paper, ...] = ()
    parameters: dict[str, Any] = {}
    artifacts: dict[str, tuple[str, bytes | None]] = {}
    as_of: str | None = None
    password: str | None = None


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """The soft limit is reached: end the segment at the next chance."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process has loaded; sent once, before anything else."""


class Progressed(msgspec.Struct, frozen=True, tag="progressed"):
    done: int
    total: int
    message: str


class Made(msgspec.Struct, frozen=True, kw_only=True, tag="made"):
    """The artifact, its SHA-256, and (name, data) of each effect."""

    digest: str
    data: bytes
    effects: tuple[tuple[str, dict[str, Any]], ...] = ()


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The segment raised. ``log`` is the traceback, for the operator."""

    problem: str
    detail: str
    transient: bool = False
    stopped: bool = False
    log: str = ""


Order: TypeAlias = Run | Stop
Reply: TypeAlias = Ready | Progressed | Made | Refused

_ENCODER = msgspec.msgpack.Encoder()
_ORDERS: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Run | Stop)
_REPLIES: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(
    Ready | Progressed | Made | Refused
)


def encode_frame(message: Order | Reply) -> bytes:
    body = _ENCODER.encode(message)
    return HEADER.pack(len(body)) + body


def decode_order(body: bytes) -> Order:
    return _ORDERS.decode(body)


def decode_reply(body: bytes) -> Reply:
    return _REPLIES.decode(body)
