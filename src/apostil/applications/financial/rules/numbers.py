"""How amounts are printed in statements, and what they are worth.

A number in parentheses, with a leading or with a trailing minus is negative; a dash alone is zero;
"n/m" and the like stand for no value. Values are Decimal, as printed, without scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class NumberStyle(StrEnum):
    """Which mark divides units from decimals; the other one groups thousands."""

    POINT = "1,234.56"
    COMMA = "1.234,56"


@dataclass(frozen=True, slots=True)
class Reading:
    """A printed number: ``value`` is None for text that stands for no value ("n/m")."""

    value: Decimal | None
    is_percent: bool = False


_DASHES = r"\-" "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500"
_SPACES = " \u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f"
_APOSTROPHES = "'\u2019\u02bc"
_CURRENCY = (
    r"(?:US\$|A\$|C\$|CA\$|HK\$|NZ\$|S\$|R\$|NT\$|[$€£¥₹₩₽¢₵]|Rs\.?"
    r"|USD|EUR|GBP|CHF|AUD|CAD|JPY|INR|SEK|NOK|DKK|SGD|HKD|CNY|RMB)"
)
_POINT_NUMBER = (
    rf"(?:\d{{1,3}}(?:[,{_APOSTROPHES}{_SPACES}]\d{{3}})+|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+)(?:\.\d+)?"
    r"|\.\d+"
)
_COMMA_NUMBER = rf"(?:\d{{1,3}}(?:[.{_APOSTROPHES}{_SPACES}]\d{{3}})+|\d+)(?:,\d+)?"
_FOOTNOTE = r"(?:\s*(?:\*+|[†‡§]|\((?:[a-z]|\d)\)))?"

_NO_VALUE = re.compile(r"(?i)n\.?/?m\.?f?\.?|n\.?/?a\.?|not meaningful|\*+|nmf")
_DASH_ONLY = re.compile(rf"{_CURRENCY}?\s*\(?[{_DASHES}]{{1,3}}\)?\s*(%)?")
_NIL = re.compile(r"(?i)nil")


def _pattern(number: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<lead>[{_DASHES}+]?)\s*{_CURRENCY}?\s*(?P<open>[(\[]?)\s*(?P<inner>[{_DASHES}+]?)\s*"
        rf"{_CURRENCY}?\s*(?P<number>{number})\s*(?P<inner_percent>%?)\s*(?P<close>[)\]]?)\s*"
        rf"(?P<percent>%?)\s*(?P<trail>[{_DASHES}]?)\s*(?:{_CURRENCY})?"
    )


_PATTERNS = {
    NumberStyle.POINT: _pattern(_POINT_NUMBER),
    NumberStyle.COMMA: _pattern(_COMMA_NUMBER),
}
_TRAILING_FOOTNOTE = re.compile(rf"(?P<number>.*?\d\)?%?){_FOOTNOTE}")

#: A word that can be part of a printed amount but is none alone.
_PART = re.compile(rf"(?:{_CURRENCY}|[$(\[]+|[)\]%]+|{_CURRENCY}\s*[(\[]|[{_DASHES}])")
_NUMERIC_WORD = re.compile(rf"[\d.,{_APOSTROPHES}{_DASHES}+()\[\]%*†‡$€£¥₹₩₽¢₵]+")

_THOUSANDS = re.compile(rf"[({_DASHES}]*[1-9]\d{{0,2}}([.,])\d{{3}}\)?")
_LAST_GROUP = re.compile(r"\d([.,])(\d+)\)?%?$")


def read_number(text: str, style: NumberStyle = NumberStyle.POINT) -> Reading | None:
    """The value of a whole cell, or None when the text is not one printed number.

    A footnote mark after the number is dropped: "1,234(1)", "56*".
    """
    cell = text.strip()
    if _NO_VALUE.fullmatch(cell):
        return Reading(None)
    if dash := _DASH_ONLY.fullmatch(cell):
        return Reading(Decimal(0), is_percent=dash.group(1) is not None)
    if _NIL.fullmatch(cell):
        return Reading(Decimal(0))
    match = _PATTERNS[style].fullmatch(cell)
    if match is None:
        shorter = _TRAILING_FOOTNOTE.fullmatch(cell)
        match = _PATTERNS[style].fullmatch(shorter["number"]) if shorter else None
    return _reading(match, style) if match else None


def _reading(match: re.Match[str], style: NumberStyle) -> Reading | None:
    opened, closed = bool(match["open"]), bool(match["close"])
    if opened != closed:
        return None
    minus = [
        mark for mark in (match["lead"], match["inner"], match["trail"]) if mark and mark != "+"
    ]
    if len(minus) > 1:
        return None
    if match["number"].startswith("00"):
        return None  # "CHF 000" is a scale
    value = Decimal(_plain(match["number"], style))
    negative = opened or bool(minus)
    is_percent = bool(match["percent"] or match["inner_percent"])
    return Reading(-value if negative and value else value, is_percent=is_percent)


def _plain(number: str, style: NumberStyle) -> str:
    """The digits with a point before the decimals and no group marks."""
    group, decimal = (",", ".") if style is NumberStyle.POINT else (".", ",")
    kept = "".join(char for char in number if char.isdigit() or char == decimal)
    return kept.replace(group, "").replace(decimal, ".")


def is_numeric_word(word: str) -> bool:
    """Whether a word consists of nothing but digits, marks and currency signs."""
    return _NUMERIC_WORD.fullmatch(word) is not None or _PART.fullmatch(word) is not None


def is_amount_part(word: str) -> bool:
    """Whether a word belongs to an amount beside it without being one: "$", "(", ")", "%"."""
    return _PART.fullmatch(word) is not None


def is_no_value(word: str) -> bool:
    """Whether a word says that there is no figure: "n/m", "N/A"."""
    return _NO_VALUE.fullmatch(word) is not None


def document_style(words: Iterable[str]) -> NumberStyle:
    """The style that most of the unmistakable numbers of a document have.

    Never decided cell by cell: "1.234" alone can be both. A mark that stands twice groups, and so
    does the first of two different ones; a last group that has not three digits holds decimals.
    When no number is unmistakable, marks before three digits group: no report prints every amount
    with three decimals.
    """
    votes = {NumberStyle.POINT: 0, NumberStyle.COMMA: 0}
    groups = {NumberStyle.POINT: 0, NumberStyle.COMMA: 0}
    for word in words:
        style = _vote(word)
        if style is not None:
            votes[style] += 1
        elif thousands := _THOUSANDS.fullmatch(word):
            groups[NumberStyle.POINT if thousands[1] == "," else NumberStyle.COMMA] += 1
    decisive = votes if any(votes.values()) else groups
    return max(decisive, key=lambda style: decisive[style])


def _vote(word: str) -> NumberStyle | None:
    last = _LAST_GROUP.search(word)
    if last is None or not _NUMERIC_WORD.fullmatch(word):
        return None
    mark, digits = last.groups()
    other = "," if mark == "." else "."
    if other in word or (len(digits) != 3 and word.count(mark) == 1):
        return NumberStyle.POINT if mark == "." else NumberStyle.COMMA
    if word.count(mark) > 1:
        return NumberStyle.COMMA if mark == "." else NumberStyle.POINT
    return None
