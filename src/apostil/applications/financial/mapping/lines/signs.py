"""From the printed sign to the stored one.

Expenses, liabilities, outflows and deductions are stored positive whatever the print; income and
changes keep their economic sign. Where print and words are ambiguous (a tax in parentheses may be
an expense or a benefit; "Net loss 5,053" may be a loss), the arithmetic decides: the row must lead
from the subtotal above it to the one below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from apostil.applications.financial.mapping.lines.draft import Draft, first, named
from apostil.applications.financial.mapping.lines.spans import income_spans
from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.rules.labels import Lean, normalise, wording
from apostil.applications.financial.rules.sums import find_way, tolerance
from apostil.applications.financial.statement import StatementKind

_INCOME = {
    "revenue", "net_sales", "gross_profit", "operating_income", "pretax_income", "income_continuing",
    "net_income", "net_income_total", "net_income_common", "comprehensive_income",
    "comprehensive_income_parent", "other_comprehensive_income", "net_interest_income",
    "bank_interest_income", "noninterest_income", "interest_income", "net_investment_income",
    "rental_revenue", "fee_income", "premiums_earned", "insurance_revenue", "other_income_india_ifrs",
}  # fmt: skip
"""Stored with the sign of the print, unless a loss is printed without one."""

_EFFECTS = {
    "other_nonoperating",
    "equity_method_income",
    "discontinued_operations",
    "nonoperating_total",
}
_INFLOWS = {
    "debt_issued", "shares_issued_cash", "proceeds_from_investments", "proceeds_from_ppe",
    "depreciation_amortization", "share_based_compensation", "depreciation_cf", "amortization_cf",
}  # fmt: skip
_BOTTOM_LINES = {
    "gross_profit", "operating_income", "pretax_income", "income_continuing", "net_income",
    "net_income_total", "net_income_common", "comprehensive_income", "comprehensive_income_parent",
    "other_comprehensive_income",
}  # fmt: skip
_NEGATIVE = re.compile(r"\b(?:loss(?:es)?|deficit|used|outflows?|decrease|absorbed|deficiency)\b")
_FLOWS = {"cfo", "cfi", "cff", "net_change_cash", "cash_change_before_fx"}


def set_signs(kind: StatementKind, drafts: Sequence[Draft], unit: Decimal) -> None:
    """Sets ``sign`` of every mapped draft of a statement."""
    if kind is StatementKind.INCOME:
        _income_signs(drafts, unit)
    elif kind is StatementKind.BALANCE:
        _balance_signs(drafts)
    else:
        _flow_signs(drafts, unit)


def _all(draft: Draft, sign: int) -> bool:
    """Whether no printed number has the other sign, and one is not 0."""
    numbers = [value for value in draft.values.values() if value]
    return bool(numbers) and all(value * sign > 0 for value in numbers)


def is_pure_loss(label: str) -> bool:
    """Whether a label names only the negative side: "Net loss", "Net cash used in"."""
    words = wording(label)
    return (
        words.lean is Lean.LOSS
        and not words.either
        and bool(_NEGATIVE.search(normalise(label, balance=True) + " " + label.lower()))
    )


def _income_signs(drafts: Sequence[Draft], unit: Decimal) -> None:
    for draft in drafts:
        if set(draft.names) & _BOTTOM_LINES and is_pure_loss(draft.label) and _all(draft, 1):
            draft.sign = -1
    costs_negative = _prints_costs_negative(drafts)
    operating = first(drafts, "operating_income")
    for draft in drafts:
        below = operating is not None and draft.position > operating.position
        draft.effect = draft.effect or _effect_by_words(
            draft, costs_negative=costs_negative, below=below
        )
    for span in income_spans(drafts, unit):
        items = span.items
        way = find_way(
            span.start_values(),
            [d.values for d in items],
            span.end_values(),
            prior=[d.effect for d in items],
            unit=unit,
        )
        if way.columns:
            for draft, effect in zip(items, way.signs, strict=True):
                draft.effect, draft.proven = effect, True
    for draft in drafts:
        _income_sign(draft, costs_negative=costs_negative)


def _income_sign(draft: Draft, *, costs_negative: bool) -> None:
    names = set(draft.names)
    if not names or names & _INCOME or draft.place in {"per_share", "shares"}:
        return
    if names & _EFFECTS:
        draft.sign = draft.effect
    elif names & {"income_tax", "net_income_nci", "credit_loss_provision"}:
        draft.sign = -draft.effect
    elif not any(concepts()[name].signed for name in names):
        if _all(draft, 1) or _all(draft, -1):
            draft.sign = 1 if _all(draft, 1) else -1
        else:
            draft.sign = -draft.effect if draft.proven else (-1 if costs_negative else 1)


def _prints_costs_negative(drafts: Sequence[Draft]) -> bool:
    """Whether the statement prints costs in parentheses: the majority of its plain cost rows."""
    negative = positive = 0
    for draft in drafts:
        expense = any(not concepts()[name].signed and name not in _INCOME for name in draft.names)
        if draft.place in {"main", "bank"} and (expense or is_pure_loss(draft.label)):
            negative += _all(draft, -1)
            positive += _all(draft, 1)
    return negative > positive


def _effect_by_words(draft: Draft, *, costs_negative: bool, below: bool) -> int:
    """What the words say that the print adds to income."""
    if set(draft.names) & _INCOME:
        return 1
    words = wording(draft.label)
    expense = (
        any(not concepts()[name].signed for name in draft.names) or "income_tax" in draft.names
    )
    if words.either:
        return -1 if words.lean is Lean.LOSS else 1
    if expense or words.lean is Lean.LOSS:
        if _all(draft, -1):
            return 1
        return -1 if _all(draft, 1) or not costs_negative else 1
    if words.lean is Lean.GAIN:
        return 1
    return 1 if costs_negative or below else -1


def _balance_signs(drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        names = set(draft.names)
        if not names:
            continue
        if not any(concepts()[name].signed for name in names):
            draft.sign = -1 if _mostly_negative(draft) else 1
        elif "retained_earnings" in names and is_pure_loss(draft.label) and _all(draft, 1):
            draft.sign = 1 if _adds_as_printed(drafts, draft) else -1
        elif (
            names & {"equity_total", "equity_parent", "net_assets"}
            and is_pure_loss(draft.label)
            and _all(draft, 1)
        ):
            draft.sign = -1


def _mostly_negative(draft: Draft) -> bool:
    numbers = [value for value in draft.values.values() if value]
    return sum(value < 0 for value in numbers) * 2 > len(numbers)


def _adds_as_printed(drafts: Sequence[Draft], deficit: Draft) -> bool:
    index = next(i for i, draft in enumerate(drafts) if draft is deficit)
    return any(index in draft.members for draft in drafts)


def _flow_signs(drafts: Sequence[Draft], unit: Decimal) -> None:
    for draft in drafts:
        names = set(draft.names)
        if not names:
            continue
        if not any(concepts()[name].signed for name in names) and not names & {
            "cash_begin",
            "cash_end",
        }:
            _outflow_sign(draft, inflow=bool(names & _INFLOWS))
    _turn_used_cash(drafts, unit)


def _outflow_sign(draft: Draft, *, inflow: bool) -> None:
    if _all(draft, 1) or _all(draft, -1):
        draft.sign = 1 if _all(draft, 1) else -1
    elif draft.place in {"investing", "financing", "operating", ""}:
        draft.sign = 1 if inflow else -1


def _turn_used_cash(drafts: Sequence[Draft], unit: Decimal) -> None:
    """A line "Net cash used in investing activities 500" is an outflow, unless the change in cash
    says otherwise."""
    doubtful = [d for d in drafts if set(d.names) & _FLOWS and is_pure_loss(d.label) and _all(d, 1)]
    if not doubtful:
        return
    if _change_holds(drafts, unit):
        return
    for draft in doubtful:
        draft.sign = -1


def _change_holds(drafts: Sequence[Draft], unit: Decimal) -> bool:
    """Whether the three flows give the change in cash with the signs as printed."""
    change = first(drafts, "net_change_cash", "cash_change_before_fx")
    flows = [
        d for name in ("cfo", "cfi", "cff", "fx_effect") if (d := first(drafts, name)) is not None
    ]
    if change is None or len(named(drafts, "cfo", "cfi", "cff")) != 3:
        return False
    zero = Decimal(0)
    return all(
        abs(sum((d.values.get(column, zero) for d in flows), zero) - value) <= tolerance(5, unit)
        for column, value in change.values.items()
    )
