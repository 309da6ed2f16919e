"""From the pieces of a header to the period of its column, or to none when they are not certain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from apostil.applications.financial.rules.dates import clamped, months_before
from apostil.applications.financial.rules.periods import (
    YEAR,
    Calendar,
    Length,
    Pieces,
    make_period,
    span_period,
)
from apostil.applications.financial.statement import Period, PeriodKind

#: A fiscal year may be named by the year in which it begins when it ends this early in the next.
_LAST_MONTH_OF_EARLY_ENDS = 3
_MONTHS_OF_A_YEAR = 12


def resolve(kind: PeriodKind, levels: Iterable[Pieces], known: Calendar) -> Period | None:
    """The period of a column from its header, the nearest level first.

    Levels are the column's own words, the words over several columns, the words left of the
    header, the statement's title. None when the levels do not name exactly one period.
    """
    stack = [level for level in levels if not level.is_empty()]
    label = " ".join(level.text for level in reversed(stack[:2]))
    if stack and stack[0].is_span and kind is PeriodKind.DURATION:
        return span_period(stack[0], label)
    end = _end(stack, known)
    if end is None:
        return None
    if kind is PeriodKind.INSTANT:
        return make_period(kind, end, None, label)
    lengths = next((level.lengths for level in stack if level.lengths), (known.default,))
    return make_period(kind, end, lengths[0] if len(lengths) == 1 else None, label)


def _end(stack: Sequence[Pieces], known: Calendar) -> dt.date | None:
    for depth, level in enumerate(stack):
        ends = level.ends()
        if len(ends) == 1 and not level.years:
            return ends[0]
        years = level.all_years()
        if len(years) == 1:
            return _end_in_year(years[0], [*stack[depth:], *stack], known)
        if years:
            return None
    return None


def _end_in_year(year: int, levels: Sequence[Pieces], known: Calendar) -> dt.date | None:
    """The end of the year so labelled: a date of the header, or the end of the fiscal year."""
    marks = {month for level in levels for month in level.marks}
    if marks:
        return _mark_end(year, marks, known)
    for level in levels:
        found = _dated(year, level, known)
        if found is not None:
            return found
        if level.dates:
            return None
    if known.fiscal_end is None or not _is_year(levels):
        return None
    return _fiscal_end(year, known.fiscal_end, known)


def _dated(year: int, level: Pieces, known: Calendar) -> dt.date | None:
    """The date that a level gives to a column labelled with a year.

    A line that lists one date for each column gives them in the order of the years: the column
    "2022" below "January 1, 2023 and January 2, 2022" ends in January 2023.
    """
    ends = sorted(level.ends())
    if len(ends) > 1 and len(ends) == len(known.labels) and year in known.labels:
        return ends[sorted(known.labels).index(year)]
    same = [end for end in ends if end.year == year]
    if len(same) == 1:
        return same[0] if len(ends) == 1 or not _is_early(same[0]) else None
    days = {(date.month, date.day) for date in level.dates}
    if len(days) != 1:
        return None
    month, day = days.pop()
    if year in known.labels and set(known.labels) <= set(level.all_years()):
        return known.in_year(year, month, day)  # "March 31, 2018 and 2019"
    offset = _offset(ends[0], known) if len(ends) == 1 and year in known.labels else 0
    return None if offset is None else known.in_year(year + offset, month, day)


def _is_early(end: dt.date) -> bool:
    return end.month <= _LAST_MONTH_OF_EARLY_ENDS


def _offset(end: dt.date, known: Calendar) -> int | None:
    """How many years after its label a fiscal year ends: the newest label is that of the report.

    None when it ends early in a year and the labels do not show which year names it.
    """
    years = end.year - max(known.labels, default=end.year)
    if not _is_early(end):
        return 0
    return years if years in (0, 1) else None


def _fiscal_end(year: int, fiscal_end: dt.date, known: Calendar) -> dt.date | None:
    offset = _offset(fiscal_end, known)
    if offset is None:
        return None
    return known.in_year(year + offset, fiscal_end.month, fiscal_end.day)


def _is_year(levels: Sequence[Pieces]) -> bool:
    lengths: tuple[Length, ...] = next((level.lengths for level in levels if level.lengths), ())
    return not lengths or lengths == (YEAR,) or lengths[0].weeks in (52, 53)


def _mark_end(year: int, marks: set[int], known: Calendar) -> dt.date | None:
    """The end of a quarter or a half of the fiscal year so labelled."""
    if len(marks) != 1 or known.fiscal_end is None:
        return None
    anchor = clamped(year, known.fiscal_end.month, known.fiscal_end.day)
    end = months_before(anchor, _MONTHS_OF_A_YEAR - marks.pop())
    return known.in_year(end.year, end.month, end.day)
