"""The factor of a printed number: amounts, numbers of shares and amounts per share each have one.

"In millions, except share amounts in thousands" gives two; where the document says nothing about
shares, income divided by earnings per share tells which factor they must have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apostil.applications.financial.mapping.lines.draft import Draft, first
from apostil.applications.financial.mapping.rows import MappedStatement
from apostil.applications.financial.rules.concepts import Concept, Unit
from apostil.applications.financial.statement import Scale

_PENCE = re.compile(r"(?i)\bpence\b|\bcents?\b|[\u20b5\u00a2]|\(p\)|\(c\)|\bpence per\b")
_IN_WORDS = (
    (re.compile(r"(?i)\b000s?\b|\bthousands?\b|'000"), 1_000),
    (re.compile(r"(?i)\bmillions?\b"), 1_000_000),
)
_POWERS: tuple[int, ...] = (1, 1_000, 1_000_000)
_CLOSE = Decimal("0.5")
"""How far income per share may be from the printed one and still tell the factor: preferred
dividends, warrants and rounding to a cent lie within, a factor of 1,000 does not."""
_WHOLE_SHARES = 10_000_000
"""A printed number of shares from here on is not in thousands: that would be ten thousand million."""


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors of each statement; ``shares`` by the number of the statement."""

    scales: tuple[Scale, ...]
    shares: tuple[int | None, ...]

    def scale(self, index: int, draft: Draft, concept: Concept | None) -> int | float | None:
        """The factor of a row of the statement with this number."""
        unit = concept.unit.value if concept is not None else draft.place
        scale = self.scales[index]
        if unit == Unit.PER_SHARE:
            return _per_share(scale, draft)
        if unit == Unit.SHARES:
            return _in_label(draft) or self.shares[index]
        return scale.amounts


def factors(mapped: Sequence[MappedStatement]) -> Factors:
    return Factors(
        scales=tuple(one.statement.scale for one in mapped),
        shares=tuple(_shares(one) for one in mapped),
    )


def _per_share(scale: Scale, draft: Draft) -> int | float:
    words = " ".join((draft.label, *draft.headings[-2:]))
    factor = scale.per_share
    if factor == 1 and _PENCE.search(words):
        factor = Decimal("0.01")
    return int(factor) if factor == int(factor) else float(factor)


def _in_label(draft: Draft) -> int | None:
    words = " ".join((draft.label, *draft.headings[-1:]))
    return next((factor for pattern, factor in _IN_WORDS if pattern.search(words)), None)


def _shares(mapped: MappedStatement) -> int | None:
    said = mapped.statement.scale.shares
    drafts = mapped.drafts
    income = first(drafts, "net_income_common", "net_income", "net_income_total")
    for share, earnings in (("shares_basic", "eps_basic"), ("shares_diluted", "eps_diluted")):
        shares, eps = first(drafts, share), first(drafts, earnings)
        if (
            income is not None
            and shares is not None
            and eps is not None
            and mapped.statement.scale.amounts
        ):
            told = _told_by_income(mapped.statement.scale, income, shares, eps)
            if told is not None:
                return told
    return said if said is not None else _by_size(drafts, mapped.statement.scale.amounts)


def _told_by_income(scale: Scale, income: Draft, shares: Draft, eps: Draft) -> int | None:
    factor = Decimal(str(_per_share(scale, eps)))
    said = (scale.shares,) if scale.shares is not None else ()
    power: int
    for power in (*said, *_POWERS):
        columns = [c for c in income.values if eps.values.get(c) and shares.values.get(c)]
        close = [
            c
            for c in columns
            if _near(
                abs(income.values[c]) * (scale.amounts or 1),
                abs(eps.values[c]) * factor * abs(shares.values[c]) * power,
            )
        ]
        if columns and len(close) * 2 > len(columns):
            return power
    return None


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _CLOSE * max(one, other)


def _by_size(drafts: Sequence[Draft], amounts: int | None) -> int | None:
    shares = first(drafts, "shares_basic", "shares_diluted")
    if shares is not None and any(value >= _WHOLE_SHARES for value in shares.values.values()):
        return 1
    return amounts
