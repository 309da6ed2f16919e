"""Which row of an income statement is which, where labels alone cannot tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from apostil.applications.financial.mapping.lines.draft import Draft, first, named
from apostil.applications.financial.rules.concepts import How, concepts
from apostil.applications.financial.rules.labels import Lean, plain, wording
from apostil.applications.financial.rules.sums import tolerance
from apostil.applications.financial.statement import StatementKind

_FLOW = {"main", "bank", "attribution", "oci", ""}
_BOTTOM = ("net_income", "net_income_total", "net_income_common")
_COST_NAMES = {
    "cost_of_revenue", "cost_of_revenue_ex_da", "research_and_development", "selling_general_admin",
    "selling_and_marketing", "general_and_administrative", "depreciation_amortization_is",
    "operating_expenses", "costs_and_expenses", "employee_benefits", "materials_consumed",
    "restructuring", "impairment", "gross_profit",
}  # fmt: skip
NEAR_WHOLE = 4
"""How many rows below a profit its shares are listed."""
NEAR_PRETAX = 4
"""How many rows above income before tax the items lie that are not of operations."""
_COST_WORDS = re.compile(
    r"\b(?:costs?|expenses?|depreciation|amortization|purchases|wages|salaries|fulfillment|marketing|charges?|rent|overheads?)\b"
)


_PART_OF_SHARES = re.compile(
    r"\bdilutive\b|\beffects?\b|\banti|\bclass\b|\bseries\b|\bpreferred\b|\bpotential|\boptions?\b|\bpro ?forma\b"
)


def resolve_income(drafts: list[Draft], unit: Decimal) -> None:
    """Settles revenue, operating income, the bottom lines, costs and the numbers per share."""
    _earnings_per_share(drafts)
    _weighted_shares(drafts)
    _bottom_lines(drafts, unit)
    _operating_income(drafts)
    _revenue(drafts)
    _costs(drafts, unit)
    _other_income(drafts)


def _earnings_per_share(drafts: Sequence[Draft]) -> None:
    """Rows named like the bottom line below a heading "Earnings per share - basic" are that."""
    for draft in drafts:
        if draft.place != "per_share" or draft.names:
            continue
        bottom = {
            match.concept.name for match in concepts().match(StatementKind.INCOME, draft.label)
        }
        headings = plain(" ".join(draft.headings))
        whole = draft.derived_label or draft.text in {"total", "net"} or bottom & set(_BOTTOM)
        if not whole or re.search(r"\bdiscontinued\b|\bcontinuing\b", plain(draft.label)):
            continue
        basic, diluted = re.search(r"\bbasic\b", headings), re.search(r"\bdilut", headings)
        if basic and diluted:
            headings = plain(draft.headings[-1])
            basic, diluted = re.search(r"\bbasic\b", headings), re.search(r"\bdilut", headings)
        if basic or diluted:
            names = [
                name for name, there in (("eps_basic", basic), ("eps_diluted", diluted)) if there
            ]
            draft.take(*names, how=How.STRUCTURAL)


def _weighted_shares(drafts: Sequence[Draft]) -> None:
    """Numbers of shares whose own words say for which earnings per share they are."""
    for draft in drafts:
        if draft.place != "shares" or draft.names or _PART_OF_SHARES.search(plain(draft.label)):
            continue
        text = plain(draft.label)
        names = [
            name
            for name, word in (
                ("shares_basic", r"\bbasic\b"),
                ("shares_diluted", r"\bdilut(?:ed|ion)\b"),
            )
            if re.search(word, text)
        ]
        if names:
            draft.take(*names, how=How.STRUCTURAL)


def _bottom_lines(drafts: list[Draft], unit: Decimal) -> None:
    rows = [draft for draft in drafts if draft.place in _FLOW]
    wholes = named(rows, "net_income", "net_income_total", "comprehensive_income")
    parents = named(rows, "net_income", "net_income_common", "comprehensive_income_parent")
    others = [
        d for d in rows if "net_income_nci" in d.names or d.text in {"nci", "attributable to nci"}
    ]
    settled: set[int] = set()
    for whole in wholes:
        split = _split(whole, parents, others, unit) if id(whole) not in settled else None
        if split is not None:
            parent, other = split
            _take_split(whole, parent, other)
            settled |= {id(whole), id(parent), id(other)}
    for draft in others:
        if id(draft) not in settled and draft.place in {"attribution", "oci"}:
            draft.drop()
    _unsplit(rows, settled)


def _split(
    whole: Draft, parents: Sequence[Draft], others: Sequence[Draft], unit: Decimal
) -> tuple[Draft, Draft] | None:
    """The parent's share and that of others, which together are the whole, in every column."""
    for other in others:
        for parent in parents:
            if parent is whole or parent is other or parent.position < whole.position:
                continue
            if abs(other.position - parent.position) > 3 or not set(parent.values) & set(
                whole.values
            ):
                continue
            if _is_split(whole, parent, other, unit):
                return parent, other
    return None


def _is_split(whole: Draft, parent: Draft, other: Draft, unit: Decimal) -> bool:
    """Whether two rows are the shares of a whole: by arithmetic in a column, or by clear words.

    With clear words the arithmetic may fail: the check of the split will show it.
    """
    allowed = tolerance(2, unit)
    zero = Decimal(0)
    columns = [column for column in whole.values if column in parent.values]
    held = {
        sign: sum(
            abs(whole.values[c] + sign * other.values.get(c, zero) - parent.values[c]) <= allowed
            for c in columns
        )
        for sign in (-1, 1)
    }
    best = max(held, key=lambda sign: held[sign])
    other.effect = best
    if held[best]:
        return True
    clear = parent.place == other.place == "attribution" or (
        "attributable" in parent.text and "net_income_nci" in other.names
    )
    return bool(columns) and clear and _follows(whole, parent, other)


def _follows(whole: Draft, parent: Draft, other: Draft) -> bool:
    """Whether both shares stand right below the whole."""
    return 0 < max(parent.position, other.position) - whole.position <= NEAR_WHOLE


def _take_split(whole: Draft, parent: Draft, other: Draft) -> None:
    if "comprehensive_income" in whole.names and not {"net_income_total", "net_income"} & set(
        whole.names
    ):
        parent.take("comprehensive_income_parent", how=parent.how)
        other.drop()
        return
    also = tuple(name for name in whole.names if name == "comprehensive_income")
    whole.take("net_income_total", *also)
    parent.take("net_income")
    other.take("net_income_nci")
    other.proven = parent.proven = whole.proven = True


def _unsplit(rows: Sequence[Draft], settled: set[int]) -> None:
    """Bottom lines that nothing was split from."""
    found = named(rows, "net_income", "net_income_total")
    split = any(id(draft) in settled for draft in found)
    loose = [draft for draft in found if id(draft) not in settled]
    if split:
        for draft in loose:
            draft.drop()
    else:
        _single_bottom_line(rows, loose)
    common = first(rows, "net_income_common")
    if (
        common is not None
        and not named(rows, "net_income")
        and not named(rows, "preferred_dividends")
    ):
        whole = first(rows, "net_income_total")
        if whole is None or dict(whole.values) == dict(common.values):
            common.take("net_income", "net_income_common")


def _single_bottom_line(rows: Sequence[Draft], loose: Sequence[Draft]) -> None:
    """The last of several: an income subtotal may be called net income, too; costs follow it."""
    main = [draft for draft in loose if draft.place != "attribution"]
    if not main:
        for draft in loose:
            draft.drop()
        return
    plainly = [d for d in main if d.place in {"main", "bank", ""}] or main
    outsiders = named(rows, "net_income_nci")
    chosen = plainly[-1]
    for draft in loose:
        same = dict(draft.values) == dict(chosen.values)
        if draft is not chosen and not (same and "net_income" in draft.names):
            draft.drop()
    also = tuple(name for name in chosen.names if name == "comprehensive_income")
    chosen.take("net_income_total" if outsiders else "net_income", *also)


def _operating_income(drafts: Sequence[Draft]) -> None:
    """Costs stand above operating income; a row of that name without any is a sum of income."""
    rows = [d for d in named(drafts, "operating_income") if d.place in _FLOW]
    last = max((d.position for d in named(drafts, "pretax_income", *_BOTTOM)), default=None)
    fit = [
        draft
        for draft in rows
        if (last is None or draft.position < last)
        and any(_is_cost(other) for other in drafts if other.position < draft.position)
    ]
    for draft in rows:
        if not fit or draft is not fit[-1]:
            draft.drop()


def _is_cost(draft: Draft) -> bool:
    if set(draft.names) & _COST_NAMES:
        return True
    words = wording(draft.label)
    return bool(_COST_WORDS.search(draft.text)) or (words.lean is Lean.LOSS and not words.either)


def _revenue(drafts: list[Draft]) -> None:
    """The total where there is one; net sales below it are a part of it."""
    end = min(
        (d.position for d in named(drafts, "operating_income", "pretax_income", *_BOTTOM)),
        default=None,
    )
    rows = named(drafts, "revenue", "net_sales")
    for draft in [d for d in rows if end is not None and d.position > end]:
        draft.drop()
    rows = [draft for draft in rows if draft.names]
    totals = [draft for draft in rows if draft.text.startswith("total ")]
    chosen = totals[0] if totals else _only_revenue(rows)
    sales = [d for d in rows if "net_sales" in d.names and d is not chosen]
    for draft in rows:
        if draft is not chosen:
            draft.drop()
    if chosen is not None:
        chosen.take("revenue")
        if len(sales) == 1 and dict(sales[0].values) != dict(chosen.values):
            sales[0].take("net_sales", how=How.SYNONYM)


def _only_revenue(rows: Sequence[Draft]) -> Draft | None:
    different = {tuple(sorted(draft.values.items())) for draft in rows}
    if len(different) <= 1:
        return rows[0] if rows else None
    sums = [draft for draft in rows if draft.members]
    net = [draft for draft in rows if draft.text.startswith("net ")]
    for group in (sums, net):
        if len(group) == 1 and group[0] is rows[-1]:
            return group[0]
    return None


def _costs(drafts: Sequence[Draft], unit: Decimal) -> None:
    """Whether a total of expenses holds the cost of revenue: the arithmetic decides.

    Without a gross profit above it, everything since revenue is in it.
    """
    revenue, gross = first(drafts, "revenue"), first(drafts, "gross_profit")
    income = first(drafts, "operating_income")
    for draft in named(drafts, "operating_expenses", "costs_and_expenses"):
        if income is not None and draft.position > income.position:
            if "operating_expenses" in draft.names:
                draft.drop()
            continue
        if gross is not None and income is not None and _difference(gross, draft, income, unit):
            draft.take("operating_expenses")
        elif (
            (
                revenue is not None
                and income is not None
                and _difference(revenue, draft, income, unit)
            )
            or gross is None
            or gross.position > draft.position
        ):
            draft.take("costs_and_expenses")
        else:
            draft.take("operating_expenses")


def _difference(start: Draft, less: Draft, end: Draft, unit: Decimal) -> bool:
    allowed = tolerance(2, unit)
    columns = [column for column in end.values if column in start.values and column in less.values]
    return bool(columns) and all(
        abs(start.values[column] - abs(less.values[column]) - end.values[column]) <= allowed
        for column in columns
    )


def _other_income(drafts: Sequence[Draft]) -> None:
    """Other income above the operating result is a kind of revenue, below it is not operating."""
    for draft in drafts:
        if {"other_nonoperating", "other_income_india_ifrs"} & set(draft.names):
            name = _kind_of_other_income(drafts, draft)
            if name is None:
                draft.drop()
            else:
                draft.take(name)


def _kind_of_other_income(drafts: Sequence[Draft], draft: Draft) -> str | None:
    if draft.place == "bank":
        return None  # one kind of noninterest income among others
    income, pretax = first(drafts, "operating_income"), first(drafts, "pretax_income")
    if income is not None and draft.position > income.position:
        return "other_nonoperating"
    either = wording(draft.label).either
    if draft.text in {"other income", "other operating income"} and not either:
        return "other_income_india_ifrs"
    near = pretax is not None and 0 < pretax.position - draft.position <= NEAR_PRETAX
    names_a_side = draft.text.startswith(("other income", "other expense"))
    return "other_nonoperating" if income is None and near and names_a_side else None
