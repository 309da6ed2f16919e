"""Which row of a cash-flow statement is which, where labels alone cannot tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from apostil.applications.financial.mapping.lines.draft import Draft, first, named
from apostil.applications.financial.rules.concepts import How
from apostil.applications.financial.rules.sums import tolerance

_BOUGHT = re.compile(r"^(?:purchase|acquisition|payment)s?\b.*\b(?:investment|securities)\b")
_SOLD = re.compile(r"^(?:proceeds|sales?|maturit\w+)\b.*\b(?:investment|securities)\b")

FLOWS = ("cfo", "cfi", "cff")


def resolve_cash_flow(drafts: list[Draft], unit: Decimal) -> None:
    """Settles the cash flow from operations and the cash at both ends."""
    _operations(drafts, unit)
    _only_continuing(drafts)
    _whole_lines(drafts)
    _both_ends(drafts, unit)
    for draft in drafts:
        if draft.place == "supplemental" and set(draft.names) & {
            *FLOWS,
            "net_change_cash",
            "fx_effect",
        }:
            draft.drop()


def _operations(drafts: Sequence[Draft], unit: Decimal) -> None:
    """The line "cash generated from operations" is the cash flow from operations only where the
    change in cash can be reached from it and no line of that name follows."""
    before = first(drafts, "cash_generated_from_operations")
    if before is None or named(drafts, "cfo"):
        return
    change = first(drafts, "net_change_cash", "cash_change_before_fx")
    rest = [d for name in ("cfi", "cff", "fx_effect") if (d := first(drafts, name)) is not None]
    if change is None or len(rest) < 2:
        return
    allowed = tolerance(4, unit)
    zero = Decimal(0)
    if all(
        abs(before.values.get(c, zero) + sum((d.values.get(c, zero) for d in rest), zero) - value)
        <= allowed
        for c, value in change.values.items()
    ):
        before.take("cfo")


def _only_continuing(drafts: Sequence[Draft]) -> None:
    """A block whose only sum is "of continuing operations" has no other part: that is its sum."""
    for name, block in zip(FLOWS, ("operating", "investing", "financing"), strict=True):
        rows = [d for d in drafts if d.text.startswith(f"net cash from {block} activities")]
        if not named(drafts, name) and len(rows) == 1 and "discontinued" not in rows[0].text:
            rows[0].take(name, how=How.STRUCTURAL)


def _whole_lines(drafts: Sequence[Draft]) -> None:
    """Purchases of short-term investments are not all purchases where long-term ones follow."""
    for name, kind in (("purchases_of_investments", _BOUGHT), ("proceeds_from_investments", _SOLD)):
        alike = [d for d in drafts if kind.search(d.text) and d.place in {"investing", ""}]
        if len(alike) > 1:
            for draft in named(drafts, name):
                draft.drop()


def _both_ends(drafts: Sequence[Draft], unit: Decimal) -> None:
    """Of several lines for the cash at an end, those count that differ by the change in cash."""
    begins, ends = named(drafts, "cash_begin"), named(drafts, "cash_end")
    if len(begins) <= 1 and len(ends) <= 1:
        return
    change = first(drafts, "net_change_cash", "cash_change_before_fx")
    chosen = _pair(begins, ends, change, unit) if change is not None else None
    for draft in (*begins, *ends):
        if chosen is None or (draft is not chosen[0] and draft is not chosen[1]):
            if chosen is None and draft in (begins[:1] + ends[:1]):
                continue
            draft.drop()


def _pair(
    begins: Sequence[Draft], ends: Sequence[Draft], change: Draft, unit: Decimal
) -> tuple[Draft, Draft] | None:
    allowed = tolerance(2, unit)
    zero = Decimal(0)
    for begin in begins:
        for end in ends:
            columns = [c for c in change.values if c in begin.values and c in end.values]
            if columns and all(
                abs(begin.values[c] + change.values.get(c, zero) - end.values[c]) <= allowed
                for c in columns
            ):
                return begin, end
    return None
