"""Labels that a narrow column breaks, and the numbers in them."""

from __future__ import annotations

from printing import Printed, Text, document, row
from reports import BALANCE_ROWS, CASH_ROWS, INCOME_ROWS, balance, cash_flow, cover, income

from apostil.applications.financial.segments import read_statements
from apostil.applications.financial.statement import Statement, StatementKind


def statements_of(*pages: list[Printed]) -> dict[StatementKind, Statement]:
    _, statements = read_statements(document(cover(), *pages))
    return {statement.kind: statement for statement in statements}


def labels(statement: Statement) -> dict[str, int]:
    """The labels with the number of their amounts."""
    return {found.label: len(found.amounts) for found in statement.rows}


def test_name_that_a_line_break_divides_is_one_label() -> None:
    long = "Net income attributable to Smith Brothers"
    rows = [*INCOME_ROWS[:-1], long, row("Company", "590", "440"), INCOME_ROWS[-1]]
    found = labels(statements_of(income(rows=rows))[StatementKind.INCOME])
    assert found[f"{long} Company"] == 2


def test_heading_that_ends_early_stays_a_heading() -> None:
    rows = [*INCOME_ROWS[:-1], "Net income by share", row("Basic", "1.20", "0.90")]
    found = labels(statements_of(income(rows=rows))[StatementKind.INCOME])
    assert (found["Net income by share"], found["Basic"]) == (0, 2)


def test_statement_whose_totals_are_broken_is_found() -> None:
    rows: list[Printed] = []
    for printed in CASH_ROWS:
        label = printed[0].text if not isinstance(printed, str) else ""
        if label.startswith("Net cash"):
            before, _, after = label.rpartition(" ")
            rows += [before, row(after, *(text.text for text in printed[1:]))]  # type: ignore[union-attr]  # rows are lists of Text
        else:
            rows.append(printed)
    found = statements_of(income(), balance(), cash_flow(rows=rows))
    assert labels(found[StatementKind.CASH_FLOW])["Net cash used in investing activities"] == 2


def test_numbers_at_the_ends_of_broken_labels_make_no_column() -> None:
    stock: list[Printed] = [
        [Text(60.0, "Common stock, par value $0.01; 498,000,000"), *row("", "30", "30")],
        "shares authorized; 489,412,096 and 487,287,455",
        "shares issued",
    ]
    rows = [*BALANCE_ROWS[:-3], *stock, *BALANCE_ROWS[-3:]]
    statement = statements_of(income(), balance(rows=rows))[StatementKind.BALANCE]
    assert len(statement.columns) == 2
    totals = [found for found in statement.rows if found.label == "Total equity"]
    assert [amount.raw for amount in totals[0].amounts] == ["1,200", "1,000"]


def test_currency_sign_of_a_far_amount_leaves_the_amount_before_it() -> None:
    line: list[Text] = [
        *row("Other income", "(62)"),
        Text(402.0, "$"),
        *row("", "(64)", first=560.0),
    ]
    rows = [*INCOME_ROWS[:-1], line, INCOME_ROWS[-1]]
    statement = statements_of(income(rows=rows))[StatementKind.INCOME]
    amounts = [found.amounts for found in statement.rows if found.label.startswith("Other income")]
    assert amounts[0][0].raw == "(62)"


def test_number_in_a_label_above_a_page_number_makes_no_column() -> None:
    stock: list[Printed] = [
        [Text(60.0, "Common stock, 609,000,000 shares allowed; 600,412,096")],
        row("and 598,287,455 shares issued", "30", "30"),
    ]
    rows = [*BALANCE_ROWS[:-3], *stock, *BALANCE_ROWS[-3:], [Text(300.0, "5")]]
    statement = statements_of(income(), balance(rows=rows))[StatementKind.BALANCE]
    assert len(statement.columns) == 2


def test_statement_goes_on_over_the_page_when_labels_end_below_their_amounts() -> None:
    rest: list[Printed] = [
        "Consolidated Statements of Cash Flows (Continued)",
        row("Net cash used in financing", "(300)", "(280)"),
        "activities",
        row("Net increase", "200", "110"),
        "in cash held",
        row("Cash held", "700", "590"),
        "at beginning of year",
        row("Cash held", "900", "700"),
        "at end of year",
    ]
    more = [row(f"Other investment {number}", "(1)", "(2)") for number in range(4)]
    found = statements_of(income(), balance(), cash_flow(rows=[*CASH_ROWS[:6], *more]), rest)
    assert found[StatementKind.CASH_FLOW].pages == (4, 5)
