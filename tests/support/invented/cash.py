"""Statements of cash flows in the forms that companies use; they end at the cash of the balance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from invented.forms import Result, share
from invented.lines import Column, Line, add, final, heading, item, minus, total
from invented.wording import word


@dataclass(frozen=True, slots=True, kw_only=True)
class CashForm:
    """The choices that shape a statement of cash flows. ``verb`` is how totals are worded."""

    form: str
    restricted: bool = False
    verb: int = 0
    with_exchange: bool = True
    supplement: bool = False
    span: str = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A statement of cash flows with the cash at the end of each column's span."""

    lines: tuple[Line, ...]
    end: Column


def cash_statement(
    rng: Random, form: CashForm, result: Result, *, revenue: Column, chain: str
) -> Flow:
    """The flows of each column; ``chain`` says how spans follow each other: years when each
    begins where the next column's ends, half when the third one holds the second, else apart."""
    if form.form == "ifrs":
        operating, cfo = _ifrs_operating(rng, result, revenue=revenue)
    else:
        operating, cfo = _us_operating(rng, form, result, revenue=revenue)
    capex, bought = share(rng, revenue, 0.03, 0.06), share(rng, revenue, 0.01, 0.03)
    sold = share(rng, revenue, 0.01, 0.03)
    cfi = add(minus(capex), minus(bought), sold)
    exchange = (
        share(rng, revenue, 0.0005, 0.002) if form.with_exchange else tuple(0 for _ in revenue)
    )
    exchange = tuple(value * rng.choice((-1, 1)) for value in exchange)
    wished = tuple(round(value * rng.uniform(-0.015, 0.03)) for value in revenue)
    cff = add(wished, minus(cfo), minus(cfi), minus(exchange))
    change = add(cfo, cfi, cff, exchange)
    end = _ends(rng, change, revenue=revenue, chain=chain)
    begin = add(end, minus(change))
    investing = _investing(rng, form, capex=capex, bought=bought, sold=sold, cfi=cfi)
    financing = _financing(rng, form, revenue=revenue, cff=cff)
    tail = _tail(rng, form, exchange=exchange, change=change, begin=begin, end=end)
    return Flow(lines=(*operating, *investing, *financing, *tail), end=end)


def _ends(rng: Random, change: Column, *, revenue: Column, chain: str) -> Column:
    """Cash at the end of each span, always more than nothing."""
    latest = round(max(revenue) * rng.uniform(0.2, 0.3)) + 50
    ends = [latest]
    for number in range(1, len(change)):
        apart = round(max(revenue) * rng.uniform(0.15, 0.25)) + 50
        ends.append(ends[-1] - change[number - 1] if chain == "years" else apart)
    if chain == "half":
        ends[2] = ends[0] - change[0]
        ends[1] = ends[2] - change[2] + change[1]
    return tuple(ends)


def _word(form: CashForm, column: Column, kind: str) -> str:
    """The label of a total: it says in or out as far as all columns agree."""
    gives = "provided by" if min(column) >= 0 else "used in"
    if min(column) < 0 < max(column):
        gives = "provided by (used in)"
    if form.verb == 1:
        name = "operations" if kind == "operating" else f"{kind} activities"
        return f"Cash {gives.replace('used in', 'used by')} {name}"
    if form.verb == 2:
        return f"Net cash {gives.replace('used in', 'used for')} {kind} activities"
    if form.verb == 3:
        return f"Net cash (used in) provided by {kind} activities"
    if form.form == "ifrs":
        gives = "from" if min(column) >= 0 else "used in"
        return f"Net cash {gives if form.verb == 4 else 'from'} {kind} activities".replace(
            "from", "from/(used in)" if min(column) < 0 < max(column) else "from"
        )
    return f"Net cash {gives} {kind} activities"


def _us_operating(
    rng: Random, form: CashForm, result: Result, *, revenue: Column
) -> tuple[list[Line], Column]:
    awards, deferred = share(rng, revenue, 0.01, 0.03), share(rng, revenue, 0.002, 0.006)
    owed, stock = share(rng, revenue, 0.01, 0.03), share(rng, revenue, 0.005, 0.015)
    payable, other = share(rng, revenue, 0.004, 0.02), share(rng, revenue, 0.001, 0.01)
    cfo = add(
        *(result.total, result.depreciation, awards, minus(deferred)),
        *(minus(owed), stock, payable, minus(other)),
    )
    word = "Net loss" if max(result.total) < 0 else "Net income"
    if min(result.total) < 0 < max(result.total):
        word = "Net income (loss)"
    return [
        heading("Cash flows from operating activities:"),
        Line(label=word, cells=result.total, indent=1, dollar=True),
        heading(f"Adjustments to reconcile {word.lower()} to net cash from operations:", 1),
        item("Depreciation and amortization", result.depreciation, "depreciation_amortization"),
        item("Stock-based compensation", awards, "share_based_compensation"),
        item("Deferred income taxes", minus(deferred), "deferred_taxes_cf"),
        heading("Changes in operating assets and liabilities:", 1),
        item("Accounts receivable", minus(owed), "change_receivables"),
        item("Inventories", stock, "change_inventory"),
        item("Accounts payable", payable, "change_payables"),
        item("Other, net", minus(other)),
        total(_word(form, cfo, "operating"), cfo, "cfo"),
    ], cfo


def _ifrs_operating(rng: Random, result: Result, *, revenue: Column) -> tuple[list[Line], Column]:
    finance, working = share(rng, revenue, 0.008, 0.012), share(rng, revenue, 0.005, 0.02)
    generated = add(result.pretax, result.depreciation, finance, minus(working))
    interest, tax = share(rng, revenue, 0.008, 0.012), share(rng, revenue, 0.01, 0.02)
    cfo = add(generated, minus(interest), minus(tax))
    word = "Loss" if max(result.pretax) < 0 else "Profit"
    return [
        heading("Cash flows from operating activities"),
        Line(label=f"{word} before tax", cells=result.pretax),
        item("Depreciation and amortisation", result.depreciation, "depreciation_amortization"),
        item("Net finance costs", finance),
        item("Increase in working capital", minus(working)),
        total("Cash generated from operations", generated, "cash_generated_from_operations"),
        item("Interest paid", minus(interest), "interest_paid", flip=-1),
        item("Income taxes paid", minus(tax), "taxes_paid", flip=-1),
        total("Net cash from operating activities", cfo, "cfo"),
    ], cfo


def _investing(
    rng: Random, form: CashForm, *, capex: Column, bought: Column, sold: Column, cfi: Column
) -> list[Line]:
    names = [
        word(rng, "capex"),
        "Purchases of investments",
        "Proceeds from sales of investments",
    ]
    if form.form == "ifrs":
        names = [
            "Purchase of property, plant and equipment",
            "Purchase of financial assets",
            "Proceeds from sale of financial assets",
        ]
    colon = "" if form.form == "ifrs" else ":"
    return [
        heading(f"Cash flows from investing activities{colon}"),
        item(names[0], minus(capex), "capex", flip=-1),
        item(
            names[1],
            minus(bought),
            None if form.form == "ifrs" else "purchases_of_investments",
            flip=-1,
        ),
        item(names[2], sold),
        total(_word(form, cfi, "investing"), cfi, "cfi"),
    ]


def _financing(rng: Random, form: CashForm, *, revenue: Column, cff: Column) -> list[Line]:
    repaid, paid = share(rng, revenue, 0.01, 0.03), share(rng, revenue, 0.005, 0.015)
    rest = add(cff, repaid, paid)
    british = form.form == "ifrs"
    colon = "" if british else ":"
    return [
        heading(f"Cash flows from financing activities{colon}"),
        item(
            "Repayment of borrowings" if british else "Repayments of long-term debt",
            minus(repaid),
            "debt_repaid",
            flip=-1,
        ),
        item(
            "Dividends paid to shareholders" if british else "Dividends paid",
            minus(paid),
            "dividends_paid",
            flip=-1,
        ),
        item("Other financing activities, net", rest),
        total(_word(form, cff, "financing"), cff, "cff"),
    ]


def _tail(
    rng: Random,
    form: CashForm,
    *,
    exchange: Column,
    change: Column,
    begin: Column,
    end: Column,
) -> list[Line]:
    thing = "cash and cash equivalents"
    if form.restricted:
        thing = "cash, cash equivalents and restricted cash"
    way = "increase (decrease)" if min(change) < 0 < max(change) else "increase"
    way = "decrease" if max(change) < 0 else way
    lines = []
    if form.with_exchange:
        lines.append(
            Line(
                label=word(rng, "exchange"),
                cells=exchange,
                concept="fx_effect",
            )
        )
    lines.append(total(f"Net {way} in {thing}", change, "net_change_cash"))
    named = thing[:1].upper() + thing[1:]
    for when, cells, concept in (("beginning", begin, "cash_begin"), ("end", end, "cash_end")):
        separator = ", " if form.restricted or rng.random() < 0.3 else " at "
        label = f"{named}{separator}{when} of {form.span}"
        lines.append(
            final(label, cells, concept)
            if concept == "cash_end"
            else Line(label=label, cells=cells, concept=concept)
        )
    if form.supplement:
        paid = tuple(max(3, value // 40) for value in end)
        lines += [
            heading("Supplemental disclosures:"),
            item("Cash paid for interest", paid, "interest_paid"),
            item("Cash paid for income taxes, net of refunds", add(paid, paid), "taxes_paid"),
        ]
    return lines
