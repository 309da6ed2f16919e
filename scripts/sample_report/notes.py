"""Notes to the statements, with tables that must not be taken for the statements themselves."""

from __future__ import annotations

from sample_report.drawing import Grid, Line, Sheet
from sample_report.figures import Balance, Income, total


def first_page(sheet: Sheet, income: Income, balance: Balance) -> None:
    sheet.skip(4)
    sheet.heading("Notes to Consolidated Financial Statements", size=13)
    sheet.prose([
        ("<b>1. Basis of presentation.</b> The consolidated statements include all companies that Marrowbay "
        "controls. Balances and transactions between them are eliminated. Preparing them requires estimates."),
        ("<b>2. Revenue.</b> Products are recognized when control passes, as a rule on shipment. Service "
        "contracts are recognized evenly over their term. Deferred revenue at the end of 2023 of $18,330 was "
        "recognized in 2024 but for $1,102."),
        "<b>3. Inventories</b> are stated at the lower of cost, first in first out, and net realizable value.",
    ])  # fmt: skip
    materials, work = (24_310, 22_905), (11_644, 10_870)
    finished = tuple(
        whole - part
        for whole, part in zip(balance.inventories, total(materials, work), strict=True)
    )
    grid = Grid(edges=(470, 548), heads=("2024", "2023"), spanning="(In thousands) December 31,")
    sheet.table(grid, [
        Line(label="Raw materials", cells=materials, indent=1, dollar=True),
        Line(label="Work in process", cells=work, indent=1),
        Line(label="Finished goods", cells=finished, indent=1),
        Line(label="Inventories", cells=balance.inventories, rule=True, dollar=True, double=True),
    ])  # fmt: skip
    sheet.skip(16)
    sheet.prose([
        ("<b>4. Intangible assets.</b> Acquired technology and customer relations are amortized over five to "
        f"twelve years. Amortization was ${income.amortization[0]:,}, ${income.amortization[1]:,} and "
        f"${income.amortization[2]:,} in 2024, 2023 and 2022."),
        ("<b>5. Debt.</b> The term loan bears interest at a floating rate, 5.6 % at year end, and is repaid in "
        "yearly parts of $10,000 until 2029, when the rest falls due. It matures as follows:"),
    ])  # fmt: skip
    grid = Grid(
        edges=(240, 302, 364, 426, 488, 550), heads=("2025", "2026", "2027", "2028", "2029", "Total"),
        spanning="(In thousands)", column_width=54,
    )  # fmt: skip
    debt = total(balance.debt, balance.current_debt)[0]
    yearly = (10_000,) * 4
    sheet.table(
        grid, [Line(label="Term loan", cells=(*yearly, debt - sum(yearly), debt), dollar=True)]
    )


def second_page(sheet: Sheet, income: Income) -> None:
    sheet.skip(4)
    sheet.prose([
        ("<b>6. Income taxes.</b> The effective rate was 22.5 %, 23.5 % and 24.0 % in 2024, 2023 and 2022. It "
        "differs from the federal rate of 21 % mainly by state taxes and by credits for research."),
        ("<b>7. Stock-based compensation</b> was $6,905, $6,120 and $5,480, nearly all of it within selling, "
        "general and administrative expenses."),
        ("<b>8. Restructuring.</b> In 2023 the works at Tarnholm were closed, at a cost of $3,150, paid in that "
        "year. There was no such charge in 2024 or 2022."),
        "<b>9. Segments.</b> The Company reports two segments. Their results in 2024 were:",
    ])  # fmt: skip
    grid = Grid(
        edges=(392, 470, 548), heads=("Products", "Services", "Company"), spanning="(In thousands)"
    )
    products, services = income.products[0], income.services[0]
    cost_products, cost_services = income.cost_of_products[0], income.cost_of_services[0]
    sheet.table(grid, [
        Line(label="Net sales", cells=(products, services, products + services), dollar=True),
        Line(label="Cost of sales", cells=(cost_products, cost_services, cost_products + cost_services)),
        Line(
            label="Gross profit", rule=True, double=True, dollar=True,
            cells=(products - cost_products, services - cost_services, income.gross_profit[0]),
        ),
    ])  # fmt: skip
    sheet.skip(20)
    sheet.prose([
        ("<b>10. Commitments and contingencies.</b> A former distributor claims damages of $4,200. The Company "
        "believes the claim to be without merit, contests it and has recorded nothing for it."),
        ("<b>11. Subsequent events.</b> On January 28, 2025 the board declared a dividend of $0.08 a share, "
        "payable on March 14, 2025. On February 10, 2025 the Company agreed to acquire a maker of titrators "
        "in Jena for about $19 million in cash; the purchase is expected to close in the second quarter."),
    ])  # fmt: skip
