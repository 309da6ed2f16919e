"""The lines of an invented statement, and what is true about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

Column = tuple[int, ...]
"""One number a column, in the unit of print without its decimals."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a column is about: a date, or a span with both days included."""

    end: dt.date
    start: dt.date | None = None

    @property
    def months(self) -> int:
        return 0 if self.start is None else round((self.end - self.start).days / 30.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A printed line. ``cells`` are as printed; ``flip`` turns print into the sign of the concept.

    ``also`` is a second
    concept that the line states. ``unit`` is amount, shares, per_share or none (a heading has no cells). ``note`` is the number in
    the column of notes.
    """

    label: str
    cells: tuple[int | Decimal | None, ...] = ()
    concept: str | None = None
    also: str | None = None
    flip: int = 1
    unit: str = "amount"
    indent: int = 0
    total: bool = False
    last: bool = False
    dollar: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A statement before it is drawn."""

    kind: str
    moments: tuple[Moment, ...]
    lines: tuple[Line, ...]
    split_at: int | None = None


@dataclass(frozen=True, slots=True)
class TrueFact:
    """What a reader of the report must find; ``value`` is absolute, its sign by convention."""

    concept: str
    moment: Moment
    value: Decimal
    page: int
    consolidated: bool = True
    restated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is true about a report. ``absent`` names concepts that it does not contain."""

    facts: tuple[TrueFact, ...]
    absent: frozenset[str] = frozenset()
    traps: frozenset[str] = frozenset()


def heading(label: str, indent: int = 0) -> Line:
    return Line(label=label, indent=indent, unit="none")


def add(*columns: Column) -> Column:
    return tuple(sum(parts) for parts in zip(*columns, strict=True))


def minus(column: Column) -> Column:
    return tuple(-value for value in column)


def item(label: str, cells: Column, concept: str | None = None, *, flip: int = 1) -> Line:
    return Line(label=label, cells=cells, concept=concept, flip=flip, indent=1)


def total(label: str, cells: Column, concept: str | None = None, *, flip: int = 1) -> Line:
    return Line(label=label, cells=cells, concept=concept, flip=flip, total=True)


def final(label: str, cells: Column, concept: str | None = None) -> Line:
    return Line(label=label, cells=cells, concept=concept, total=True, last=True, dollar=True)


def with_notes(lines: Sequence[Line], rng: Random) -> tuple[Line, ...]:
    """Gives some lines the number of a note, now and then several."""
    numbered = []
    for line in lines:
        note = ""
        if line.cells and not line.total and rng.random() < 0.6:
            note = str(rng.randint(2, 31))
            if rng.random() < 0.2:
                note += f", {rng.randint(2, 9)}, {rng.randint(10, 31)}"
        numbered.append(replace(line, note=note))
    return tuple(numbered)


def concepts_of(contents: Iterable[Content]) -> frozenset[str]:
    return frozenset(line.concept for one in contents for line in one.lines if line.concept)
