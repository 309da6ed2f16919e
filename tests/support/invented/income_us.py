"""Statements of income in the forms of American reports; all sums hold."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from invented.forms import IncomeForm, Months, Result, Scaling, earnings, sales, share
from invented.lines import Column, Line, add, final, heading, item, minus, total
from invented.wording import by_sign, word


def _sales(
    rng: Random, form: IncomeForm, *, size: int, months: Months
) -> tuple[list[Line], Column]:
    revenue = sales(rng, size, months)
    name = word(rng, "revenue")
    if not form.parts_of_sales:
        line = Line(label=name, cells=revenue, concept="revenue", dollar=True)
        return [line], revenue
    services = share(rng, revenue, 0.1, 0.45)
    goods = add(revenue, minus(services))
    whole = f"Total {name.removeprefix('Total ').lower()}"
    first = rng.choice((("Product", "Service"), ("Products", "Services"), ("Equipment", "Rentals")))
    return [
        heading(f"{name.removeprefix('Total ').capitalize()}:"),
        Line(label=first[0], cells=goods, indent=1, dollar=True),
        item(first[1], services),
        total(whole, revenue, "revenue"),
    ], revenue


def multi_step(
    rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling
) -> Result:
    lines, revenue = _sales(rng, form, size=size, months=months)
    cost = share(rng, revenue, 0.45, 0.65)
    gross = add(revenue, minus(cost))
    research, selling = share(rng, revenue, 0.03, 0.12), share(rng, revenue, 0.12, 0.18)
    amortization = share(rng, revenue, 0.004, 0.02)
    restructuring = (*share(rng, revenue, 0.25, 0.4)[:1], *(0,) * (len(revenue) - 1))
    if not form.loss:
        restructuring = tuple(0 if rng.random() < 0.5 else v // 40 for v in revenue)
    expenses = add(research, selling, amortization, restructuring)
    operating = add(gross, minus(expenses))
    lines += [
        item(word(rng, "cost_of_revenue"), cost, "cost_of_revenue"),
        total(word(rng, "gross_profit"), gross, "gross_profit"),
        heading("Operating expenses:"),
        item("Research and development", research, "research_and_development"),
        item(word(rng, "selling_general_admin"), selling, "selling_general_admin"),
        item("Amortization of acquired intangible assets", amortization),
        item("Restructuring and related charges", restructuring),
        total("Total operating expenses", expenses, "operating_expenses"),
        total(by_sign(rng, "operating", operating), operating, "operating_income"),
    ]
    return _below_operating(rng, form, lines, revenue=revenue, operating=operating, scaling=scaling)


def all_costs(
    rng: Random, form: IncomeForm, *, size: int, months: Months, scaling: Scaling
) -> Result:
    lines, revenue = _sales(rng, form, size=size, months=months)
    shares = (0.35, 0.12, 0.1, 0.08, 0.2 if form.loss else 0.05)
    cost, operations, marketing, administration, other = (
        share(rng, revenue, low, low * 1.25) for low in shares
    )
    depreciation = share(rng, revenue, 0.03, 0.06)
    if form.loss:
        other = add(other, tuple(value // 3 for value in revenue))
    costs = add(cost, operations, marketing, administration, other, depreciation)
    operating = add(revenue, minus(costs))
    lines += [
        heading(rng.choice(("Costs and expenses:", "Costs and expenses", "Operating expenses:"))),
        item(
            "Cost of revenue, exclusive of depreciation and amortization shown separately below",
            cost,
            "cost_of_revenue_ex_da",
        ),
        item("Operations and support", operations),
        item("Sales and marketing", marketing, "selling_and_marketing"),
        item("General and administrative", administration, "general_and_administrative"),
        item("Depreciation and amortization", depreciation, "depreciation_amortization_is"),
        item("Impairment and other charges, net", other),
        total("Total costs and expenses", costs, "costs_and_expenses"),
        total(by_sign(rng, "operating", operating), operating, "operating_income"),
    ]
    return _below_operating(rng, form, lines, revenue=revenue, operating=operating, scaling=scaling)


def _below_operating(
    rng: Random,
    form: IncomeForm,
    lines: list[Line],
    *,
    revenue: Column,
    operating: Column,
    scaling: Scaling,
) -> Result:
    interest, earned = share(rng, revenue, 0.01, 0.03), share(rng, revenue, 0.002, 0.008)
    other = tuple(rng.choice((-1, 1)) * value for value in share(rng, revenue, 0.001, 0.006))
    beyond = add(minus(interest), earned, other)
    pretax = add(operating, beyond)
    if rng.random() < 0.5:
        lines += [heading("Other income (expense):")]
    lines += [
        item("Interest expense", minus(interest), "interest_expense", flip=-1),
        item("Interest income", earned, "interest_income"),
        item("Other income (expense), net", other, "other_nonoperating"),
    ]
    if rng.random() < 0.4:
        lines += [total("Total other income (expense), net", beyond)]
    return below_pretax(rng, form, lines, revenue=revenue, pretax=pretax, scaling=scaling)


def below_pretax(
    rng: Random,
    form: IncomeForm,
    lines: list[Line],
    *,
    revenue: Column,
    pretax: Column,
    scaling: Scaling,
) -> Result:
    """Income before taxes and all that follows it."""
    tax = tuple(round(value * rng.uniform(0.15, 0.27)) for value in pretax)
    after = add(pretax, minus(tax))
    lines += [
        total(by_sign(rng, "pretax", pretax), pretax, "pretax_income"),
        item("Benefit from income taxes", minus(tax), "income_tax", flip=-1)
        if max(tax) < 0 and form.benefit
        else item(word(rng, "tax" if min(tax) >= 0 else "tax_mixed"), tax, "income_tax"),
    ]
    return _bottom(rng, form, lines, after=after, revenue=revenue, pretax=pretax, scaling=scaling)


def _bottom(
    rng: Random,
    form: IncomeForm,
    lines: list[Line],
    *,
    after: Column,
    revenue: Column,
    pretax: Column,
    scaling: Scaling,
) -> Result:
    """From the result of continuing operations to earnings per share."""
    result = after
    if form.discontinued:
        ended = tuple(-abs(value) for value in share(rng, revenue, 0.004, 0.02))
        lines += [
            total("Income (loss) from continuing operations", after, "income_continuing"),
            item("Loss from discontinued operations, net of tax", ended, "discontinued_operations"),
        ]
        result = add(after, ended)
    name = word(rng, "net" if min(result) >= 0 else "net_mixed")
    name = "Net loss" if max(result) < 0 else name
    parent = result
    if form.minority:
        theirs = share(rng, tuple(abs(value) for value in result), 0.02, 0.08)
        parent = add(result, minus(theirs))
        whole = rng.choice(
            (f"{name} including noncontrolling interests", f"Consolidated {name.lower()}")
        )
        lines += [
            total(whole, result, "net_income_total"),
            item(
                f"Less: {name.lower()} attributable to noncontrolling interests",
                theirs,
                "net_income_nci",
            ),
            final(f"{name} attributable to [company]", parent, "net_income"),
        ]
    else:
        lines += [final(name, result, "net_income")]
    earned = parent
    if form.preferred:
        fixed = share(rng, revenue, 0.002, 0.006)
        earned = add(parent, minus(fixed))
        lines += [
            item("Less: preferred stock dividends", minus(fixed)),
            total(f"{name} available to common stockholders", earned, "net_income_common"),
        ]
    lines += per_share_lines(rng, form, earned, scaling=scaling, name=name)
    return Result(
        lines=tuple(lines),
        total=result,
        parent=parent,
        depreciation=share(rng, revenue, 0.065, 0.09),
        pretax=pretax,
    )


def per_share_lines(
    rng: Random, form: IncomeForm, parent: Column, *, scaling: Scaling, name: str
) -> list[Line]:
    """Earnings per share and the weighted shares behind them."""
    wish = Decimal(str(round(rng.uniform(0.4, 9.0), 2)))
    worth = scaling.tick * abs(parent[0])
    count = max(int(worth / wish / scaling.shares), 20_000 // scaling.shares + 500)
    basic = tuple(round(count * (1 + 0.012 * number)) for number in range(len(parent)))
    more = rng.uniform(1.006, 1.03)
    diluted = tuple(
        shares if result < 0 else round(shares * more)
        for shares, result in zip(basic, parent, strict=True)
    )
    earned = [earnings(parent, shares, scaling) for shares in (basic, diluted)]
    return _per_share_block(form, name, earned=earned, shares=(basic, diluted))


def _per_share_block(
    form: IncomeForm, name: str, *, earned: list[tuple[Decimal, ...]], shares: tuple[Column, Column]
) -> list[Line]:
    def eps(label: str, which: int, indent: int) -> Line:
        concept = ("eps_basic", "eps_diluted")[which]
        return Line(
            label=label,
            cells=earned[which],
            concept=concept,
            unit="per_share",
            indent=indent,
            dollar=True,
        )

    def held(label: str, which: int, indent: int) -> Line:
        concept = ("shares_basic", "shares_diluted")[which]
        return Line(label=label, cells=shares[which], concept=concept, unit="shares", indent=indent)

    style = form.per_share_style
    if earned[0] == earned[1] and style == 5:
        return _one_line_for_both(name, earned=earned[0], shares=shares[0])
    if style == 0:
        return [
            heading(f"{name} per share:"),
            eps("Basic", 0, 1),
            eps("Diluted", 1, 1),
            heading("Weighted-average shares outstanding:"),
            held("Basic", 0, 1),
            held("Diluted", 1, 1),
        ]
    if style == 1:
        return [
            eps(f"Basic {name.lower()} per common share", 0, 0),
            eps(f"Diluted {name.lower()} per common share", 1, 0),
            held("Weighted average common shares outstanding - basic", 0, 0),
            held("Weighted average common shares outstanding - diluted", 1, 0),
        ]
    if style == 2:
        return [
            heading("Earnings per share of common stock:"),
            eps("Basic earnings per share", 0, 1),
            held("Weighted average number of shares, basic", 0, 1),
            eps("Diluted earnings per share", 1, 1),
            held("Weighted average number of shares, diluted", 1, 1),
        ]
    if style == 3:
        return [
            heading("Earnings per share"),
            eps("Basic", 0, 1),
            eps("Diluted", 1, 1),
        ]
    return [
        eps(f"{name} per share: Basic", 0, 0),
        eps("Diluted", 1, 3),
        held("Shares used in computing per share amounts: Basic", 0, 0),
        held("Diluted", 1, 3),
    ]


def _one_line_for_both(name: str, *, earned: tuple[Decimal, ...], shares: Column) -> list[Line]:
    """A loss is not diluted: one line says both."""
    both = Line(
        label=f"{name} per share, basic and diluted",
        cells=earned,
        concept="eps_basic",
        also="eps_diluted",
        unit="per_share",
        dollar=True,
    )
    count = Line(
        label="Weighted-average shares used in computing per share amounts, basic and diluted",
        cells=shares,
        concept="shares_basic",
        also="shares_diluted",
        unit="shares",
    )
    return [both, count]
