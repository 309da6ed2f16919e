"""Rows, columns and cells."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from printing import Printed, Text, document, right, row
from reports import INCOME_ROWS, balance, cash_flow, cover, income

from apostil.applications.financial.segments import read_statements
from apostil.applications.financial.statement import ColumnKind, Statement


def statement_of(*pages: Sequence[Printed]) -> Statement:
    """The first statement of a document with a cover and these pages."""
    _, statements = read_statements(document(cover(), *pages))
    return statements[0]


def with_rows(*rows: Printed) -> Statement:
    """An income statement with further rows before its last."""
    return statement_of(income(rows=[*INCOME_ROWS[:-1], *rows, INCOME_ROWS[-1]]))


def printed(statement: Statement) -> dict[str, list[str]]:
    return {found.label: [amount.raw for amount in found.amounts] for found in statement.rows}


def sections(statement: Statement) -> dict[str, tuple[str, ...]]:
    return {found.label: found.section for found in statement.rows}


def test_every_row_has_its_label_and_amounts() -> None:
    statement = statement_of(income())
    assert printed(statement)["Gross profit"] == ["2,000", "1,700"]
    assert len(statement.rows) == len(INCOME_ROWS)
    assert statement.rows[1].amounts[0].value == Decimal(-3000)


def test_signs_and_brackets_of_their_own_belong_to_the_nearest_amount() -> None:
    line = [
        Text(60.0, "Other items"),
        Text(340.0, "$"),
        Text(365.0, "( 310 )"),
        Text(445.0, "$ 95"),
    ]
    amounts = [
        amount
        for found in with_rows(line).rows
        if found.label == "Other items"
        for amount in found.amounts
    ]
    assert [amount.value for amount in amounts] == [Decimal(-310), Decimal(95)]
    assert [amount.citation.quote for amount in amounts] == ["( 310 )", "95"]


def test_dash_is_zero_and_a_blank_is_no_amount() -> None:
    statement = with_rows(row("Impairment", "\u2014", "77"), row("Disposal gain", "", "12"))
    values = {found.label: {a.column: a.value for a in found.amounts} for found in statement.rows}
    assert values["Impairment"] == {0: Decimal(0), 1: Decimal(77)}
    assert values["Disposal gain"] == {1: Decimal(12)}


def test_numbers_inside_a_label_are_not_amounts() -> None:
    label = "Receivables, net of allowance of $55 and $51 (Note 11)"
    assert printed(with_rows(row(label, "450", "380")))[label] == ["450", "380"]


def test_label_of_two_lines_joins_the_line_with_the_amounts() -> None:
    statement = with_rows(
        "Net income attributable to the owners of the parent and to",
        row("other holders", "590", "440", indent=70.0),
    )
    label = "Net income attributable to the owners of the parent and to other holders"
    assert printed(statement)[label] == ["590", "440"]


def test_rest_of_a_label_below_its_amounts_is_joined() -> None:
    statement = with_rows(
        row("Common stock, 2,000 shares authorized; issued", "10", "10"),
        [Text(70.0, "1,500 and 1,400 shares")],
    )
    assert printed(statement)[
        "Common stock, 2,000 shares authorized; issued 1,500 and 1,400 shares"
    ] == ["10", "10"]


def test_heading_is_not_joined_to_the_row_below() -> None:
    statement = with_rows("Earnings per share:", row("Basic", "1.25", "0.95", indent=70.0))
    assert printed(statement)["Basic"] == ["1.25", "0.95"]
    assert sections(statement)["Basic"] == ("Earnings per share",)


def test_total_without_a_label_stays_a_row() -> None:
    assert printed(with_rows(row("", "9,999", "8,888")))[""] == ["9,999", "8,888"]


def test_column_of_note_numbers_is_no_column_of_amounts() -> None:
    head: list[Printed] = [
        "Consolidated Statements of Income",
        [Text(330.0, "Notes"), right(440.0, "2023"), right(520.0, "2022")],
        [right(440.0, "\u00a3'000"), right(520.0, "\u00a3'000")],
    ]
    notes = ["3", "7, 8, 26", "5.1.2(a)", "", "2", "", "10", "", "11"]
    rows: list[Printed] = [
        [Text(60.0, f"{name}"), *([Text(335.0, note)] if note else []), right(440.0, "5,000"), right(520.0, "4,000")]
        for name, note in zip(
            ["Revenue", "Cost of sales", "Depreciation", "Gross profit", "Other income", "Operating profit",
             "Taxation", "Profit for the year", "Basic earnings per share"], notes, strict=True
        )
    ]  # fmt: skip
    statement = statement_of([*head, *rows])
    assert [column.kind for column in statement.columns] == [
        ColumnKind.NOTE,
        ColumnKind.AMOUNT,
        ColumnKind.AMOUNT,
    ]
    assert printed(statement)["Depreciation"] == ["5,000", "4,000"]
    assert printed(statement)["Cost of sales"] == ["5,000", "4,000"]


def test_raised_mark_after_a_label_is_dropped() -> None:
    line = [
        Text(60.0, "Restructuring costs"),
        Text(158.0, "(1)", size=6.0, rise=3.0),
        *row("", "40", "30"),
    ]
    assert "Restructuring costs" in printed(with_rows(line))


def test_letters_set_along_the_margin_are_ignored() -> None:
    lines = income(rows=INCOME_ROWS)
    marked = [
        [*([Text(60.0, line)] if isinstance(line, str) else line), Text(590.0, letter)]
        for line, letter in zip(lines, "ANNUALREPORTS", strict=True)
    ]
    assert printed(statement_of(marked))["Net income"] == ["600", "450"]


def test_furniture_and_closing_sentence_below_the_table_are_left_out() -> None:
    page = [
        *income(),
        "See accompanying notes to consolidated financial statements.",
        [Text(300.0, "47")],
    ]
    statement = statement_of(page)
    assert statement.rows[-1].label == "Diluted earnings per share"


def test_page_number_between_two_pages_is_not_a_row() -> None:
    rows = balance()
    statement = statement_of([*rows[:11], "", [right(480.0, "12")]], rows[11:])
    assert "" not in printed(statement)
    assert statement.pages == (2, 3)


def test_sections_follow_headings_and_end_at_their_totals() -> None:
    paths = sections(statement_of(balance()))
    assert paths["Cash and cash equivalents"] == ("Assets", "Current assets")
    assert paths["Property, plant and equipment, net"] == ("Assets",)
    assert paths["Accounts payable"] == ("Liabilities and equity", "Current liabilities")
    assert paths["Long-term debt"] == ("Liabilities and equity",)
    flows = sections(statement_of(cash_flow()))
    assert flows["Capital expenditures"] == ("Investing activities",)
    assert flows["Net increase in cash"] == ()


def test_every_amount_and_label_is_cited_by_its_own_words() -> None:
    for found in statement_of(income()).rows:
        assert found.label_citation is not None
        assert found.label_citation.quote == found.label
        assert all(amount.citation.quote == amount.raw for amount in found.amounts)


def test_all_amounts_below_a_thousand_make_a_table_too() -> None:
    rows = [
        row(label, "9.5", "8.5")
        for label in ("Revenue", "Cost of sales", "Gross profit", "Income taxes", "Net income")
    ]
    assert printed(statement_of(income(rows=rows)))["Net income"] == ["9.5", "8.5"]


def test_footnote_mark_behind_an_amount_does_not_hide_it() -> None:
    line = [*row("Other income", "310", "95"), Text(403.0, "(a)"), Text(483.0, "(1)")]
    assert printed(with_rows(line))["Other income"] == ["310", "95"]


def test_thousands_grouped_by_spaces_are_one_amount() -> None:
    rows = [
        row(line[0].text, "1 234 567", "2 345 678")
        for line in INCOME_ROWS
        if not isinstance(line, str)
    ]
    assert printed(statement_of(income(rows=rows)))["Net income"] == ["1 234 567", "2 345 678"]


def test_other_table_below_the_statement_is_left_out() -> None:
    page = [
        *income(),
        "Other information",
        [right(400.0, "2021"), right(480.0, "2020")],
        row("Employees", "131", "121"),
    ]
    assert "Employees" not in printed(statement_of(page))


def test_number_of_shares_is_no_heading() -> None:
    rows = [
        *balance()[4:-3],
        "Stockholders' equity:",
        "Shares outstanding - 2023: 576,575,168",
        row("Retained earnings", "1,200", "1,000", indent=70.0),
        *balance()[-2:],
    ]
    assert sections(statement_of(balance(rows=rows)))["Retained earnings"] == (
        "Liabilities and equity",
        "Stockholders' equity",
    )


def test_second_span_below_the_first_without_a_title_ends_the_table() -> None:
    half: list[Printed] = [
        [Text(350.0, "Six Months Ended")],
        [right(400.0, "2023"), right(480.0, "2022")],
        *INCOME_ROWS,
    ]
    quarter: list[Printed] = [
        "Consolidated Statements of Income",
        [Text(340.0, "Three Months Ended June 30,")],
        [right(400.0, "2023"), right(480.0, "2022")],
        *INCOME_ROWS,
    ]
    assert len(statement_of([*quarter, *half]).rows) == len(INCOME_ROWS)


def test_header_repeated_over_the_second_half_is_no_row() -> None:
    rows = [*balance()[4:11], [right(400.0, "2023"), right(480.0, "2022")], *balance()[11:]]
    labels = printed(statement_of(balance(rows=rows)))
    assert labels["Total liabilities and equity"] == ["3,000", "2,800"]
    assert "" not in labels
