"""The grammar of column headers: which date, or which span of time, a column is for.

A header is read in pieces, because its words stand on several lines and some of them over several
columns: a length ("Three Months Ended"), a day and month ("June 30,"), a year, a quarter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from apostil.applications.financial.rules.dates import (
    PrintedDate,
    clamped,
    find_dates,
    find_years,
    is_month_end,
    months_before,
)
from apostil.applications.financial.statement import Bucket, Period, PeriodKind

_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "sixteen": 16, "seventeen": 17, "twenty-four": 24, "twenty-six": 26, "twenty-seven": 27,
    "thirty-six": 36, "thirty-nine": 39, "forty": 40, "fifty-two": 52, "fifty-three": 53,
}  # fmt: skip
_COUNT = rf"\d{{1,2}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))}"
_COUNTED = re.compile(
    rf"(?<![\w-])(?P<count>{_COUNT})(?:\s*\(\d+\))?[\s-]*(?P<unit>month|week)s?\b", re.IGNORECASE
)
_PAIR = re.compile(
    rf"(?<![\w-])(?P<first>{_COUNT})\s*(?:and|&|/|,)\s*(?P<second>{_COUNT})[\s-]*(?P<unit>month|week)s?\b",
    re.IGNORECASE,
)
_SHORT_MONTHS = re.compile(r"(?<![\w.])(?P<count>3|6|9|12)M[\s-]*'?(?P<year>20\d\d|\d\d)(?!\d)")
_NUMBERED_HALF = re.compile(
    r"\b(?:H|HY)(?P<first>[12])[\s-]*(?:FY\s*)?'?(?P<year1>20\d\d|\d\d)?(?!\d)"
    r"|(?<![\d.])(?P<second>[12])H[\s-]*(?:FY\s*)?'?(?P<year2>20\d\d|\d\d)?(?!\d)"
)
_HALF = re.compile(r"\bhalf[\s-]?years?\b|\bhalf\b(?=.*\bended\b)|\bsemi-?annual\b", re.IGNORECASE)
_QUARTER = re.compile(r"\bquarters?\b(?!\s*to)|\bquarterly\b", re.IGNORECASE)
_YEAR = re.compile(
    r"\byears?\b(?!\s*-?\s*to\s*-?\s*date)|\bannual\b|\bfiscal\b|\bFY\s*'?\d", re.IGNORECASE
)
_NUMBERED_QUARTER = re.compile(
    r"\bQ(?P<first>[1-4])[\s-]*(?:FY\s*)?'?(?P<year1>20\d\d|\d\d)?(?!\d)"
    r"|(?<!\d)(?P<second>[1-4])Q[\s-]*(?:FY\s*)?'?(?P<year2>20\d\d|\d\d)?(?!\d)",
    re.IGNORECASE,
)
_NAMED_QUARTER = re.compile(
    r"\b(first|second|third|fourth)[\s-]+(?:fiscal\s+)?quarter", re.IGNORECASE
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_FISCAL_YEAR = re.compile(r"\b(?:FY|F)\s*'?\s*(?P<year>20\d\d|\d\d)(?!\d)", re.IGNORECASE)
_FROM_TO = re.compile(r"\b(?:to|through|until)\b|[\u2013\u2014-]")

#: Days of the shortest and the longest period of a bucket.
_BUCKETS = (
    (70, 120, Bucket.QUARTER),
    (140, 229, Bucket.HALF),
    (230, 329, Bucket.NINE_MONTHS),
    (330, 420, Bucket.YEAR),
)
_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Length:
    """How long a period lasts: so many months, or so many weeks of seven days."""

    months: int = 0
    weeks: int = 0

    def start(self, end: dt.date) -> dt.date:
        """The first day of the period that ends on this day."""
        if self.weeks:
            return end - dt.timedelta(days=self.weeks * _DAYS_OF_A_WEEK - 1)
        return months_before(end, self.months) + dt.timedelta(days=1)


YEAR = Length(months=12)
HALF = Length(months=6)
QUARTER = Length(months=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What one run of header words says; more than one of a kind means that it is for several
    columns or that it is no header.

    ``marks`` are the months of the fiscal year after which the period ends: 6 for "Q2", "H1", "6M".
    """

    text: str = ""
    lengths: tuple[Length, ...] = ()
    dates: tuple[PrintedDate, ...] = ()
    years: tuple[int, ...] = ()
    fiscal_years: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    is_span: bool = False

    def ends(self) -> tuple[dt.date, ...]:
        """Complete dates, each once."""
        complete = (date.complete() for date in self.dates)
        return tuple(dict.fromkeys(date for date in complete if date is not None))

    def all_years(self) -> tuple[int, ...]:
        """Every year named, within a date or alone, each once."""
        dated = (date.year for date in self.dates if date.year is not None)
        return tuple(dict.fromkeys((*dated, *self.years, *self.fiscal_years)))

    def is_empty(self) -> bool:
        return not (self.lengths or self.dates or self.all_years() or self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the rest of the document says about time.

    ``fiscal_end`` is the last day of the fiscal year, ``dates`` counts the complete dates printed
    in the document, ``default`` is the length of a period when no header names one. ``labels`` are
    the years that head the columns of the statement at hand.
    """

    fiscal_end: dt.date | None = None
    labels: tuple[int, ...] = ()
    dates: Mapping[dt.date, int] = field(default_factory=dict)
    default: Length | None = None

    def in_year(self, year: int, month: int, day: int) -> dt.date:
        """The day of that year on which the period ends that ended on month and day before.

        Years of 52 or 53 weeks end on another day each year, always on the same day of the week:
        the document's own dates decide, and without one the nearest day of that name.
        """
        wanted = clamped(year, month, day)
        if is_month_end(wanted) or wanted in self.dates:
            return wanted
        near = [date for date in self.dates if abs((date - wanted).days) < _DAYS_OF_A_WEEK]
        return max(near, key=lambda date: self.dates[date], default=wanted)


def read_pieces(text: str) -> Pieces:
    """The parts of a period that a run of header words names."""
    dates = find_dates(text)
    marks, mark_years, _ = _marks(text)
    fiscal = tuple(_full_year(match["year"]) for match in _FISCAL_YEAR.finditer(text))
    return Pieces(
        text=text,
        lengths=_lengths(text),
        dates=dates,
        years=find_years(text),
        fiscal_years=tuple(dict.fromkeys((*fiscal, *mark_years))),
        marks=marks,
        is_span=_is_span(text, dates),
    )


def _lengths(text: str) -> tuple[Length, ...]:
    found = [
        _unit_length(match["unit"], _count(match[place]))
        for match in _PAIR.finditer(text)
        for place in ("first", "second")
    ]
    found += [
        _unit_length(match["unit"], count)
        for match in _COUNTED.finditer(text)
        if (count := _count(match["count"]))
    ]
    found += _marks(text)[2]
    if not found and _HALF.search(text):
        found.append(HALF)
    if not found and _QUARTER.search(text):
        found.append(QUARTER)
    if not found and _YEAR.search(text):
        found.append(YEAR)
    return tuple(dict.fromkeys(found))


def _unit_length(unit: str, count: int) -> Length:
    return Length(months=count) if unit.lower() == "month" else Length(weeks=count)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word.lower()]


def _marks(text: str) -> tuple[tuple[int, ...], tuple[int, ...], list[Length]]:
    """Short names of parts of a year: the month of the fiscal year in which they end, the years
    named with them, and their lengths."""
    months: list[int] = []
    years: list[int] = []
    lengths: list[Length] = []
    for pattern, span in ((_NUMBERED_QUARTER, QUARTER), (_NUMBERED_HALF, HALF)):
        for match in pattern.finditer(text):
            months.append(int(match["first"] or match["second"]) * span.months)
            lengths.append(span)
            if year := match["year1"] or match["year2"]:
                years.append(_full_year(year))
    for match in _SHORT_MONTHS.finditer(text):
        months.append(int(match["count"]))
        lengths.append(Length(months=int(match["count"])))
        years.append(_full_year(match["year"]))
    for name in _NAMED_QUARTER.findall(text):
        months.append(_ORDINALS[name.lower()] * QUARTER.months)
        lengths.append(QUARTER)
    return tuple(dict.fromkeys(months)), tuple(dict.fromkeys(years)), lengths


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _is_span(text: str, dates: tuple[PrintedDate, ...]) -> bool:
    """Whether two dates are the first and the last day of one period."""
    if len(dates) != 2:
        return False
    between = text[dates[0].span[1] : dates[1].span[0]].strip(" ),")
    return _FROM_TO.fullmatch(between) is not None


def bucket_of(start: dt.date, end: dt.date) -> Bucket:
    days = (end - start).days + 1
    for low, high, bucket in _BUCKETS:
        if low <= days <= high:
            return bucket
    return Bucket.OTHER


def make_period(kind: PeriodKind, end: dt.date, length: Length | None, label: str) -> Period | None:
    """A period from its parts; None for a span of time whose length nobody said."""
    if kind is PeriodKind.INSTANT:
        return Period(kind=kind, end=end, label=label)
    if length is None:
        return None
    start = length.start(end)
    return Period(kind=kind, start=start, end=end, label=label, bucket=bucket_of(start, end))


def span_period(pieces: Pieces, label: str) -> Period | None:
    """The period from one date to another: "1 January 2022 to 31 December 2022"."""
    first, last = pieces.dates
    end = last.complete()
    if end is None:
        return None
    same = (first.month, first.day) <= (end.month, end.day)
    start = clamped(first.year or (end.year if same else end.year - 1), first.month, first.day)
    return Period(
        kind=PeriodKind.DURATION, start=start, end=end, label=label, bucket=bucket_of(start, end)
    )
