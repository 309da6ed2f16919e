"""The audited pages: the auditor's report, three statements and the notes to them."""

from __future__ import annotations

from typing import Unpack

from sample_report.drawing import SERIF_BOLD, SERIF_ITALIC, Grid, Line, LineStyle, Sheet
from sample_report.figures import COMPANY, Amounts, Balance, CashFlow, Income, per_share

NOTES_LINE = (
    "The accompanying notes are an integral part of these consolidated financial statements."
)


def _title(sheet: Sheet, title: str, unit: str) -> None:
    sheet.skip(8)
    sheet.centred(COMPANY.upper(), size=11, font=SERIF_BOLD)
    sheet.centred(title, size=11, font=SERIF_BOLD)
    sheet.centred(unit, font=SERIF_ITALIC)
    sheet.skip(10)


def _oldest_first(amounts: Amounts) -> Amounts:
    return amounts[::-1]


def auditor(sheet: Sheet) -> None:
    sheet.skip(14)
    sheet.centred(
        "REPORT OF INDEPENDENT REGISTERED PUBLIC ACCOUNTING FIRM", size=11, font=SERIF_BOLD
    )
    sheet.skip(12)
    sheet.prose(
        [
            f"To the shareholders and the board of directors of {COMPANY}",
            (
                "<b>Opinion on the financial statements.</b> We have audited the consolidated balance sheets of "
                f"{COMPANY} and its subsidiaries (the Company) as of December 31, 2024 and 2023, and the related "
                "consolidated statements of income and of cash flows for each of the three years in the period ended "
                "December 31, 2024, and the related notes. In our opinion the consolidated financial statements present "
                "fairly, in all material respects, the financial position of the Company as of December 31, 2024 and "
                "2023, and the results of its operations and its cash flows for each of the three years in the period "
                "ended December 31, 2024, in conformity with accounting principles generally accepted in the United "
                "States of America."
            ),
            (
                "<b>Basis for opinion.</b> These statements are the responsibility of the Company's management. Our "
                "responsibility is to express an opinion on them based on our audits. We are independent of the Company "
                "and planned and performed the audits to obtain reasonable assurance that the statements are free of "
                "material misstatement, whether due to error or fraud."
            ),
            (
                "<b>Critical audit matter: goodwill.</b> Goodwill of $121.3 million is tested for impairment each year "
                "in the fourth quarter. We compared the forecasts used by management with results of earlier years, "
                "with orders received after the balance sheet date and with rates of growth in the industry, and "
                "computed the discount rate again from public sources. No impairment was recorded in any year presented."
            ),
            "Oakhurst, Bell &amp; Tanaka LLP<br/>Portland, Maine<br/>February 21, 2025",
        ]
    )


def income_statement(sheet: Sheet, income: Income) -> None:
    """Newest year first, with a column of note numbers and one of changes in percent."""
    _title(sheet, "CONSOLIDATED STATEMENTS OF INCOME", "(In thousands, except per share amounts)")
    grid = Grid(
        edges=(318, 384, 450, 516, 560), column_width=58, spanning="Year Ended December 31,",
        heads=("Notes", "2024", "2023", "2022", "%\nchange"), centred=frozenset({0}),
        aside=frozenset({4}),
    )  # fmt: skip

    def row(label: str, amounts: Amounts, note: str = "", **style: Unpack[LineStyle]) -> Line:
        newest, prior = amounts[0], amounts[1]
        percent = (newest - prior) / abs(prior) * 100 if newest > 0 and prior > 0 else 0.0
        change = f"({-percent:.1f})%" if percent < 0 else f"{percent:.1f}%" if percent else ""
        return Line(label=label, cells=(note, *amounts, change), **style)

    basic = per_share(income.net_income, income.basic_shares)
    diluted = per_share(income.net_income, income.diluted_shares)
    sheet.table(grid, [
        Line(label="Net sales:"),
        row("Products", income.products, "2, 9", indent=1, dollar=True),
        row("Services", income.services, "2, 9", indent=1),
        row("Total net sales", income.sales, indent=2, rule=True, bold=True),
        Line(label="Cost of sales:", space_above=5),
        row("Products", income.cost_of_products, indent=1),
        row("Services", income.cost_of_services, indent=1),
        row("Total cost of sales", income.cost_of_sales, indent=2, rule=True),
        row("Gross profit", income.gross_profit, rule=True, bold=True),
        Line(label="Operating expenses:", space_above=5),
        row("Research and development", income.research, indent=1),
        row("Selling, general and administrative", income.selling, "7", indent=1),
        row("Amortization of acquired intangibles", income.amortization, "4", indent=1),
        row("Restructuring charges", income.restructuring, "8", indent=1),
        row("Total operating expenses", income.operating_expenses, indent=2, rule=True),
        row("Operating income", income.operating_income, rule=True, bold=True),
        row("Interest expense", income.interest_expense, "5", space_above=5),
        row("Interest income", income.interest_income),
        row("Other (expense) income, net", income.other),
        row("Income before income taxes", income.before_taxes, rule=True),
        row("Provision for income taxes", income.taxes, "6"),
        row("Net income", income.net_income, rule=True, double=True, dollar=True, bold=True),
        Line(label="Net income per share:", space_above=10),
        Line(label="Basic", cells=("", *basic), indent=1, dollar=True),
        Line(label="Diluted", cells=("", *diluted), indent=1, dollar=True),
        Line(label="Weighted-average shares outstanding:", space_above=5),
        Line(label="Basic", cells=("", *income.basic_shares), indent=1),
        Line(label="Diluted", cells=("", *income.diluted_shares), indent=1),
    ])  # fmt: skip
    sheet.skip(24)
    sheet.centred(NOTES_LINE, size=9, font=SERIF_ITALIC)


def balance_sheet(sheet: Sheet, balance: Balance) -> None:
    """Older year first, as some companies print it; numbers inside labels are no amounts."""
    _title(sheet, "CONSOLIDATED BALANCE SHEETS", "(In thousands, except share and par value data)")
    grid = Grid(edges=(470, 548), heads=("2023", "2024"), spanning="December 31,", column_width=68)

    def row(label: str, amounts: Amounts, **style: Unpack[LineStyle]) -> Line:
        return Line(label=label, cells=_oldest_first(amounts), **style)

    sheet.table(grid, [
        Line(label="ASSETS", bold=True),
        Line(label="Current assets:"),
        row("Cash and cash equivalents", balance.cash, indent=1, dollar=True),
        row("Short-term investments", balance.investments, indent=1),
        row("Accounts receivable, net of allowance of $1,204 and $1,388", balance.receivables, indent=1),
        row("Inventories", balance.inventories, indent=1),
        row("Prepaid expenses and other current assets", balance.prepaid, indent=1),
        row("Total current assets", balance.current_assets, indent=2, rule=True, bold=True),
        row("Property, plant and equipment, net", balance.equipment),
        row("Goodwill", balance.goodwill),
        row("Intangible assets, net", balance.intangibles),
        row("Operating lease right-of-use assets", balance.leased),
        row("Other assets", balance.other_assets),
        row("Total assets", balance.assets, dollar=True, rule=True, double=True, bold=True),
        Line(label="LIABILITIES AND SHAREHOLDERS' EQUITY", bold=True, space_above=8),
        Line(label="Current liabilities:"),
        row("Accounts payable", balance.payables, indent=1, dollar=True),
        row("Accrued compensation", balance.compensation, indent=1),
        row("Deferred revenue", balance.deferred_revenue, indent=1),
        row("Current portion of long-term debt", balance.current_debt, indent=1),
        row("Income taxes payable", balance.taxes_payable, indent=1),
        row("Other accrued liabilities", balance.other_current, indent=1),
        row("Total current liabilities", balance.current_liabilities, indent=2, rule=True, bold=True),
        row("Long-term debt, net of current portion", balance.debt),
        row("Operating lease liabilities", balance.leases),
        row("Deferred income taxes", balance.deferred_taxes),
        row("Other long-term liabilities", balance.other_liabilities),
        row("Total liabilities", balance.liabilities, rule=True, bold=True),
        Line(label="Commitments and contingencies (Note 10)"),
        Line(label="Shareholders' equity:"),
        Line(label="Common stock, $0.01 par value; 60,000,000 shares authorized;", indent=1),
        row("31,168,400 and 31,352,900 shares issued", balance.common_stock, indent=2),
        row("Additional paid-in capital", balance.paid_in_capital, indent=1),
        row("Retained earnings", balance.retained, indent=1),
        row("Treasury stock, at cost", balance.treasury, indent=1),
        row("Accumulated other comprehensive loss", balance.comprehensive, indent=1),
        row("Total shareholders' equity", balance.equity, indent=2, rule=True, bold=True),
        row(
            "Total liabilities and shareholders' equity", balance.liabilities_and_equity,
            dollar=True, rule=True, double=True, bold=True,
        ),
    ])  # fmt: skip
    sheet.skip(14)
    sheet.centred(NOTES_LINE, size=9, font=SERIF_ITALIC)


def cash_flow_statement(sheet: Sheet, flow: CashFlow) -> None:
    _title(sheet, "CONSOLIDATED STATEMENTS OF CASH FLOWS", "(In thousands)")
    grid = Grid(
        edges=(408, 478, 548), heads=("2024", "2023", "2022"), spanning="Year Ended December 31,"
    )

    def row(label: str, amounts: Amounts, **style: Unpack[LineStyle]) -> Line:
        return Line(label=label, cells=amounts, **style)

    sheet.table(grid, [
        Line(label="Cash flows from operating activities:", bold=True),
        row("Net income", flow.net_income, indent=1, dollar=True),
        Line(label="Adjustments to reconcile net income to net cash:", indent=1),
        row("Depreciation and amortization", flow.depreciation, indent=2),
        row("Stock-based compensation", flow.stock_compensation, indent=2),
        row("Deferred income taxes", flow.deferred_taxes, indent=2),
        Line(label="Changes in operating assets and liabilities:", indent=1),
        row("Accounts receivable", flow.receivables, indent=2),
        row("Inventories", flow.inventories, indent=2),
        row("Prepaid expenses and other current assets", flow.prepaid, indent=2),
        row("Accounts payable", flow.payables, indent=2),
        row("Accrued compensation", flow.compensation, indent=2),
        row("Deferred revenue", flow.deferred_revenue, indent=2),
        row("Income taxes payable", flow.taxes_payable, indent=2),
        row("Other, net", flow.other_operating, indent=2),
        row("Net cash provided by operating activities", flow.operating, rule=True, bold=True),
        Line(label="Cash flows from investing activities:", bold=True, space_above=6),
        row("Purchases of property, plant and equipment", flow.capital_expenditure, indent=1),
        row("Purchases of short-term investments", flow.investments_bought, indent=1),
        row("Maturities of short-term investments", flow.investments_matured, indent=1),
        row("Net cash used in investing activities", flow.investing, rule=True, bold=True),
        Line(label="Cash flows from financing activities:", bold=True, space_above=6),
        row("Repayments of long-term debt", flow.debt_repaid, indent=1),
        row("Dividends paid", flow.dividends, indent=1),
        row("Repurchases of common stock", flow.buybacks, indent=1),
        row("Proceeds from exercise of stock options", flow.options, indent=1),
        row("Net cash used in financing activities", flow.financing, rule=True, bold=True),
        row("Effect of exchange rate changes on cash", flow.exchange, space_above=6),
        row("Net increase in cash and cash equivalents", flow.change, rule=True),
        row("Cash and cash equivalents at beginning of year", flow.cash_at_start),
        row(
            "Cash and cash equivalents at end of year", flow.cash_at_end,
            rule=True, double=True, dollar=True, bold=True,
        ),
    ])  # fmt: skip
    sheet.skip(22)
    sheet.centred(NOTES_LINE, size=9, font=SERIF_ITALIC)
