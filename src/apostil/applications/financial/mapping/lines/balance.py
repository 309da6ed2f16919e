"""Which row of a balance sheet is which, where labels alone cannot tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from apostil.applications.financial.mapping.lines.draft import Draft, first, named
from apostil.applications.financial.rules.sums import Values, tolerance

_EQUITY = ("equity_parent", "equity_total")


def resolve_balance(drafts: list[Draft], unit: Decimal) -> None:
    """Settles gross and net property, and which total of equity includes other shareholders."""
    _before_deduction(drafts, "ppe_net", "accumulated_depreciation", before="ppe_gross")
    _before_deduction(drafts, "loans_net", "loan_allowance", before=None)
    _equity(drafts, unit)


def _before_deduction(
    drafts: Sequence[Draft], name: str, deduction: str, *, before: str | None
) -> None:
    """Gross and net amounts often have one label: the deduction stands between them."""
    rows = named(drafts, name)
    deducted = first(drafts, deduction)
    if deducted is None:
        return
    for draft in rows:
        if draft.position > deducted.position:
            continue
        if any(other.position > deducted.position for other in rows):
            draft.take(before) if before is not None else draft.drop()


def _equity(drafts: list[Draft], unit: Decimal) -> None:
    totals = named(drafts, *_EQUITY)
    others = [d for d in drafts if "nci" in d.names or d.text == "nci"]
    for whole in reversed(totals):
        for parent in totals:
            other = next(
                (
                    o
                    for o in others
                    if parent is not whole
                    and (_adds(parent, o, whole, unit) or _stand_as_split(parent, o, whole))
                ),
                None,
            )
            if other is not None:
                _take_equity(totals, whole, parent, other)
                return
    _single_equity(drafts, totals, others, unit)


def _adds(parent: Draft, other: Draft, whole: Draft, unit: Decimal) -> bool:
    allowed = tolerance(2, unit)
    columns = [column for column in whole.values if column in parent.values]
    return bool(columns) and all(
        abs(parent.values[c] + other.values.get(c, Decimal(0)) - whole.values[c]) <= allowed
        for c in columns
    )


def _stand_as_split(parent: Draft, other: Draft, whole: Draft) -> bool:
    """Whether three lines below each other are named as the parent's equity, that of others and
    the whole: then they are the split even if they do not add up, and the check shows it."""
    return (
        parent.names == ("equity_parent",)
        and "equity_total" in whole.names
        and other.position == parent.position + 1
        and whole.position == other.position + 1
    )


def _take_equity(totals: Sequence[Draft], whole: Draft, parent: Draft, other: Draft) -> None:
    for draft in totals:
        if draft is not whole and draft is not parent:
            draft.drop()
    whole.take("equity_total")
    parent.take("equity_parent")
    other.take("nci", how=other.how)
    whole.proven = parent.proven = other.proven = True


def _single_equity(
    drafts: Sequence[Draft], totals: list[Draft], others: Sequence[Draft], unit: Decimal
) -> None:
    """Without a split in print: the total that closes the balance sheet is the one that counts."""
    remaining = _equity_by_difference(drafts)
    if remaining is not None and len(totals) > 1:
        right = [d for d in totals if _equal(d.values, remaining, unit)]
        if right:
            for draft in totals:
                if all(draft is not one for one in right):
                    draft.drop()
            totals = right
    for draft in totals:
        includes_others = any(
            other.position < draft.position and other.place == "equity" for other in others
        )
        if includes_others or re.match(
            r"^(?:total )?(?:group )?equity\b(?! attributable)", draft.text
        ):
            draft.take("equity_total")


def _equity_by_difference(drafts: Sequence[Draft]) -> Values | None:
    assets, liabilities = first(drafts, "assets"), first(drafts, "liabilities")
    if assets is None or liabilities is None:
        return None
    between = first(drafts, "temporary_equity")
    zero = Decimal(0)
    return {
        column: value
        - abs(liabilities.values[column])
        - (between.values.get(column, zero) if between else zero)
        for column, value in assets.values.items()
        if column in liabilities.values
    }


def _equal(one: Values, other: Values, unit: Decimal) -> bool:
    columns = set(one) & set(other)
    return bool(columns) and all(abs(one[c] - other[c]) <= tolerance(3, unit) for c in columns)
