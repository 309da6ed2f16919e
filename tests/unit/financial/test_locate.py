"""Which tables are the entity's statements."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from printing import Printed, Text, document, right, row
from reports import BALANCE_ROWS, CASH_ROWS, INCOME_ROWS, balance, cash_flow, cover, income, titled

from apostil.applications.financial.reading.identify import DocumentType, identify
from apostil.applications.financial.reading.locate import locate
from apostil.applications.financial.reading.region import Region
from apostil.applications.financial.rules.titles import TitleKind, read_title


def located(*pages: Sequence[Printed]) -> tuple[Region, ...]:
    parsed = document(cover(), *pages)
    return locate(parsed, identify(parsed)).regions


def places(*pages: Sequence[Printed]) -> list[tuple[str, list[int]]]:
    """Kind and pages of each statement found; the cover is page 1."""
    return [
        (region.kind.value, [stretch.page for stretch in region.stretches])
        for region in located(*pages)
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CONSOLIDATED STATEMENTS OF OPERATIONS", TitleKind.INCOME),
        ("Consolidated Statement of Incom e", TitleKind.INCOME),
        ("Consolidated income statement", TitleKind.INCOME),
        ("Statement of profit or loss and other comprehensive income", TitleKind.INCOME),
        ("Condensed Consolidated Statements of Earnings (Unaudited)", TitleKind.INCOME),
        ("Consolidated Balance Shee t", TitleKind.BALANCE),
        ("CONSOLIDATED STATEMENT OF FINANCIAL POSITION AS AT 30 JUNE 2022", TitleKind.BALANCE),
        ("Consolidated Statements of Cash Flow s", TitleKind.CASH_FLOW),
        ("Consolidated cash flow statement", TitleKind.CASH_FLOW),
        ("Consolidated Statements of Comprehensive Income", TitleKind.COMPREHENSIVE),
        ("Consolidated Statements of Stockholders\u2019 Equity", TitleKind.EQUITY),
    ],
)
def test_title_is_known_by_its_letters(text: str, kind: TitleKind) -> None:
    title = read_title(text)
    assert title is not None
    assert (title.kind, title.foreign) == (kind, False)


@pytest.mark.parametrize(
    "text",
    [
        "The accompanying notes are part of the consolidated balance sheets",
        "Amounts recorded in the consolidated statements of income",
        "Notes to the consolidated balance sheet",
        "Revenue",
    ],
)
def test_sentence_about_a_statement_is_no_title(text: str) -> None:
    assert read_title(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Condensed Consolidating Statements of Income",
        "Parent Company Condensed Balance Sheets",
        "Pro Forma Statements of Income",
        "Selected Balance Sheet Data",
        "Reconciliation of Adjusted Statements of Income",
        "Supplemental Guarantor Statements of Cash Flows",
    ],
)
def test_title_of_another_table_is_foreign(text: str) -> None:
    title = read_title(text)
    assert title is not None
    assert title.foreign


def test_three_statements_are_found_on_their_pages() -> None:
    assert places(balance(), income(), cash_flow()) == [("BS", [2]), ("IS", [3]), ("CF", [4])]


def test_two_statements_may_share_a_page() -> None:
    assert places([*cash_flow(), "", *balance()]) == [("CF", [2]), ("BS", [2])]


def test_table_of_contents_is_no_statement() -> None:
    contents: list[Printed] = [
        [Text(60.0, "Consolidated Balance Sheets"), Text(400.0, "45")],
        [Text(60.0, "Consolidated Statements of Income"), Text(400.0, "46")],
        [Text(60.0, "Consolidated Statements of Cash Flows"), Text(400.0, "47")],
    ]
    assert places(contents) == []


def test_balance_sheet_goes_on_over_two_pages() -> None:
    first, second = BALANCE_ROWS[:7], BALANCE_ROWS[7:]
    assert places(balance(rows=first), second, income()) == [("BS", [2, 3]), ("IS", [4])]


def test_title_beside_the_name_of_the_company_is_found() -> None:
    long = "Consolidated Statements of Income and Comprehensive Income"
    page = income()
    page[0] = [Text(60.0, long), Text(60.0 + 5.0 * len(long) + 14.0, "Sample Works Group Holdings")]
    assert places(page) == [("IS", [2])]


def test_page_that_repeats_the_title_continues_the_statement() -> None:
    rest = cash_flow("Consolidated Statements of Cash Flows (Continued)", rows=CASH_ROWS[7:])
    assert places(cash_flow(rows=CASH_ROWS[:7]), rest) == [("CF", [2, 3])]


def test_comprehensive_income_that_begins_with_net_income_is_not_taken() -> None:
    other: list[Printed] = [
        row("Net income", "600", "450"),
        row("Foreign currency translation", "10", "12"),
        row("Pension adjustments", "5", "6"),
        row("Other comprehensive income", "15", "18"),
        row("Comprehensive income per share", "1.20", "0.90"),
    ]
    pages = (income(), income("Consolidated Statements of Comprehensive Income", rows=other))
    assert places(*pages) == [("IS", [2])]


def test_comprehensive_income_that_begins_with_revenue_is_the_income_statement() -> None:
    assert places(income("Consolidated Statement of Comprehensive Income")) == [("IS", [2])]


def test_consolidating_and_parent_tables_are_passed_over() -> None:
    pages = (
        income("Condensed Consolidating Statements of Income"),
        income("Parent Company Statements of Income"),
        balance("Parent Company Balance Sheets"),
    )
    assert places(*pages) == []


def test_parent_company_statements_lose_against_those_of_the_group() -> None:
    gap: list[Printed] = ["Notes"]
    pages = (balance(), income(), cash_flow(), *[gap] * 12, balance("Company balance sheet"))
    assert places(*pages) == [("BS", [2]), ("IS", [3]), ("CF", [4])]


def test_statement_without_any_date_is_not_taken() -> None:
    assert places(["Consolidated Statements of Income", *INCOME_ROWS]) == []


def test_letter_without_statements_gives_none() -> None:
    letter: list[Printed] = [
        "Dear shareholders,",
        "net income rose to 600 and total assets to 3,000.",
    ]
    assert places(letter) == []


def test_two_income_statements_of_different_spans_are_both_kept() -> None:
    quarter = [
        *titled("Consolidated Statements of Income", [Text(350.0, "13 Weeks Ended")]),
        [Text(330.0, "July 1, 2023"), Text(420.0, "July 2, 2022")],
        *INCOME_ROWS,
    ]
    half = [
        *titled("Consolidated Statements of Income", [Text(350.0, "26 Weeks Ended")]),
        [Text(330.0, "July 1, 2023"), Text(420.0, "July 2, 2022")],
        *INCOME_ROWS,
    ]
    assert places([*quarter, "", *half]) == [("IS", [2]), ("IS", [2])]


def test_note_that_restates_a_statement_is_passed_over() -> None:
    note: list[Printed] = [
        *titled("Consolidated Statements of Income"),
        [Text(350.0, "As reported"), Text(420.0, "Impact of adoption")],
        [Text(370.0, "2022"), Text(460.0, "2022")],
        *INCOME_ROWS,
    ]
    assert places(balance(), income(), cash_flow(), note) == [("BS", [2]), ("IS", [3]), ("CF", [4])]


def test_cover_names_type_issuer_and_period() -> None:
    identity = identify(document(cover()))
    assert identity.type is DocumentType.ANNUAL_10K
    assert identity.issuer == "Sample Works, Inc."
    assert str(identity.period_end) == "2023-12-31"
    assert identity.period_citation is not None
    assert identity.period_citation.quote == "ended December 31, 2023"


def test_note_that_restates_is_not_taken_even_when_it_stands_alone() -> None:
    note: list[Printed] = [
        *titled("Consolidated Statement of Operations"),
        [Text(310.0, "As Reported"), Text(400.0, "Adjustment"), Text(490.0, "As Restated")],
        [Text(330.0, "2022"), Text(410.0, "2022"), Text(500.0, "2022")],
        *INCOME_ROWS,
    ]
    assert places(note) == []


def test_days_and_months_over_the_years_are_no_amounts() -> None:
    head = titled(
        "Consolidated Balance Sheets",
        [Text(330.0, "December 31"), Text(425.0, "December 31")],
        [Text(60.0, "(in millions)"), right(400.0, "2023"), right(480.0, "2022")],
    )
    assert places([*head, *BALANCE_ROWS]) == [("BS", [2])]
