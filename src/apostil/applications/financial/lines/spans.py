"""The stretches of an income statement between one subtotal and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from apostil.applications.financial.lines.draft import Draft, first

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


def income_spans(drafts: Sequence[Draft]) -> tuple[Span, ...]:
    """The spans between neighbouring subtotals that are there; a bank starts at its net interest."""
    anchors = _anchors(drafts)
    spans: list[Span] = []
    for (start_name, start), (end_name, end) in pairwise(anchors):
        items = _between(drafts, start, end)
        if items is not None:
            spans.append(Span(start, end, start_name, end_name, items))
    return tuple(spans)


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


def _between(drafts: Sequence[Draft], start: Draft, end: Draft) -> tuple[Draft, ...] | None:
    """The rows between two subtotals, without those that a total among them stands for."""
    inside = [
        (index, draft)
        for index, draft in enumerate(drafts)
        if start.position < draft.position < end.position
        and draft.place not in {"per_share", "shares"}
    ]
    hidden: set[int] = set()
    for _, draft in inside:
        hidden |= set(draft.members)
    return tuple(draft for index, draft in inside if index not in hidden)
