"""Whether a number in a result is the number that stands in the quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

PLAIN_NUMBER = re.compile(r"[-+\u2212]?(?:\d+(?:\.\d*)?|\.\d+)")
PRINTED = re.compile(r"\d(?:[\d.,'\u2019\u00a0\u202f]*\d)?")
GROUPED_BY_SPACE = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)")
MARKS = re.compile(r"[.,'\u2019\s]")
ZERO = re.compile(
    r"(?:^|[\s($])[-\u2010-\u2015\u2212]+(?:$|[\s)%])|\b(?:nil|none|zero)\b", re.IGNORECASE
)
GROUP = 3


def is_number(value: object) -> bool:
    """Whether a value of a result is a plain decimal number, as a string or in JSON."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    return PLAIN_NUMBER.fullmatch(str(value)) is not None


def stands_in(value: str, quote: str) -> bool:
    """Whether the digits of a plain number are those of a number in the quote, apart from group
    marks, signs, currency, percent and zeros after a decimal mark. A dash is zero."""
    wanted = _digits(value.lstrip("-+\u2212"))
    if wanted == {""}:
        return ZERO.search(quote) is not None or "" in _numbers(quote)
    return bool(wanted & _numbers(quote))


def missing_from(raw: str, quote: str) -> list[str]:
    """The printed numbers of ``raw`` that the quote does not have."""
    numbers = _numbers(quote)
    return [token for token in _tokens(raw) if not _digits(token) & numbers]


def _numbers(text: str) -> set[str]:
    return set().union(*(_digits(token) for token in _tokens(text)))


def _tokens(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    yield from PRINTED.findall(plain)
    yield from GROUPED_BY_SPACE.findall(plain)


def _digits(number: str) -> set[str]:
    """The digits without zeros in front; and without zeros behind, if these are decimals."""
    bare = MARKS.sub("", number)
    forms = {bare.lstrip("0")}
    decimals = re.split(r"[.,]", number)[-1]
    if len(decimals) < len(number) and len(decimals) != GROUP:
        kept = len(bare) - len(decimals) + len(decimals.rstrip("0"))
        forms.add(bare[:kept].lstrip("0"))
    return forms
