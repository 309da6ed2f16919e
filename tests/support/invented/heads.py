"""The words above the columns: dates and spans in the forms that reports use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from invented.layout import Layout
from invented.lines import Moment
from invented.style import HeadWord

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_COUNTS = {3: "Three", 6: "Six", 9: "Nine", 12: "Twelve"}
_WEEKS = {3: 13, 6: 26, 9: 39, 12: 52}

Rows = list[tuple[HeadWord, ...]]


def american(day: dt.date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def british(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def german(day: dt.date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year}"


def _month_day(day: dt.date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day},"


def _plain(rows: Rows) -> Rows:
    """The words without the commas behind days."""
    return [
        tuple(replace(word, text=word.text.replace(",", "")) for word in words) for words in rows
    ]


def heads(layout: Layout, kind: str, moments: Sequence[Moment], *, first: int) -> Rows:
    """The rows of words above the amount columns; column ``first`` is the first of them."""
    rows = _heads(layout, kind, moments, first=first)
    return rows if layout.commas else _plain(rows)


def _heads(layout: Layout, kind: str, moments: Sequence[Moment], *, first: int) -> Rows:
    if kind == "BS":
        return _of_dates(layout, moments, first)
    if layout.header.startswith("eu"):
        return _european(layout, moments, first)
    if layout.header == "plain" and len({moment.months for moment in moments}) == 1:
        return [_each([str(moment.end.year) for moment in moments], first)]
    return _of_spans(layout, moments, first)


def _each(words: Sequence[str], first: int) -> tuple[HeadWord, ...]:
    return tuple(
        HeadWord(text=word, first=first + n, last=first + n) for n, word in enumerate(words)
    )


def _spanning(keys: Sequence[str], first: int) -> tuple[HeadWord, ...]:
    """One word for each run of equal keys, over all its columns."""
    words = []
    at = first
    for text, run in groupby(keys):
        length = len(list(run))
        words.append(HeadWord(text=text, first=at, last=at + length - 1))
        at += length
    return tuple(words)


def _of_dates(layout: Layout, moments: Sequence[Moment], first: int) -> Rows:
    days = [moment.end for moment in moments]
    same = len({(day.month, day.day) for day in days}) == 1
    years = _each([str(day.year) for day in days], first)
    if layout.header.startswith("eu"):
        return _european_dates(layout, days, first, same=same)
    if layout.header == "plain" and same:
        return [years]
    if layout.header == "span" and same:
        return [_spanning([f"As of {_month_day(days[0])}"] * len(days), first), years]
    if layout.header == "full":
        return [_each([american(day) for day in days], first)]
    return [_each([_month_day(day) for day in days], first), years]


def _european_dates(layout: Layout, days: Sequence[dt.date], first: int, *, same: bool) -> Rows:
    years = _each([str(day.year) for day in days], first)
    if layout.header == "eu-dots":
        return [_each([german(day) for day in days], first)]
    if layout.header == "eu-year" and same:
        return [years]
    return [_each([british(day).rsplit(" ", 1)[0] for day in days], first), years]


def span_words(layout: Layout, moment: Moment) -> str:
    """ "Year Ended", "Three Months Ended" or "13 Weeks Ended"."""
    if layout.header == "weeks":
        return f"{_WEEKS[moment.months]} Weeks Ended"
    if moment.months == 12:
        return "Fiscal Year Ended" if layout.header == "fiscal" else "Year Ended"
    return f"{_COUNTS[moment.months]} Months Ended"


def _of_spans(layout: Layout, moments: Sequence[Moment], first: int) -> Rows:
    spans = [span_words(layout, moment) for moment in moments]
    years = [str(moment.end.year) for moment in moments]
    days = [_month_day(moment.end) for moment in moments]
    if layout.header == "own":
        return [_each(spans, first), _each(days, first), _each(years, first)]
    if layout.header in {"full", "weeks", "fiscal"}:
        return [
            _spanning(spans, first),
            _each(days, first),
            _each(years, first),
        ]
    joined = [f"{span} {day}" for span, day in zip(spans, days, strict=True)]
    return [_spanning(joined, first), _each(years, first)]


def _european(layout: Layout, moments: Sequence[Moment], first: int) -> Rows:
    days = [moment.end for moment in moments]
    if len({moment.months for moment in moments}) > 1:
        words = ["Six months" if moment.months == 6 else "Year" for moment in moments]
        return [
            _each(words, first),
            _each([f"ended {british(day).rsplit(' ', 1)[0]}" for day in days], first),
            _each([str(day.year) for day in days], first),
        ]
    if layout.header == "eu-year":
        return [_each([str(day.year) for day in days], first)]
    if layout.header == "eu-dots":
        if moments[0].months == 6 and days[0].month == 6:
            return [_each([f"H1 {day.year}" for day in days], first)]
        if moments[0].months == 12:
            return [_each([str(day.year) for day in days], first)]
    word = "Six months" if moments[0].months == 6 else "Year"
    return [
        _each([f"{word} ended" for _ in days], first),
        _each([british(day).rsplit(" ", 1)[0] for day in days], first),
        _each([str(day.year) for day in days], first),
    ]


def subtitle(layout: Layout, kind: str, moments: Sequence[Moment]) -> str:
    """The line under a title that says for which periods it is; empty where columns say it."""
    days = [moment.end for moment in moments]
    years = [str(day.year) for day in sorted(days, reverse=layout.newest_first)]
    listed = " and ".join(part for part in (", ".join(years[:-1]), years[-1]) if part)
    if layout.header.startswith("eu"):
        latest = max(days)
        if kind == "BS":
            return f"at {british(latest)}" if layout.header == "eu-year" else ""
        months = min(moment.months for moment in moments)
        word = "year" if months == 12 else "six months"
        return f"for the {word} ended {british(latest)}"
    if layout.header == "plain" and len({(day.month, day.day) for day in days}) == 1:
        if kind == "BS":
            return f"{_month_day(days[0])} {listed}"
        if len({moment.months for moment in moments}) == 1 and moments[0].months == 12:
            return f"For the Years Ended {_month_day(days[0])} {listed}"
        if len({moment.months for moment in moments}) == 1:
            count = _COUNTS[moments[0].months]
            return f"For the {count} Months Ended {_month_day(days[0])} {listed}"
    return ""
