"""Sentences with numbers, and the proof that each number comes from what the sentence names.

A sentence is made from pieces of findings and then read again as any reader would: every number,
date, percentage and direction word in it must agree with a finding that it names. One that does not
is dropped, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from apostil.applications.financial.result import Derived, Fact
from apostil.applications.financial.statement import Period, PeriodKind
from apostil.evidence import Check, Statement

SCALE_WORDS = {
    1_000: "thousand",
    100_000: "lakh",
    1_000_000: "million",
    10_000_000: "crore",
    1_000_000_000: "billion",
}
_WORD_SCALES = {word: Decimal(scale) for scale, word in SCALE_WORDS.items()}
_LENGTHS = {"Q": "quarter", "H": "half-year", "9M": "nine months", "FY": "year"}

_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_PAGES = re.compile(r"\bpages? (\d+)")
_NUMBER = re.compile(
    r"(?<![\w.,])(-?\d[\d,]*(?:\.\d+)?)(?![A-Za-z])(\s*%| percentage points?| (?:thousand|lakh|million|crore|billion)\b)?"
)
_FORMS = re.compile(r"\b(?:10-[KQ]|20-F|8-K)\b")
_UP = re.compile(r"\b(?:rose|increased|grew|widened|doubled|higher)\b")
_DOWN = re.compile(r"\b(?:fell|decreased|declined|narrowed|halved|lower|shrank)\b")

Item = Fact | Derived | Check


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sentence may speak of: the findings by id, and the page of each citation."""

    items: Mapping[str, Item]
    pages: Mapping[str, int]

    def named(self, statement: Statement) -> list[Item]:
        return [self.items[name] for name in statement.findings if name in self.items]


def spoken_period(period: Period) -> str:
    """``the year to 2022-12-31``, ``2022-12-31``."""
    if period.kind is PeriodKind.INSTANT:
        return period.end.isoformat()
    length = _LENGTHS.get(period.bucket.value if period.bucket is not None else "", "period")
    return f"the {length} to {period.end.isoformat()}"


def spoken_amount(fact: Fact) -> str:
    """The number as printed with its unit: ``USD 14,694 million``, ``USD 0.70 per share``."""
    number = f"{fact.value:,}" if fact.value is not None else "not stated"
    if fact.unit.endswith("/share"):
        if fact.scale not in {None, 1}:
            return f"{number} {_hundredth(fact.currency)} per share"
        return f"{fact.currency or ''} {number} per share".strip()
    word = SCALE_WORDS.get(int(fact.scale), "") if fact.scale is not None else ""
    unit = "shares" if fact.unit == "shares" else ""
    currency = fact.currency or ""
    return " ".join(part for part in ("" if unit else currency, number, word, unit) if part)


def _hundredth(currency: str | None) -> str:
    return "pence" if currency == "GBP" else "cents"


def percent(value: Decimal) -> str:
    """A fraction of 1 as a percentage with one decimal."""
    return f"{_one_decimal(value * 100):,} %"


def points(value: Decimal) -> str:
    """A difference of two fractions in percentage points."""
    return f"{_one_decimal(abs(value) * 100):,} percentage points"


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def verified(
    statements: Iterable[Statement], evidence: Evidence
) -> tuple[tuple[Statement, ...], int]:
    """The statements whose every number is backed, and how many were dropped."""
    kept: list[Statement] = []
    dropped = 0
    for statement in statements:
        if is_backed(statement, evidence):
            kept.append(statement)
        else:
            dropped += 1
    return tuple(kept), dropped


def is_backed(statement: Statement, evidence: Evidence) -> bool:
    """Whether the findings that a statement names say each number, date and direction of it."""
    items = evidence.named(statement)
    if len(items) != len(statement.findings):
        return False
    text = statement.text
    if any(date not in _dates(items) for date in _DATE.findall(text)):
        return False
    pages = {evidence.pages[name] for name in statement.citations if name in evidence.pages}
    if any(int(page) not in pages for page in _PAGES.findall(text)):
        return False
    rest = _FORMS.sub(" ", _PAGES.sub(" ", _DATE.sub(" ", text)))
    numbers = [(match.group(1), (match.group(2) or "").strip()) for match in _NUMBER.finditer(rest)]
    return all(_is_said(number, unit, items) for number, unit in numbers) and _directions_agree(
        text, items
    )


def _dates(items: Sequence[Item]) -> set[str]:
    found: set[str] = set()
    for item in items:
        if isinstance(item, Fact):
            found.add(item.period.end.isoformat())
            if item.period.start is not None:
                found.add(item.period.start.isoformat())
        else:
            found |= set(_DATE.findall(item.period))
    return found


def _is_said(number: str, unit: str, items: Sequence[Item]) -> bool:
    try:
        value = Decimal(number.replace(",", ""))
    except InvalidOperation:
        return False
    return any(_says(item, value, unit) for item in items)


def _says(item: Item, value: Decimal, unit: str) -> bool:
    if isinstance(item, Fact):
        return not unit.startswith(("%", "percentage")) and _fact_says(item, value, unit)
    if isinstance(item, Derived):
        return item.value is not None and _derived_says(item, value, unit)
    numbers = (item.expected, item.found, item.difference, item.tolerance)
    return any(known is not None and _same(known, value) for known in numbers)


def _fact_says(fact: Fact, value: Decimal, unit: str) -> bool:
    if fact.value is None:
        return False
    if not unit:
        return value == fact.value and (fact.scale in {None, 1} or fact.unit.endswith("/share"))
    scale = _WORD_SCALES.get(unit)
    absolute = fact.absolute
    return scale is not None and absolute is not None and _same(absolute / scale, value)


def _derived_says(derived: Derived, value: Decimal, unit: str) -> bool:
    known = derived.value if derived.value is not None else Decimal(0)
    if unit == "%":
        return derived.unit == "%" and _same(abs(known) * 100, abs(value))
    if unit.startswith("percentage"):
        return derived.unit == "points" and _same(abs(known) * 100, value)
    return _same(known, value)


def _same(known: Decimal, printed: Decimal) -> bool:
    """Whether a number is the known one after rounding to the printed precision."""
    exponent = printed.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return known.quantize(step, rounding=ROUND_HALF_UP) == printed


def _directions_agree(text: str, items: Sequence[Item]) -> bool:
    changes = [
        item.value
        for item in items
        if isinstance(item, Derived) and item.value is not None and item.unit in {"%", "points"}
    ]
    if _UP.search(text) and not any(value > 0 for value in changes):
        return False
    return not (_DOWN.search(text) and not any(value < 0 for value in changes))
