"""A financial statement as printed: columns with their periods, rows with their cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apostil.evidence import Citation


class StatementKind(StrEnum):
    INCOME = "IS"
    BALANCE = "BS"
    CASH_FLOW = "CF"


class PeriodKind(StrEnum):
    INSTANT = "instant"
    DURATION = "duration"


class Bucket(StrEnum):
    """Length of a duration in days: Q 70-120, H 140-229, 9M 230-329, FY 330-420, else other."""

    QUARTER = "Q"
    HALF = "H"
    NINE_MONTHS = "9M"
    YEAR = "FY"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A date, or a span of time with both ends included. ``label`` is as printed."""

    kind: PeriodKind
    end: dt.date
    start: dt.date | None = None
    label: str
    bucket: Bucket | None = None


class ColumnKind(StrEnum):
    """Only AMOUNT columns make facts; the others are kept for checks and for reading."""

    AMOUNT = "amount"
    CHANGE = "change"
    PERCENT = "percent"
    NOTE = "note"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of cells. ``x1`` is its right edge on the first page, in points.

    ``period`` is None when the header could not be read with certainty: no facts then.
    ``header`` cites the words that give the period.
    """

    index: int
    kind: ColumnKind
    x1: float
    period: Period | None = None
    header: Citation | None = None
    currency: str | None = None
    consolidated: bool = True
    restated: bool = False
    audited: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A cell in a column. ``value`` is the printed number with its printed sign: a dash is 0; None
    for text such as "n/m". ``is_percent`` when a percent sign belongs to it."""

    column: int
    raw: str
    value: Decimal | None
    citation: Citation
    is_percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a statement; a heading has no amounts, a derived total may have no label.

    ``section`` is the path of headings above it, outermost first. ``indent`` is the left edge of
    the label in points. ``label_citation`` is None only when the label is empty.
    """

    index: int
    page: int
    label: str
    label_citation: Citation | None
    indent: float
    section: tuple[str, ...]
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Factors for the three classes of row; None when the document does not say.

    "in millions, except share amounts in thousands and per share amounts" gives 1000000, 1000, 1.
    ``per_share`` is 0.01 where shares are quoted in pence or cents.
    """

    amounts: int | None = None
    shares: int | None = None
    per_share: Decimal = Decimal(1)
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement over one or more pages. ``confidence`` is that of having found the right one."""

    kind: StatementKind
    title: str
    title_citation: Citation
    pages: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: Scale
    currency: str | None = None
    consolidated: bool = True
    confidence: float = 1.0
