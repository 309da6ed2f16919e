"""Statements of income in the forms of reports under IFRS; all sums hold."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from invented.forms import IncomeForm, Months, Result, Scaling, earnings, sales, share
from invented.lines import Column, Line, add, final, heading, item, minus, total


def by_function(
    rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling
) -> Result:
    """The form of European reports: costs in brackets, results by function."""
    revenue = sales(rng, size, months)
    cost = share(rng, revenue, 0.5, 0.62)
    gross = add(revenue, minus(cost))
    selling, administration = share(rng, revenue, 0.08, 0.12), share(rng, revenue, 0.08, 0.12)
    if form.loss:
        administration = add(administration, tuple(value // 3 for value in revenue))
    operating = add(gross, minus(selling), minus(administration))
    earned, paid = share(rng, revenue, 0.002, 0.005), share(rng, revenue, 0.01, 0.02)
    associates = share(rng, revenue, 0.001, 0.004)
    pretax = add(operating, earned, minus(paid), associates)
    tax = tuple(round(value * rng.uniform(0.18, 0.25)) for value in pretax)
    result = add(pretax, minus(tax))
    word = "Loss" if max(result) < 0 else "Profit"
    lines = [
        Line(label=rng.choice(("Revenue", "Turnover")), cells=revenue, concept="revenue"),
        Line(label="Cost of sales", cells=minus(cost), concept="cost_of_revenue", flip=-1),
        total("Gross profit", gross, "gross_profit"),
        Line(
            label=rng.choice(("Distribution costs", "Selling and distribution expenses")),
            cells=minus(selling),
            concept="selling_and_marketing",
            flip=-1,
        ),
        Line(
            label="Administrative expenses",
            cells=minus(administration),
            concept="general_and_administrative",
            flip=-1,
        ),
        total(
            "Operating profit" if word == "Profit" else "Operating loss",
            operating,
            "operating_income",
        ),
        Line(label="Finance income", cells=earned, concept="interest_income"),
        Line(label="Finance costs", cells=minus(paid), concept="interest_expense", flip=-1),
        Line(
            label="Share of results of associates and joint ventures",
            cells=associates,
            concept="equity_method_income",
        ),
        total(f"{word} before {rng.choice(('tax', 'taxation'))}", pretax, "pretax_income"),
        Line(
            label=rng.choice(("Taxation", "Income tax expense", "Tax")),
            cells=minus(tax),
            concept="income_tax",
            flip=-1,
        ),
    ]
    return _ifrs_bottom(
        rng, form, lines, result=result, revenue=revenue, pretax=pretax, scaling=scaling
    )


def _ifrs_bottom(
    rng: Random,
    form: IncomeForm,
    lines: list[Line],
    *,
    result: Column,
    revenue: Column,
    pretax: Column,
    scaling: Scaling,
) -> Result:
    word = "Loss" if max(result) < 0 else "Profit"
    span = "year" if form.form != "half" else "period"
    parent = result
    lines.append(final(f"{word} for the {span}", result, "net_income_total"))
    if form.minority:
        theirs = share(rng, result, 0.02, 0.07)
        parent = add(result, minus(theirs))
        lines += [
            heading("Attributable to:"),
            item(
                rng.choice(("Owners of the parent", "Equity holders of the parent")),
                parent,
                "net_income",
            ),
            item("Non-controlling interests", theirs, "net_income_nci"),
        ]
    worth = scaling.tick * abs(parent[0])
    count = int(worth / Decimal(str(round(rng.uniform(0.1, 2.0), 2)))) + 100_000
    basic = tuple(count + 1000 * number for number in range(len(parent)))
    whole = Scaling(tick=scaling.tick, shares=1, per_share=scaling.per_share)
    unit = {Decimal("0.01"): " (pence)"}.get(scaling.per_share, "")
    head = rng.choice(
        (f"{'Loss' if word == 'Loss' else 'Earnings'} per share{unit}", f"Earnings per share{unit}")
    )
    more = tuple(
        round(held * (1.0 if value < 0 else 1.015))
        for held, value in zip(basic, parent, strict=True)
    )
    lines += [heading(head)]
    for label, concept, held in (
        (f"Basic{unit if rng.random() < 0.5 else ''}", "eps_basic", basic),
        (f"Diluted{unit if rng.random() < 0.5 else ''}", "eps_diluted", more),
    ):
        cells = earnings(parent, held, whole)
        lines.append(Line(label=label, cells=cells, concept=concept, unit="per_share", indent=1))
    return Result(
        lines=tuple(lines),
        total=result,
        parent=parent,
        depreciation=share(rng, revenue, 0.065, 0.09),
        pretax=pretax,
    )


def by_nature(
    rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling
) -> Result:
    """The form of Indian reports: other income first, expenses by nature, tax in two parts."""
    revenue = sales(rng, size, months)
    other = share(rng, revenue, 0.01, 0.03)
    income = add(revenue, other)
    materials, staff = share(rng, revenue, 0.35, 0.42), share(rng, revenue, 0.12, 0.18)
    finance, worn = share(rng, revenue, 0.01, 0.03), share(rng, revenue, 0.03, 0.05)
    rest = share(rng, revenue, 0.1, 0.16)
    if form.loss:
        rest = add(rest, tuple(value // 2 for value in revenue))
    expenses = add(materials, staff, finance, worn, rest)
    pretax = add(income, minus(expenses))
    current, deferred = share(rng, pretax, 0.2, 0.24), share(rng, pretax, 0.005, 0.02)
    tax = add(current, deferred)
    result = add(pretax, minus(tax))
    word = "Loss" if max(result) < 0 else "Profit"
    lines = [
        heading("Income"),
        item("Revenue from operations", revenue, "revenue"),
        item("Other income", other),
        total("Total income", income),
        heading("Expenses"),
        item("Cost of materials consumed", materials, "materials_consumed"),
        item("Employee benefits expense", staff, "employee_benefits"),
        item("Finance costs", finance, "interest_expense"),
        item("Depreciation and amortisation expense", worn, "depreciation_amortization_is"),
        item("Other expenses", rest),
        total("Total expenses", expenses, "costs_and_expenses"),
        total(f"{word} before tax", pretax, "pretax_income"),
        heading("Tax expense:"),
        item("Current tax", current),
        item("Deferred tax", deferred),
        total("Total tax expense", tax, "income_tax"),
    ]
    return _ifrs_bottom(
        rng, form, lines, result=result, revenue=revenue, pretax=pretax, scaling=scaling
    )
