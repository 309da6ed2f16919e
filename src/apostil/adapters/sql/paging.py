"""Lists that are read page by page, from the newest on, without counting what was passed.

A cursor names the row beside which the page lies and on which side, so that rows that come or go
meanwhile shift nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from apostil.adapters.cursor import OPPOSITE, Place, Side, decode_place, encode_place
from apostil.adapters.sql.rows import Row


@dataclass(frozen=True, slots=True)
class Order:
    """Newest first by ``at``; rows of one moment by ``id``."""

    at: sa.Column[float]
    id: sa.Column[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a page, newest first, and the cursors of its neighbours where there are any."""

    rows: list[Row]
    next: str | None
    previous: str | None


def read_page(
    connection: sa.Connection,
    select: sa.Select[Any],
    order: Order,
    *,
    limit: int,
    cursor: str | None,
) -> Rows:
    """One page of what ``select`` finds. CursorInvalid if no page gave the cursor."""
    place = None if cursor is None else decode_place(cursor)
    side = place.side if place else "older"
    found = _beside(connection, select, order, place, limit + 1)
    rows = found[:limit] if side == "older" else found[:limit][::-1]
    cursors: dict[Side, str | None] = {"older": None, "newer": None}
    if len(found) > limit:
        cursors[side] = encode_place(_place(rows, order, side))
    if place is not None and rows:
        back = _place(rows, order, OPPOSITE[side])
        if _beside(connection, select, order, back, 1):
            cursors[back.side] = encode_place(back)
    return Rows(rows, next=cursors["older"], previous=cursors["newer"])


def _beside(
    connection: sa.Connection,
    select: sa.Select[Any],
    order: Order,
    place: Place | None,
    limit: int,
) -> list[Row]:
    """Rows on one side of a place, the nearest first; without a place, from the newest on."""
    if place is None:
        ordered = select.order_by(order.at.desc(), order.id.desc())
    else:
        here = sa.tuple_(order.at, order.id)
        there = sa.tuple_(sa.literal(place.at, sa.Double), sa.literal(str(place.id)))
        if place.side == "older":
            ordered = select.where(here < there).order_by(order.at.desc(), order.id.desc())
        else:
            ordered = select.where(here > there).order_by(order.at, order.id)
    return list(connection.execute(ordered.limit(limit)).all())


def _place(rows: list[Row], order: Order, side: Side) -> Place:
    """The edge of a page on that side."""
    row = rows[-1] if side == "older" else rows[0]
    return Place(side, getattr(row, order.at.key), uuid.UUID(getattr(row, order.id.key)))
