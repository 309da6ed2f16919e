"""A place in a list that runs from the newest to the oldest, as clients carry it about."""

from __future__ import annotations

import uuid
from typing import Literal

import msgspec

from apostil.engine import CursorInvalid

Side = Literal["newer", "older"]
OPPOSITE: dict[Side, Side] = {"newer": "older", "older": "newer"}


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The rows on one side of the row of that time and id."""

    side: Side
    at: float
    id: uuid.UUID


def encode_place(place: Place) -> str:
    return msgspec.json.encode(place).hex()


def decode_place(cursor: str) -> Place:
    """CursorInvalid if it is none that ``encode_place`` has made."""
    try:
        return msgspec.json.decode(bytes.fromhex(cursor), type=Place)
    except (ValueError, msgspec.MsgspecError) as error:
        raise CursorInvalid from error
