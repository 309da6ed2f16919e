"""Calendar dates as reports print them, complete or without their year."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_MONTH}\s*{_DAY}(?!\d)\s*,?\s*(?:{_YEAR})?",
        rf"(?<![\d.,]){_DAY}\s*(?:of\s+)?{_MONTH}(?![a-z])\s*,?\s*(?:{_YEAR})?",
        r"(?<![\d./-])(?P<year>(?:19|20)\d\d)-(?P<nmonth>[01]\d)-(?P<day>[0-3]\d)(?!\d)",
        r"(?<![\d./-])(?P<day>[0-3]?\d)\.(?P<nmonth>[01]?\d)\.(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d./-])(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"\b{_MONTH}(?![a-z])\s*,?\s*{_YEAR}",
        rf"(?<![\d.,]){_DAY}-{_MONTH}-(?P<short>\d\d)(?!\d)",
        rf"\b{_MONTH}[-'\u2019](?P<short>\d\d)(?!\d)",
    )
)
_YEAR_ALONE = re.compile(r"(?<![\d.,/$£€-])((?:19|20)\d\d)(?![\d%]|[.,]\d)")
_YEAR_SPAN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[/\u2013-]\s*(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date; ``year`` is None where only day and month are printed. ``span`` is its place."""

    year: int | None
    month: int
    day: int
    span: tuple[int, int]

    def complete(self) -> dt.date | None:
        return None if self.year is None else dt.date(self.year, self.month, self.day)


def find_dates(text: str) -> tuple[PrintedDate, ...]:
    """The dates in a text in the order of their places, no two overlapping."""
    found: list[PrintedDate] = []
    for form in _FORMS:
        for match in form.finditer(text):
            span = match.span()
            if any(span[0] < other.span[1] and other.span[0] < span[1] for other in found):
                continue
            date = _printed(match)
            if date is not None:
                found.append(date)
    return tuple(sorted(found, key=lambda date: date.span))


def _printed(match: re.Match[str]) -> PrintedDate | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if parts.get("short"):
        year = 2000 + int(parts["short"])
    if parts.get("first"):
        month, day = _day_order(int(parts["first"]), int(parts["second"]))
    else:
        name, number = parts.get("month"), parts.get("nmonth")
        month = _MONTHS[name.lower()] if name else int(number or 0)
        day = int(parts["day"]) if parts.get("day") else month_end(year or 2000, month)
    if not 1 <= month <= 12 or not 1 <= day <= month_end(year or 2000, month):
        return None
    return PrintedDate(year, month, day, match.span())


def _day_order(first: int, second: int) -> tuple[int, int]:
    """Month and day of "12/31/2022" or "31/12/2022"; 0 when both readings are possible."""
    if second > 12 >= first:
        return first, second
    if first > 12 >= second:
        return second, first
    return (first, second) if first == second else (0, 0)


def find_years(text: str) -> tuple[int, ...]:
    """Years that stand alone, outside complete dates; "2021/22" is the year in which it ends."""
    rest = text
    for date in find_dates(text):
        start, end = date.span
        rest = rest[:start] + " " * (end - start) + rest[end:]
    spans = [int(first[:2] + second) for first, second in _YEAR_SPAN.findall(rest)]
    rest = _YEAR_SPAN.sub(" ", rest)
    return (*spans, *(int(year) for year in _YEAR_ALONE.findall(rest)))


def month_end(year: int, month: int) -> int:
    """The last day of a month."""
    return calendar.monthrange(year, month)[1]


def is_month_end(date: dt.date) -> bool:
    return date.day == month_end(date.year, date.month)


def months_before(date: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the end of a month stays the end of a month."""
    index = date.year * 12 + date.month - 1 - months
    year, month = divmod(index, 12)
    last = month_end(year, month + 1)
    day = last if is_month_end(date) else min(date.day, last)
    return dt.date(year, month + 1, day)


def clamped(year: int, month: int, day: int) -> dt.date:
    """The day of a month, or its last day where the month is shorter."""
    return dt.date(year, month, min(day, month_end(year, month)))
