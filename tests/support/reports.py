"""Small statements of a company that does not exist, printed in different ways."""

from __future__ import annotations

from collections.abc import Sequence

from printing import Printed, Text, right, row

YEARS = [right(400.0, "2023"), right(480.0, "2022")]
DATES = [right(400.0, "2023"), right(480.0, "2022")]

INCOME_ROWS: list[Printed] = [
    row("Net sales", "5,000", "4,500"),
    row("Cost of sales", "(3,000)", "(2,800)"),
    row("Gross profit", "2,000", "1,700"),
    row("Selling, general and administrative expenses", "1,200", "1,100"),
    row("Operating income", "800", "600"),
    row("Income before income taxes", "780", "570"),
    row("Provision for income taxes", "180", "120"),
    row("Net income", "600", "450"),
    row("Diluted earnings per share", "1.20", "0.90"),
]
BALANCE_ROWS: list[Printed] = [
    "Assets",
    "Current assets:",
    row("Cash and cash equivalents", "900", "700", indent=70.0),
    row("Inventories", "400", "500", indent=70.0),
    row("Total current assets", "1,300", "1,200"),
    row("Property, plant and equipment, net", "1,700", "1,600"),
    row("Total assets", "3,000", "2,800"),
    "Liabilities and equity",
    "Current liabilities:",
    row("Accounts payable", "800", "700", indent=70.0),
    row("Total current liabilities", "800", "700"),
    row("Long-term debt", "1,000", "1,100"),
    row("Total liabilities", "1,800", "1,800"),
    row("Retained earnings", "1,200", "1,000"),
    row("Total equity", "1,200", "1,000"),
    row("Total liabilities and equity", "3,000", "2,800"),
]
CASH_ROWS: list[Printed] = [
    "Operating activities",
    row("Net income", "600", "450"),
    row("Depreciation", "100", "90"),
    row("Net cash provided by operating activities", "700", "540"),
    "Investing activities",
    row("Capital expenditures", "(200)", "(150)"),
    row("Net cash used in investing activities", "(200)", "(150)"),
    "Financing activities",
    row("Dividends paid", "(300)", "(280)"),
    row("Net cash used in financing activities", "(300)", "(280)"),
    row("Net increase in cash", "200", "110"),
    row("Cash at beginning of year", "700", "590"),
    row("Cash at end of year", "900", "700"),
]


def titled(title: str, *header: Printed) -> list[Printed]:
    """The head of a statement: title, unit and column headers."""
    return [title, "(In thousands, except per share data)", *header]


def income(
    title: str = "Consolidated Statements of Income", rows: Sequence[Printed] = ()
) -> list[Printed]:
    head = titled(title, [Text(350.0, "Years Ended December 31,")], YEARS)
    return [*head, *(rows or INCOME_ROWS)]


def balance(
    title: str = "Consolidated Balance Sheets", rows: Sequence[Printed] = ()
) -> list[Printed]:
    head = titled(title, [right(400.0, "December 31,"), right(480.0, "December 31,")], DATES)
    return [*head, *(rows or BALANCE_ROWS)]


def cash_flow(
    title: str = "Consolidated Statements of Cash Flows", rows: Sequence[Printed] = ()
) -> list[Printed]:
    head = titled(title, [Text(350.0, "Years Ended December 31,")], YEARS)
    return [*head, *(rows or CASH_ROWS)]


def cover() -> list[Printed]:
    return [
        "FORM 10-K",
        "For the fiscal year ended December 31, 2023",
        "Sample Works, Inc.",
        "(Exact name of registrant as specified in its charter)",
    ]
