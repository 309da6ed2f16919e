"""Pages of what is in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from apostil.adapters.cursor import Place, decode_place, encode_place

T = TypeVar("T")
Position = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Some of a list, newest first, and the cursors of its neighbours where there are any."""

    items: tuple[T, ...]
    next: str | None
    previous: str | None


def page(
    items: Iterable[T], position: Callable[[T], Position], *, limit: int, cursor: str | None
) -> Slice[T]:
    """One page of the items, which come in any order. CursorInvalid."""
    ordered = sorted(items, key=position, reverse=True)
    first = 0
    if cursor is not None:
        place = decode_place(cursor)
        here = (place.at, str(place.id))
        if place.side == "older":
            first = sum(position(item) >= here for item in ordered)
        else:
            newer = sum(position(item) > here for item in ordered)
            first, limit = max(0, newer - limit), min(limit, newer)
    found = ordered[first : first + limit]
    if not found:
        return Slice((), None, None)
    return Slice(
        tuple(found),
        next=_older(position(found[-1])) if first + limit < len(ordered) else None,
        previous=_newer(position(found[0])) if first > 0 else None,
    )


def _older(position: Position) -> str:
    return encode_place(Place("older", position[0], uuid.UUID(position[1])))


def _newer(position: Position) -> str:
    return encode_place(Place("newer", position[0], uuid.UUID(position[1])))
