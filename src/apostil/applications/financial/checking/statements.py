"""The identities within a balance sheet, an income statement and a cash-flow statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from apostil.applications.financial.checking.frame import (
    ZERO,
    View,
    compared,
    led,
    members_of,
    not_applicable,
    summed,
)
from apostil.applications.financial.checking.per_share import per_share_checks
from apostil.applications.financial.mapping.lines.draft import Draft
from apostil.applications.financial.mapping.lines.spans import Span, income_spans
from apostil.applications.financial.rules.sums import find_way, tolerance
from apostil.evidence import Check

_MOST_INCOMES = 3
BLOCKS = ("operating", "investing", "financing")
_SPAN_RULES = {
    "gross_profit": "I1",
    "operating_income": "I2",
    "pretax_income": "I3",
    "income_continuing": "I4",
    "net_income_total": "I4",
    "net_income": "I4",
}


def balance_checks(view: View) -> Iterator[Check]:
    """B1 to B5: both sides agree, totals are sums, and equity is split without rest."""
    yield _linear(view, "B1", "liabilities_and_equity", (("assets", 1),))
    yield _both_sides(view)
    for name, place in (
        ("assets_current", "assets.current"),
        ("assets", "assets"),
        ("liabilities_current", "liabilities.current"),
        ("liabilities", "liabilities"),
    ):
        total = view.draft(name)
        if total is not None:
            check = summed(f"B3.{name}", view, total=total, items=members_of(view, total, place))
            yield check
    yield from _equity_sum(view)
    yield _linear(view, "B4", "equity_total", (("equity_parent", 1), ("nci", 1)))
    yield _linear(view, "B5", "net_assets", (("equity_total", 1),))


def _linear(view: View, rule: str, end: str, terms: Sequence[tuple[str, int]]) -> Check:
    formula = (
        " ".join(f"{'+' if sign > 0 else '-'} {name}" for name, sign in terms).removeprefix("+ ")
        + f" = {end}"
    )
    missing = [name for name in (*(name for name, _ in terms), end) if name not in view.facts]
    if missing:
        return not_applicable(rule, view, formula, f"not printed: {', '.join(missing)}")
    facts = [view.facts[name] for name, _ in terms]
    expected = sum(
        (sign * (fact.value or ZERO) for (_, sign), fact in zip(terms, facts, strict=True)), ZERO
    )
    return compared(
        rule,
        view,
        formula=formula,
        operands=[*(fact.id for fact in facts), view.facts[end].id],
        expected=expected,
        found=view.facts[end].value or ZERO,
        allowed=tolerance(len(terms), view.unit),
    )


def _both_sides(view: View) -> Check:
    """Total assets are total liabilities and equity, and what stands between the two."""
    equity = next(
        (name for name in ("equity_total", "equity_parent", "net_assets") if name in view.facts),
        "equity_total",
    )
    terms = [("liabilities", 1), (equity, 1)]
    if "temporary_equity" in view.facts:
        terms.insert(1, ("temporary_equity", 1))
    if equity == "equity_parent" and "nci" in view.facts:
        terms.append(("nci", 1))
    return _linear(view, "B2", "assets", terms)


def _equity_sum(view: View) -> Iterator[Check]:
    for name in ("equity_parent", "equity_total"):
        total = view.draft(name)
        if total is not None:
            items = members_of(view, total, "equity")
            if len(items) > 1:
                yield summed(f"B3.{name}", view, total=total, items=items)
            return


def income_checks(view: View) -> Iterator[Check]:
    """I1 to I5: each subtotal leads to the next one; I6 and I7: income per share."""
    yield from _total_income(view)
    for span in income_spans(view.mapped.drafts, view.unit):
        yield _span_check(view, span)
    yield _linear(view, "I5", "net_income", (("net_income_total", 1), ("net_income_nci", -1)))
    yield from per_share_checks(view)


def _total_income(view: View) -> Iterator[Check]:
    """I1: revenue and other income make the total income, where a statement begins with both."""
    revenue = view.draft("revenue")
    total = next((d for d in view.mapped.drafts if d.text == "total income"), None)
    if revenue is None or total is None or total.names or total.place != "main":
        return
    items = [d for d in view.mapped.drafts if revenue.position <= d.position < total.position]
    if 1 < len(items) <= _MOST_INCOMES:
        yield summed("I1.income", view, total=total, items=items)


def _span_check(view: View, span: Span) -> Check:
    rule = _SPAN_RULES[span.end_name]
    if span.start_name == "income_continuing":
        rule = "I4.total"
    start = span.start_values()
    way = find_way(
        start,
        [d.values for d in span.items],
        span.end_values(),
        prior=[d.effect or 1 for d in span.items],
        unit=view.unit,
    )
    return led(
        rule,
        view,
        start=(span.start_name, start, [span.start]),
        items=span.items,
        way=way,
        end=span.end,
    )


def flow_checks(view: View) -> Iterator[Check]:
    """C1, C2 and C5: the blocks add up, and lead from the cash at the beginning to that at the end."""
    yield _change(view)
    yield _ends(view)
    for number, total in enumerate(view.mapped.drafts):
        block = next(
            (block for block in BLOCKS if total.text.startswith(f"net cash from {block}")), None
        )
        if block is not None and view.printed(total) is not None:
            name = total.names[0] if total.names else f"{block}.{number}"
            yield summed(f"C5.{name}", view, total=total, items=members_of(view, total, block))


def _flows(view: View) -> list[Draft]:
    return [draft for name in ("cfo", "cfi", "cff") if (draft := view.draft(name)) is not None]


def _stored_values(draft: Draft) -> dict[int, Decimal]:
    return {column: draft.sign * value for column, value in draft.values.items()}


def _change(view: View) -> Check:
    formula = "cfo + cfi + cff + fx_effect = net_change_cash"
    change = view.draft("net_change_cash") or view.draft("cash_change_before_fx")
    flows = _flows(view)
    if change is None or not _are_all_blocks(view, flows):
        return not_applicable(
            "C1", view, formula, "the blocks or the change in cash are not printed"
        )
    start: dict[int, Decimal] = {}
    for column in flows[0].values:
        start[column] = sum((_stored_values(flow).get(column, ZERO) for flow in flows), ZERO)
    after = max(flow.position for flow in flows)
    items = _loose(view, after, change.position)
    end = _stored_values(change)
    way = find_way(start, [d.values for d in items], end, prior=[1] * len(items), unit=view.unit)
    name = " + ".join(flow.names[0] for flow in flows)
    return led("C1", view, start=(name, start, flows), items=items, way=way, end=change)


def _are_all_blocks(view: View, flows: Sequence[Draft]) -> bool:
    """Whether the sums of all blocks of the statement are there; a business without financing has
    no such block, and a condensed statement may only have the first."""
    names = [name for flow in flows for name in flow.names]
    places = {draft.place for draft in view.mapped.drafts}
    if names[:2] == ["cfo", "cfi"]:
        return len(names) > 2 or "financing" not in places
    return names == ["cfo"]


def _ends(view: View) -> Check:
    formula = "cash_begin + net_change_cash = cash_end"
    begin, end = view.draft("cash_begin"), view.draft("cash_end")
    change = view.draft("net_change_cash") or view.draft("cash_change_before_fx")
    if begin is None or end is None or change is None:
        return not_applicable(
            "C2", view, formula, "the change in cash or the cash at an end is not printed"
        )
    opening = _stored_values(begin)
    start = {c: opening.get(c, ZERO) + value for c, value in _stored_values(change).items()}
    items = [draft for draft in _loose(view, change.position, end.position) if draft is not begin]
    way = find_way(
        start,
        [d.values for d in items],
        _stored_values(end),
        prior=[1] * len(items),
        unit=view.unit,
    )
    return led(
        "C2",
        view,
        start=("cash_begin + net_change_cash", start, [begin, change]),
        items=items,
        way=way,
        end=end,
    )


def _loose(view: View, after: int, before: int) -> list[Draft]:
    """The rows between two rows, without the cash at an end and the parts of sums."""
    inside = [
        (index, draft)
        for index, draft in enumerate(view.mapped.drafts)
        if after < draft.position < before and not {"cash_begin", "cash_end"} & set(draft.names)
    ]
    hidden = {member for _, draft in inside for member in draft.members}
    return [draft for index, draft in inside if index not in hidden]
