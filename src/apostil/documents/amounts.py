"""What a printed amount looks like, for those who lay out pages and tables."""

from __future__ import annotations

import re

# A number with group marks, decimals, sign, brackets, percent or currency; a dash for zero.
AMOUNT = re.compile(
    r"[(\[+\-\u2212\u2013$\u20ac\u00a3\u00a5\u20b9]*"
    r"(?:\d[\d,.'\u2019\u00a0\u202f]*|\.\d+)"
    r"[)\]%*x]*"
)
DASH = re.compile(r"[$(]*[-\u2010-\u2015\u2212]+[)%]*")
SIGN = re.compile(r"[$()\[\]%\u20ac\u00a3\u00a5\u20b9]+|[A-Z]{0,2}\$|Rs\.?|USD|EUR|GBP|CHF|AUD|INR")


def is_amount(text: str) -> bool:
    """Whether the word is a number, a dash that stands for zero, or a sign that goes with one."""
    return bool(AMOUNT.fullmatch(text) or DASH.fullmatch(text) or SIGN.fullmatch(text))


def is_sign(text: str) -> bool:
    """Whether the word is only a currency, bracket or percent sign: part of the nearest amount."""
    return bool(SIGN.fullmatch(text))


def has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
