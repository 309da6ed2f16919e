"""What the columns of a statement are for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from printing import Printed, Text, document, right, row
from reports import CASH_ROWS, INCOME_ROWS, balance, cover, income, titled

from apostil.applications.financial.segments import read_statements
from apostil.applications.financial.statement import Bucket, Column, ColumnKind, Statement

TITLE = "Consolidated Statements of Income"


def statements_of(*pages: Sequence[Printed]) -> tuple[Statement, ...]:
    return read_statements(document(cover(), *pages))[1]


def columns_of(*lines: Printed) -> tuple[Column, ...]:
    """The columns of an income statement with these header lines."""
    return statements_of([*titled(TITLE, *lines), *INCOME_ROWS])[0].columns


def spans(columns: Sequence[Column]) -> list[tuple[str, str] | None]:
    return [
        (str(column.period.start), str(column.period.end)) if column.period else None
        for column in columns
    ]


def test_words_over_both_columns_complete_the_years_below() -> None:
    columns = columns_of(
        [Text(340.0, "Years Ended December 31,")], [right(400.0, "2023"), right(480.0, "2022")]
    )
    assert spans(columns) == [("2023-01-01", "2023-12-31"), ("2022-01-01", "2022-12-31")]
    assert columns[0].header is not None
    assert columns[0].header.quote == "Years Ended December 31, 2023"


def test_older_year_may_stand_first() -> None:
    columns = columns_of(
        [Text(340.0, "Years Ended December 31,")], [right(400.0, "2022"), right(480.0, "2023")]
    )
    assert [span and span[1] for span in spans(columns)] == ["2022-12-31", "2023-12-31"]


def test_dates_over_stacked_lines_are_put_together() -> None:
    columns = columns_of(
        [Text(380.0, "13 Weeks Ended")],
        [right(400.0, "July 1,"), right(480.0, "July 2,")],
        [right(400.0, "2023"), right(480.0, "2022")],
    )
    assert spans(columns) == [("2023-04-02", "2023-07-01"), ("2022-04-03", "2022-07-02")]


def test_words_left_of_the_years_date_all_columns() -> None:
    columns = columns_of(
        [Text(60.0, "Quarters Ended March 31,"), right(400.0, "2023"), right(480.0, "2022")]
    )
    assert [column.period.bucket for column in columns if column.period] == [Bucket.QUARTER] * 2


def test_line_below_the_title_dates_the_years() -> None:
    page = [
        TITLE,
        "FOR THE YEAR ENDED 30 JUNE 2023",
        [right(400.0, "2023"), right(480.0, "2022")],
        *INCOME_ROWS,
    ]
    assert spans(statements_of(page)[0].columns) == [
        ("2022-07-01", "2023-06-30"),
        ("2021-07-01", "2022-06-30"),
    ]


def four(label: str, *amounts: str) -> list[Text]:
    return row(label, *amounts, first=320.0)


def test_two_spanning_heads_share_four_columns() -> None:
    page = [
        *titled(
            TITLE,
            [Text(270.0, "Three Months Ended June 30,"), Text(440.0, "Six Months Ended June 30,")],
        ),
        [right(320.0, "2023"), right(400.0, "2022"), right(480.0, "2023"), right(560.0, "2022")],
        *[
            four(text[0].text, "1,000", "2,000", "3,000", "4,000")
            for text in INCOME_ROWS
            if not isinstance(text, str)
        ],
    ]
    periods = [column.period for column in statements_of(page)[0].columns]
    assert [period and (period.bucket, period.end.year) for period in periods] == [
        (Bucket.QUARTER, 2023),
        (Bucket.QUARTER, 2022),
        (Bucket.HALF, 2023),
        (Bucket.HALF, 2022),
    ]


def test_percent_and_change_columns_are_not_amounts() -> None:
    page = [
        *titled(
            TITLE,
            [
                Text(60.0, "Quarters Ended March 31,"),
                right(320.0, "2023"),
                right(400.0, "2022"),
                Text(450.0, "Inc/ (Dec)"),
            ],
        ),
        *[
            four(text[0].text, "1,000", "2,000", "(1,000)", "(50)%")
            for text in INCOME_ROWS
            if not isinstance(text, str)
        ],
    ]
    kinds = [column.kind for column in statements_of(page)[0].columns]
    assert kinds[:2] == [ColumnKind.AMOUNT] * 2
    assert ColumnKind.AMOUNT not in kinds[2:]


def test_only_the_total_of_columns_for_one_period_is_an_amount() -> None:
    page: list[Printed] = [
        TITLE,
        "FOR THE YEAR ENDED 31 DECEMBER 2023",
        [right(320.0, "Revenue"), right(400.0, "Capital"), right(480.0, "Total")],
        *[
            four(text[0].text, "1,000", "2,000", "3,000")
            for text in INCOME_ROWS
            if not isinstance(text, str)
        ],
    ]
    kinds = [column.kind for column in statements_of(page)[0].columns]
    assert kinds == [ColumnKind.OTHER, ColumnKind.OTHER, ColumnKind.AMOUNT]


def test_rivals_without_a_total_are_all_left_out() -> None:
    page = [
        TITLE,
        "FOR THE YEAR ENDED 31 DECEMBER 2023",
        [right(400.0, "Trading"), right(480.0, "Other")],
        *INCOME_ROWS,
    ]
    assert {column.kind for column in statements_of(page)[0].columns} == {ColumnKind.OTHER}


def test_restated_unaudited_and_company_columns_are_marked() -> None:
    page = [
        *titled("Balance Sheets", [right(400.0, "Group"), right(480.0, "Company")]),
        [right(400.0, "31 December 2023"), right(480.0, "31 December 2023")],
        [right(400.0, "restated"), right(480.0, "unaudited")],
        *balance()[4:],
    ]
    first, second = statements_of(page)[0].columns
    assert (first.restated, first.consolidated) == (True, True)
    assert (second.audited, second.consolidated) == (False, False)


def test_dates_of_a_balance_sheet_are_instants() -> None:
    columns = statements_of(balance())[0].columns
    assert [column.period.start for column in columns if column.period] == [None, None]
    assert [str(column.period.end) for column in columns if column.period] == [
        "2023-12-31",
        "2022-12-31",
    ]


def test_scale_and_currency_come_from_the_header_with_their_words() -> None:
    statement = statements_of(income())[0]
    assert (statement.scale.amounts, statement.scale.shares) == (1_000, 1_000)
    assert statement.scale.citation is not None
    assert statement.scale.citation.quote == "(In thousands, except per share data)"


def test_bare_currency_sign_over_the_columns_means_whole_units() -> None:
    head: list[Printed] = [
        TITLE,
        "FOR THE YEAR ENDED 31 DECEMBER 2023",
        [right(400.0, "2023"), right(480.0, "2022")],
        [right(400.0, "\u00a3"), right(480.0, "\u00a3")],
    ]
    rows = [
        row(line[0].text, "1,234,567", "2,345,678")
        for line in INCOME_ROWS
        if not isinstance(line, str)
    ]
    statement = statements_of([*head, *rows])[0]
    assert (statement.scale.amounts, statement.currency) == (1, "GBP")


def test_unit_that_nobody_prints_stays_unknown() -> None:
    page = [
        TITLE,
        "For the year ended December 31, 2023",
        [right(400.0, "2023"), right(480.0, "2022")],
        *INCOME_ROWS,
    ]
    assert statements_of(page)[0].scale.amounts is None


def test_earnings_in_pence_have_a_scale_of_their_own() -> None:
    rows = [*INCOME_ROWS[:-1], row("Basic earnings per share (pence)", "5.93", "7.83")]
    assert statements_of(income(rows=rows))[0].scale.per_share == Decimal("0.01")


def test_share_counts_too_long_for_the_scale_are_single_shares() -> None:
    rows = [*INCOME_ROWS, row("Weighted average shares outstanding", "116,762,928", "89,959,993")]
    assert statements_of(income(rows=rows))[0].scale.shares == 1


def test_scale_of_a_row_about_shares_holds_for_shares() -> None:
    rows = [*INCOME_ROWS, "Shares used in calculation (000s):", row("Basic", "443,837", "443,377")]
    head = [
        "Consolidated Statements of Income",
        "(dollars in millions, except per share data)",
        *income()[2:4],
    ]
    scale = statements_of([*head, *rows])[0].scale
    assert (scale.amounts, scale.shares) == (1_000_000, 1_000)


def test_interim_statement_without_a_length_has_no_dated_column() -> None:
    page = [
        "Consolidated Statements of Cash Flows",
        [right(400.0, "June 30, 2023"), right(480.0, "June 30, 2022")],
        *CASH_ROWS,
    ]
    release: list[Printed] = ["Sample Works, Inc. reports results of the second quarter"]
    assert read_statements(document(release, page))[1] == ()


def test_group_and_company_heads_hold_for_the_columns_below_them() -> None:
    page = [
        *titled("Balance Sheets", [Text(330.0, "Group"), Text(500.0, "Company")]),
        [right(320.0, "2023"), right(400.0, "2022"), right(480.0, "2023"), right(560.0, "2022")],
        "As at 31 December",
        *[
            four(line[0].text, "1,000", "2,000", "3,000", "4,000")
            if not isinstance(line, str)
            else line
            for line in balance()[4:]
        ],
    ]
    columns = statements_of(page)[0].columns
    assert [column.consolidated for column in columns] == [True, True, False, False]
    assert {column.kind for column in columns} == {ColumnKind.AMOUNT}


def test_quarter_columns_of_a_release_are_anchored_at_its_own_end() -> None:
    release: list[Printed] = [
        "Sample Works, Inc. reports results for the quarter ended June 30, 2024"
    ]
    page = [*titled(TITLE, [right(400.0, "Q1-2024"), right(480.0, "Q2-2024")]), *INCOME_ROWS]
    columns = read_statements(document(release, page))[1][0].columns
    assert spans(columns) == [("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30")]


def test_reference_to_a_note_in_the_header_does_not_begin_the_table() -> None:
    columns = columns_of(
        "(Dollars in millions) See Note 1",
        [Text(340.0, "Years Ended December 31,")],
        [right(400.0, "2023"), right(480.0, "2022")],
    )
    assert [span and span[1] for span in spans(columns)] == ["2023-12-31", "2022-12-31"]


HEAD: list[Printed] = [
    TITLE,
    "For the year ended December 31, 2023",
    [right(400.0, "2023"), right(480.0, "2022")],
]


def test_unit_above_the_title_is_used_when_the_header_names_none() -> None:
    scale = statements_of(["Dollars in millions", "", *HEAD, *INCOME_ROWS])[0].scale
    assert scale.amounts == 1_000_000
    assert scale.citation is not None
    assert scale.citation.quote == "Dollars in millions"


def test_sentence_for_all_amounts_of_the_document_gives_the_unit() -> None:
    policy: list[Printed] = ["Amounts are presented in millions of euros unless otherwise stated."]
    assert statements_of([*HEAD, *INCOME_ROWS], policy)[0].scale.amounts == 1_000_000


def test_statement_without_a_unit_takes_that_of_the_others() -> None:
    found = statements_of([*HEAD, *INCOME_ROWS], balance())
    assert [statement.scale.amounts for statement in found] == [1_000, 1_000]


def test_translation_into_a_second_currency_is_set_aside() -> None:
    page: list[Printed] = [
        TITLE,
        "FOR THE YEAR ENDED 31 DECEMBER 2023",
        [right(320.0, "2023"), right(400.0, "2022"), right(480.0, "2023")],
        [right(320.0, "\u00a3m"), right(400.0, "\u00a3m"), right(480.0, "US$m")],
        *[
            four(line[0].text, "1,000", "2,000", "3,000")
            for line in INCOME_ROWS
            if not isinstance(line, str)
        ],
        "Prices in \u00a3 and \u00a3 per tonne",
    ]
    columns = statements_of(page)[0].columns
    assert [column.kind for column in columns] == [
        ColumnKind.AMOUNT,
        ColumnKind.AMOUNT,
        ColumnKind.OTHER,
    ]


def test_dates_of_columns_set_close_are_told_apart() -> None:
    head = [Text(318.0, "December 31, 2023"), Text(410.0, "December 31, 2022")]
    page = [*titled("Consolidated Balance Sheets", head), *balance()[4:]]
    ends = [column.period and str(column.period.end) for column in statements_of(page)[0].columns]
    assert ends == ["2023-12-31", "2022-12-31"]


def test_period_from_one_date_through_another() -> None:
    columns = columns_of(
        [Text(340.0, "Period from"), Text(430.0, "Year ended")],
        [Text(330.0, "May 1, 2023"), Text(430.0, "April 30,")],
        [Text(345.0, "through"), Text(450.0, "2023")],
        [Text(315.0, "December 31, 2023")],
    )
    assert spans(columns) == [("2023-05-01", "2023-12-31"), ("2022-05-01", "2023-04-30")]


def test_statement_printed_twice_for_the_same_periods_is_kept_once() -> None:
    found = statements_of(income(), income(), balance())
    assert [statement.kind.value for statement in found] == ["IS", "BS"]


def test_sentence_below_the_title_may_stand_over_a_column() -> None:
    columns = columns_of(
        [Text(200.0, "for the six months ended 30 June 2023")],
        [right(400.0, "2023"), right(480.0, "2022")],
    )
    assert spans(columns) == [("2023-01-01", "2023-06-30"), ("2022-01-01", "2022-06-30")]
