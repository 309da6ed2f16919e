"""The pages before the statements: cover, business and risks, discussion, selected data."""

from __future__ import annotations

from sample_report.drawing import SERIF_BOLD, SERIF_ITALIC, WIDTH, Grid, Line, Sheet
from sample_report.figures import COMPANY, CashFlow, Income

BUSINESS = (
    (
        "<b>Overview.</b> Marrowbay designs, makes and services balances, moisture analysers and small "
        "automated dosing stations for laboratories and for the people who mix things for a living: "
        "bakers of medicines, of paints and of bread. We were founded in 1974 in a former sail loft and "
        "still make our load cells within sight of it."
    ),
    (
        "<b>Products.</b> Laboratory balances, sold under the names Petrel and Tern, brought in about "
        "two thirds of product sales in 2024. Dosing stations were introduced in 2021 and are the part "
        "of our range that grows fastest."
    ),
    (
        "<b>Services.</b> Calibration, repair and validation are performed by 410 engineers of our own "
        "in 19 countries. About 80 % of service sales come from contracts of one year or longer."
    ),
    "<b>Customers.</b> No customer accounted for more than 4 % of net sales in 2024, 2023 or 2022.",
    (
        "<b>Research.</b> We employ 286 people in research and development and held 341 patents at "
        "year end, which expire between 2025 and 2043."
    ),
    (
        "<b>People.</b> At December 31, 2024 we had 2,164 employees, of whom 1,302 were in the "
        "United States."
    ),
)
RISKS = (
    (
        "<b>Demand follows the budgets of laboratories.</b> A fall in public or private spending on "
        "research would reduce orders, and our costs could not be lowered as fast."
    ),
    (
        "<b>We depend on single sources.</b> The sapphire for our load cells comes from two suppliers, "
        "and one alloy from a single one. An interruption of more than a quarter would delay shipments."
    ),
    (
        "<b>Currencies move.</b> In 2024 about 46 % of net sales were made in currencies other than the "
        "dollar. A rise of the dollar by 10 % would have lowered net sales by about $23 million."
    ),
    (
        "<b>We carry goodwill.</b> Goodwill was $121.3 million at year end. If the service business "
        "earned less than we expect, an impairment could be large."
    ),
    (
        "<b>Our debt has covenants.</b> The term loan requires net debt below 3.0 times earnings before "
        "interest, taxes, depreciation and amortization. We complied with it throughout the year."
    ),
    (
        "<b>Instruments are connected.</b> A breach of the software in our dosing stations could harm "
        "customers and our name."
    ),
)


def cover(sheet: Sheet) -> None:
    sheet.skip(14)
    sheet.centred("UNITED STATES", size=12, font=SERIF_BOLD)
    sheet.centred("SECURITIES AND EXCHANGE COMMISSION", size=12, font=SERIF_BOLD)
    sheet.centred("Washington, D.C. 20549", size=10)
    sheet.skip(22)
    sheet.centred("FORM 10-K", size=18, font=SERIF_BOLD)
    sheet.skip(10)
    sheet.centred("ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d)", font=SERIF_BOLD)
    sheet.centred("OF THE SECURITIES EXCHANGE ACT OF 1934", font=SERIF_BOLD)
    sheet.skip(8)
    sheet.centred("For the fiscal year ended December 31, 2024", size=11, font=SERIF_BOLD)
    sheet.centred("Commission file number 0-00000")
    sheet.skip(26)
    sheet.centred(COMPANY.upper(), size=20, font=SERIF_BOLD)
    sheet.centred("(Exact name of registrant as specified in its charter)", font=SERIF_ITALIC)
    sheet.skip(18)
    sheet.centred("Maine")
    sheet.centred("(State of incorporation)", size=9, font=SERIF_ITALIC)
    sheet.skip(8)
    sheet.centred("1 Loft Wharf, Marrow Bay, Maine")
    sheet.centred("(Address of principal executive offices)", size=9, font=SERIF_ITALIC)
    sheet.skip(30)
    sheet.canvas.line(WIDTH / 2 - 90, sheet.y, WIDTH / 2 + 90, sheet.y)
    sheet.skip(12)
    sheet.prose([
        ("Securities registered: common stock, $0.01 par value, 31,352,900 shares issued at "
        "December 31, 2024. The aggregate market value of the shares held by others than affiliates "
        "was $1,042 million on the last business day of the second quarter."),
        ("<i>This report was made up to show what Apostil does. The company, its people and its figures "
        "do not exist. The sums, however, hold.</i>"),
    ])  # fmt: skip


def contents(sheet: Sheet) -> None:
    sheet.skip(8)
    sheet.centred("TABLE OF CONTENTS", size=12, font=SERIF_BOLD)
    sheet.skip(10)
    grid = Grid(edges=(548,), heads=("Page",), column_width=50)
    sheet.table(grid, [
        Line(label=label, cells=(page,), indent=indent, bold=not indent)
        for label, page, indent in (
            ("PART I", "", 0),
            ("Item 1. Business", "3", 1),
            ("Item 1A. Risk Factors", "3", 1),
            ("PART II", "", 0),
            ("Item 6. Selected Financial Data", "4", 1),
            ("Item 7. Management's Discussion and Analysis", "5", 1),
            ("Item 8. Financial Statements and Supplementary Data", "6", 1),
            ("Report of Independent Registered Public Accounting Firm", "6", 2),
            ("Consolidated Statements of Income", "7", 2),
            ("Consolidated Balance Sheets", "8", 2),
            ("Consolidated Statements of Cash Flows", "9", 2),
            ("Notes to Consolidated Financial Statements", "10", 2),
        )
    ])  # fmt: skip
    sheet.skip(24)
    sheet.prose([
        ("<b>Forward-looking statements.</b> Words such as expect, plan and believe mark statements about "
        "the future. They rest on what we know today and may turn out wrong for the reasons given under "
        "Item 1A and for others. We do not undertake to correct them later."),
        ("The terms we, us, our, Marrowbay and the Company mean Marrowbay Instruments, Inc. and the "
        "companies that it controls. Years are calendar years. Sums may differ by one in the last digit "
        "from those of figures that were rounded elsewhere; in the financial statements they do not."),
    ])  # fmt: skip


def business(sheet: Sheet) -> None:
    sheet.skip(4)
    sheet.heading("Item 1. Business, and Item 1A. Risk Factors", size=13)
    sheet.skip(6)
    sheet.two_columns(BUSINESS, RISKS)


def selected_data(sheet: Sheet, income: Income) -> None:
    """Five years in millions: a table that resembles an income statement and is none."""
    sheet.skip(4)
    sheet.heading("Item 6. Selected Financial Data", size=13)
    sheet.skip(6)
    sheet.prose([
        ("The data below are taken from audited statements, of which the years 2024 to 2022 are "
        "included in this report. Amounts are rounded to tenths of a million."),
    ])  # fmt: skip
    grid = Grid(
        edges=(300, 362, 424, 486, 548), heads=("2024", "2023", "2022", "2021", "2020"),
        spanning="(Dollars in millions, except per share data)", column_width=56,
    )  # fmt: skip

    def millions(amounts: tuple[int, ...], *older: str) -> tuple[str, ...]:
        return (*(f"{amount / 1000:,.1f}" for amount in amounts), *older)

    sheet.table(grid, [
        Line(label="Net sales", cells=millions(income.sales, "388.9", "351.2")),
        Line(label="Gross profit", cells=millions(income.gross_profit, "170.4", "152.0")),
        Line(label="Operating income", cells=millions(income.operating_income, "38.6", "27.3")),
        Line(label="Net income", cells=millions(income.net_income, "22.9", "14.8"), bold=True),
        Line(label="Diluted earnings per share", cells=("1.59", "1.13", "0.84", "0.74", "0.48")),
        Line(label="Dividends declared per share", cells=("0.30", "0.26", "0.24", "0.22", "0.20")),
    ])  # fmt: skip
    sheet.skip(26)
    sheet.heading("Market for the Registrant's Common Equity")
    sheet.prose([
        ("The common stock is held by 1,846 holders of record. In 2024 the Company bought back 208,300 "
        "of its shares at an average price of $38.41. The board raised the quarterly dividend from "
        "$0.065 to $0.075 a share in February 2024. Payment of future dividends depends on earnings "
        "and on the covenants of the term loan."),
    ])  # fmt: skip


def discussion(sheet: Sheet, income: Income, flow: CashFlow) -> None:
    sheet.skip(4)
    sheet.heading("Item 7. Management's Discussion and Analysis", size=13)
    sales, operating = income.sales, income.operating_income
    sheet.prose([
        (f"<b>Net sales</b> rose by {_growth(sales)} % to ${sales[0] / 1000:.1f} million in 2024, after "
        f"${sales[1] / 1000:.1f} million in 2023. Products grew by {_growth(income.products)} %, half of it in "
        f"dosing stations; services grew by {_growth(income.services)} %. Changes in exchange rates took away "
        "0.7 points of growth."),
        (f"<b>Gross margin</b> was {_share(income.gross_profit, sales)} % of net sales, after "
        f"{_share(income.gross_profit, sales, year=1)} % in 2023. Freight became cheaper, and the share of "
        "dosing stations in the mix went up."),
        (f"<b>Operating income</b> was ${operating[0] / 1000:.1f} million, {_share(operating, sales)} % of net "
        "sales. Research and development grew faster than sales, as planned; the closing of the works at "
        "Tarnholm, which had cost $3.2 million in 2023, did not recur."),
    ])  # fmt: skip
    sheet.skip(8)
    grid = Grid(
        edges=(408, 478, 548), heads=("2024", "2023", "2022"), spanning="Percent of net sales"
    )
    sheet.table(grid, [
        Line(label=label, cells=tuple(f"{_share(line, sales, year=year)}%" for year in range(3)))
        for label, line in (
            ("Net sales", sales),
            ("Cost of sales", income.cost_of_sales),
            ("Research and development", income.research),
            ("Selling, general and administrative", income.selling),
            ("Operating income", operating),
            ("Net income", income.net_income),
        )
    ])  # fmt: skip
    sheet.skip(20)
    sheet.heading("Liquidity and Capital Resources")
    sheet.prose([
        (f"Operating activities provided ${flow.operating[0] / 1000:.1f} million of cash in 2024 and "
        f"${flow.operating[1] / 1000:.1f} million in 2023. We spent ${-flow.capital_expenditure[0] / 1000:.1f} "
        "million on property, plant and equipment, most of it for the second dosing line, and expect to spend "
        "between $24 million and $27 million in 2025."),
        (f"Cash and cash equivalents were ${flow.cash_at_end[0] / 1000:.1f} million at year end, of which $31.2 "
        "million was held outside the United States. An undrawn credit line of $75.0 million runs until June "
        "2028. We believe that these sources suffice for at least the next twelve months."),
    ])  # fmt: skip


def _growth(amounts: tuple[int, ...]) -> str:
    return f"{(amounts[0] / amounts[1] - 1) * 100:.1f}"


def _share(part: tuple[int, ...], whole: tuple[int, ...], *, year: int = 0) -> str:
    return f"{part[year] / whole[year] * 100:.1f}"
