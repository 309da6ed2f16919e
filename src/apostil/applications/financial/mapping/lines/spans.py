"""The stretches of an income statement between one subtotal and the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from apostil.applications.financial.mapping.lines.draft import Draft, first
from apostil.applications.financial.rules.sums import find_way

ANCHORS = (
    "revenue",
    "gross_profit",
    "operating_income",
    "pretax_income",
    "income_continuing",
    "net_income_total",
    "net_income",
)
"""The subtotals in the order in which an income statement passes them."""

_LEAST_ANCHORS = 2
_PART_OF_TAX = re.compile(
    r"\b(?:current|deferred)\b.*\btax\b|^tax (?:current|deferred)\b|^(?:current|deferred)$"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Two subtotals and the rows that lead from one to the other, sums in place of their parts.

    The rows between revenue and the first subtotal are costs; ``items`` may be empty.
    """

    start: Draft
    end: Draft
    start_name: str
    end_name: str
    items: tuple[Draft, ...]

    def start_values(self) -> dict[int, Decimal]:
        return {column: self.start.sign * value for column, value in self.start.values.items()}

    def end_values(self) -> dict[int, Decimal]:
        return {column: self.end.sign * value for column, value in self.end.values.items()}


def income_spans(drafts: Sequence[Draft], unit: Decimal) -> tuple[Span, ...]:
    """The spans between neighbouring subtotals that are there; a bank starts at its net interest.

    A row between two of them that is what the rows above it lead to, such as revenue less costs
    printed without a label, is a subtotal, too.
    """
    spans: list[Span] = []
    for (start_name, start), (end_name, end) in pairwise(_anchors(drafts)):
        items = _between(drafts, start, end)
        step, rest = Span(start, end, start_name, end_name, items), items
        for index in range(1, len(items)):
            middle = items[index]
            if not middle.names and _leads(step, rest[: rest.index(middle)], middle, unit):
                step = Span(middle, end, _name_of(middle), end_name, ())
                rest = items[index + 1 :]
        spans.append(Span(step.start, end, step.start_name, end_name, tuple(rest)))
    return tuple(spans)


def _leads(step: Span, items: Sequence[Draft], middle: Draft, unit: Decimal) -> bool:
    """Whether the rows since the last subtotal lead to this row in every column."""
    if not items:
        return False
    prior = [draft.effect or -1 for draft in items]
    values = [draft.values for draft in items]
    way = find_way(step.start_values(), values, middle.values, prior=prior, unit=unit)
    return len(way.columns) == len(middle.values) and any(middle.values.values())


def _name_of(draft: Draft) -> str:
    return f"[{draft.label}]" if draft.label else "[unlabelled subtotal]"


def _anchors(drafts: Sequence[Draft]) -> list[tuple[str, Draft]]:
    found: list[tuple[str, Draft]] = []
    for name in ANCHORS:
        draft = first(drafts, name)
        if draft is None or draft.place in {"per_share", "shares"}:
            continue
        if name == "net_income" and found and found[-1][0] == "net_income_total":
            break  # the split between shareholders is a check of its own
        if not found or draft.position > found[-1][1].position:
            found.append((name, draft))
    if found and found[0][0] != "revenue":
        interest = first(drafts, "net_interest_income")
        if interest is not None and interest.position < found[0][1].position:
            found.insert(0, ("net_interest_income", interest))
    return found if len(found) >= _LEAST_ANCHORS else []


def _between(drafts: Sequence[Draft], start: Draft, end: Draft) -> tuple[Draft, ...]:
    """The rows between two subtotals, without those that a total among them stands for."""
    inside = [
        (index, draft)
        for index, draft in enumerate(drafts)
        if start.position < draft.position < end.position
        and draft.place not in {"per_share", "shares"}
    ]
    hidden: set[int] = set()
    for _, draft in inside:
        if all(drafts[member].position > start.position for member in draft.members):
            hidden |= set(draft.members)  # a sum with the start in it is a step, not a part
    hidden |= _parts_of_tax(inside)
    return tuple(draft for index, draft in inside if index not in hidden)


def _parts_of_tax(inside: Sequence[tuple[int, Draft]]) -> set[int]:
    """Current and deferred tax above the total tax, also when they do not add up to it: then the
    check of what follows shows it."""
    parts: set[int] = set()
    above: list[int] = []
    for index, draft in inside:
        if "income_tax" in draft.names and draft.text.startswith("total "):
            parts |= set(above)
        is_part = not draft.names and _PART_OF_TAX.search(draft.text) is not None
        above = [*above, index] if is_part else []
    return parts
