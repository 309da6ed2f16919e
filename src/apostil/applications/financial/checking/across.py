"""The identities between statements, and what must be plausible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from apostil.applications.financial.checking.frame import (
    ZERO,
    View,
    check_id,
    compared,
    not_applicable,
)
from apostil.applications.financial.mapping.facts import Book, period_key
from apostil.applications.financial.mapping.lines.draft import Draft, printed_values
from apostil.applications.financial.result import Fact, State
from apostil.applications.financial.rules.sums import tolerance, unit_of_print
from apostil.applications.financial.statement import Column, ColumnKind
from apostil.evidence import Check, CheckStatus

_FIRST_LINES = (
    ("net income", ("net_income_total", "net_income")),
    ("income before tax", ("pretax_income",)),
    ("operating income", ("operating_income",)),
    ("income", ("net_income_total", "net_income")),
    ("net gain", ("net_income_total", "net_income")),
)
MOST_MARGIN = 5
LEAST_SHARES = 10_000
LEAST_CHANGE_ROWS = 4
CHANGE_SHARE = 0.7
"""How many rows, and which share of them, show what a column of changes holds."""


def flow_start(view: View) -> Check:
    """C4: the first line of the cash-flow statement is a line of the income statement."""
    first = next((d for d in view.mapped.drafts if d.place != "cash" and d.position >= 0), None)
    if first is None:
        return not_applicable(
            "C4", view, "first line = net_income_total", "the statement has no lines"
        )
    names = next((names for start, names in _FIRST_LINES if first.text.startswith(start)), ())
    formula = f"first line = {names[0] if names else 'net_income_total'}"
    facts = [view.facts[name] for name in names if name in view.facts]
    found = view.printed(first)
    if "continuing" in first.text or found is None or not facts:
        return not_applicable(
            "C4",
            view,
            formula,
            "the first line is not a line of the income statement of this period",
        )
    best = min(facts, key=lambda fact: abs((fact.value or ZERO) - found))
    operands = [best.id, *view.ids([first])]
    scale = view.book.statements[view.index].statement.scale.amounts
    if best.scale != scale:
        if (best.value or ZERO) == found and best.scale and scale:
            return _out_of_scale("C4", view, formula, operands, (best.absolute, found * scale))
        return not_applicable(
            "C4", view, formula, "the two statements are printed in different scales"
        )
    return compared(
        "C4",
        view,
        formula=formula,
        operands=operands,
        expected=best.value or ZERO,
        found=found,
        allowed=view.unit,
    )


def _out_of_scale(
    rule: str,
    view: View,
    formula: str,
    operands: Sequence[str],
    amounts: tuple[Decimal | None, Decimal | None],
) -> Check:
    """A failed check: one print in two scales cannot be right in both statements."""
    return compared(
        rule,
        view,
        formula=formula,
        operands=operands,
        expected=amounts[0] or ZERO,
        found=amounts[1] or ZERO,
        allowed=ZERO,
        note="the same print in two scales; in units of currency",
    )


def cash_of_balance(view: View) -> Check:
    """C3: the cash at the end is that of the balance sheet, restricted cash included or not."""
    formula = "cash_end = cash (+ restricted_cash)"
    period = view.column.period
    ends = {
        fact.concept: fact
        for fact in view.book.facts
        if period is not None and fact.period.end == period.end and fact.consolidated
    }
    end, cash = ends.get("cash_end"), ends.get("cash")
    scales = {fact.scale for fact in (end, cash) if fact is not None and fact.scale}
    if end is not None and cash is not None and end.value == cash.value and len(scales) > 1:
        return _out_of_scale("C3", view, formula, [cash.id, end.id], (cash.absolute, end.absolute))
    if end is None or cash is None or end.scale != cash.scale:
        return not_applicable("C3", view, formula, "cash is not printed in both statements")
    held, operands = cash.value or ZERO, [cash.id]
    restricted = ends.get("restricted_cash")
    if restricted is not None and held != end.value:
        held, operands = held + (restricted.value or ZERO), [cash.id, restricted.id]
    if abs(held - (end.value or ZERO)) > tolerance(2, view.unit):
        return not_applicable(
            "C3",
            view,
            formula,
            "the cash-flow statement counts other items as cash, such as restricted cash or overdrafts",
        )
    return compared(
        "C3",
        view,
        formula=formula,
        operands=[*operands, end.id],
        expected=held,
        found=end.value or ZERO,
        allowed=tolerance(2, view.unit),
    )


def depreciation_covers(view: View) -> Check:
    """X1: depreciation of the cash-flow statement is not below that of the income statement."""
    formula = "depreciation_amortization >= depreciation_amortization_is"
    flow, face = (
        view.facts.get("depreciation_amortization"),
        view.facts.get("depreciation_amortization_is"),
    )
    if flow is None or face is None or flow.absolute is None or face.absolute is None:
        return not_applicable("X1", view, formula, "not printed in both statements")
    return Check(
        id=check_id("X1", view),
        formula=formula,
        operands=(flow.id, face.id),
        status=CheckStatus.PASS if flow.absolute >= face.absolute else CheckStatus.WARNING,
        period=view.period,
        expected=face.absolute,
        found=flow.absolute,
        difference=flow.absolute - face.absolute,
        note="in units of currency",
    )


def plausible(view: View) -> Iterator[Check]:
    """X4: signs and sizes that every business has."""
    revenue = view.facts.get("revenue")
    income = view.facts.get("net_income") or view.facts.get("net_income_total")
    if revenue is not None and revenue.value is not None:
        yield _holds(
            view,
            "X4.revenue",
            "revenue >= 0",
            [revenue],
            holds=revenue.value >= 0,
            found=revenue.value,
        )
        if (
            income is not None
            and income.value is not None
            and revenue.value > 0
            and income.scale == revenue.scale
        ):
            margin = abs(income.value / revenue.value)
            yield _holds(
                view,
                "X4.margin",
                f"abs(net_income / revenue) <= {MOST_MARGIN}",
                [income, revenue],
                holds=margin <= MOST_MARGIN,
                found=margin,
            )
    shares = view.facts.get("shares_basic")
    if shares is not None and shares.absolute is not None:
        yield _holds(
            view,
            "X4.shares",
            f"shares_basic > {LEAST_SHARES}",
            [shares],
            holds=shares.absolute > LEAST_SHARES,
            found=shares.absolute,
        )


def _holds(
    view: View, rule: str, formula: str, facts: Sequence[Fact], *, holds: bool, found: Decimal
) -> Check:
    return Check(
        id=check_id(rule, view),
        formula=formula,
        operands=tuple(fact.id for fact in facts),
        status=CheckStatus.PASS if holds else CheckStatus.WARNING,
        period=view.period,
        found=found,
    )


def one_currency(book: Book) -> Iterator[Check]:
    """X4: the statements of one document are in one currency."""
    main: dict[str, Fact] = {}
    for fact in book.facts:
        if fact.currency is not None and fact.consolidated:
            main.setdefault(fact.statement, fact)
    if len(main) > 1:
        currencies = {fact.currency for fact in main.values()}
        yield Check(
            id="X4.currency",
            formula="same currency in all statements",
            operands=tuple(fact.id for fact in main.values()),
            status=CheckStatus.PASS if len(currencies) == 1 else CheckStatus.FAIL,
            note=", ".join(sorted(filter(None, currencies))),
        )


def one_scale(book: Book) -> Iterator[Check]:
    """X4: the statements of one document are printed in one scale."""
    scales = {one.statement.scale.amounts for one in book.statements if one.statement.consolidated}
    first = {fact.statement: fact.id for fact in reversed(book.facts) if fact.consolidated}
    if len(book.statements) > 1 and first:
        yield Check(
            id="X4.scale",
            formula="same scale in all statements",
            operands=tuple(first.values()),
            status=CheckStatus.PASS if len(scales) == 1 else CheckStatus.WARNING,
            note=", ".join(sorted(str(scale) for scale in scales)),
        )


def cash_carried_forward(view: View) -> Check:
    """X2: the cash at the beginning is that at the end of the period before."""
    formula = "cash_begin = cash_end of the period before"
    begin = next((d for d in view.mapped.drafts if "cash_begin" in d.names), None)
    own = view.fact_id(begin) if begin is not None else None
    opening = next((fact for fact in view.book.facts if fact.id == own), None)
    before = next(
        (
            fact
            for fact in view.book.facts
            if opening is not None
            and fact.concept == "cash_end"
            and fact.period.end == opening.period.end
            and (fact.scale, fact.consolidated) == (opening.scale, opening.consolidated)
        ),
        None,
    )
    if opening is None or before is None:
        return not_applicable("X2.cash", view, formula, "the period before is not printed")
    return compared(
        "X2.cash",
        view,
        formula=formula,
        operands=[opening.id, before.id],
        expected=before.value or ZERO,
        found=opening.value or ZERO,
        allowed=view.unit,
        worst=CheckStatus.WARNING,
        note="cash of businesses held for sale may make a difference",
    )


def contradictions(book: Book) -> Iterator[Check]:
    """X2: the same line of the same period has one value wherever it is printed."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in book.unmapped:
        if fact.state is State.CONFLICTING and fact.concept is not None:
            groups.setdefault((fact.concept, period_key(fact.period)), []).append(fact)
    for (concept, period), facts in groups.items():
        one, other = facts[0], next((f for f in facts if f.value != facts[0].value), facts[-1])
        yield Check(
            id=f"X2.{concept}@{period}",
            formula=f"{concept} is the same wherever it is printed",
            operands=tuple(fact.id for fact in facts),
            status=CheckStatus.WARNING,
            period=period,
            expected=one.value,
            found=other.value,
            difference=(other.value or ZERO) - (one.value or ZERO),
            note="restated, or one of the two was misread; neither is asserted",
        )


def printed_changes(view: View) -> Iterator[Check]:
    """X3: a printed change is that between the two columns before it.

    What the column holds (a difference or a percentage) is taken from the rows together.
    """
    statement = view.mapped.statement
    for column in statement.columns:
        if column.kind in {ColumnKind.CHANGE, ColumnKind.PERCENT}:
            pair = _pair_before(statement.columns, column)
            if pair is not None and pair[0].index == view.column.index:
                yield from _changes(view, column, pair)


def _pair_before(columns: Sequence[Column], change: Column) -> tuple[Column, Column] | None:
    """The later and the earlier of the two nearest columns of amounts of equal length."""
    before = [
        c
        for c in columns
        if c.kind is ColumnKind.AMOUNT and c.period is not None and c.index < change.index
    ]
    if len(before) < 2:
        return None
    one, other = before[-2:]
    if one.period is None or other.period is None or one.period.bucket != other.period.bucket:
        return None
    return (one, other) if one.period.end > other.period.end else (other, one)


def _changes(view: View, change: Column, pair: tuple[Column, Column]) -> Iterator[Check]:
    rows = [
        (draft, printed)
        for draft in view.mapped.drafts
        if (printed := _printed_change(draft, change)) is not None
    ]
    for percent in (False, True):
        fits = [_fits(draft, printed, pair, percent=percent) for draft, printed in rows]
        told = [fit for fit in fits if fit is not None]
        if len(told) < LEAST_CHANGE_ROWS or sum(fit[2] for fit in told) < CHANGE_SHARE * len(told):
            continue
        for (draft, printed), fit in zip(rows, fits, strict=True):
            if draft.names and fit is not None:
                yield compared(
                    f"X3.{draft.names[0]}.{change.index}",
                    view,
                    formula=f"printed change of {draft.names[0]} = computed change",
                    operands=view.ids([draft]),
                    expected=fit[0],
                    found=printed,
                    allowed=fit[1],
                    note="percent" if percent else "",
                )
        return


def _printed_change(draft: Draft, change: Column) -> Decimal | None:
    amount = next((a for a in draft.row.amounts if a.column == change.index), None)
    return amount.value if amount is not None else None


def _fits(
    draft: Draft, printed: Decimal, pair: tuple[Column, Column], *, percent: bool
) -> tuple[Decimal, Decimal, bool] | None:
    """The computed change, how far print may be from it, and whether it is within."""
    values = printed_values(draft.row, [pair[0].index, pair[1].index])
    if len(values) < 2:
        return None
    late, early = values[pair[0].index], values[pair[1].index]
    if not percent:
        allowed = tolerance(2, unit_of_print([late, early, printed]))
        return late - early, allowed, abs(late - early - printed) <= allowed
    if early <= 0 or late < 0:
        return None
    change = (late / early - 1) * 100
    allowed = unit_of_print([printed])
    return change, allowed, abs(change - printed) <= allowed
