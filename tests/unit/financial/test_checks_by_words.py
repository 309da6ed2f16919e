"""Sums that the words of a statement name are checked also when nothing adds up to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from apostil.applications.financial.checking.checks import run_checks
from apostil.applications.financial.mapping.facts import assert_facts
from apostil.applications.financial.mapping.rows import map_rows
from apostil.applications.financial.statement import Scale, Statement
from apostil.evidence import CheckStatus, CitationIndex

Printed = Callable[..., Statement]

BY_NATURE = """
    Revenue from operations | 960 | 876
    Other income | 15 | 12
    Total income | 975 | 888
    Total expenses | 775 | 738
    Profit before tax | 200 | 150
    Current tax | 48 | 33
    Deferred tax | 3 | 3
    Total tax expense | 51 | 36
    Profit for the year | 149 | 114
"""
SPLIT = """
    Total assets | 990 | 975
    Total liabilities | 303 | 327
    Share capital | 9 | 9
    Retained earnings | 675 | 636
    Equity attributable to owners of the parent | 684 | 645
    Non-controlling interests | 3 | 3
    Total equity | 687 | 648
    Total equity and liabilities | 990 | 975
"""


def failed(statement: Statement) -> set[str]:
    book = assert_facts([map_rows(statement)], CitationIndex())
    return {
        check.id.partition("@")[0] for check in run_checks(book) if check.status is CheckStatus.FAIL
    }


@pytest.mark.parametrize(
    ("line", "wrong", "rule"),
    [
        ("960 | 876", "876 | 960", "I1.income"),
        ("51 | 36", "36 | 51", "I4"),
        ("51 | 36", "-51 | 36", "I4"),
    ],
)
def test_exchanged_and_false_lines_of_expenses_by_nature_fail(
    printed: Printed, line: str, wrong: str, rule: str
) -> None:
    assert failed(printed("IS", BY_NATURE)) == set()
    assert rule in failed(printed("IS", BY_NATURE.replace(line, wrong.replace("-51", "(51)"))))


def test_split_of_equity_that_does_not_add_up_is_shown(printed: Printed) -> None:
    assert failed(printed("BS", SPLIT)) == set()
    assert "B4" in failed(printed("BS", SPLIT.replace("684 | 645", "645 | 684")))


def test_cash_of_the_company_alone_is_not_carried_into_that_of_the_group(printed: Printed) -> None:
    flows = """
        Net cash from operating activities | 6 | 7 | 4 | 5
        Net cash used in investing activities | (1) | (1) | (1) | (1)
        Net cash used in financing activities | (1) | (1) | (1) | (1)
        Net increase in cash | 4 | 5 | 2 | 3
        Cash and cash equivalents at beginning of year | 15 | 10 | 13 | 10
        Cash and cash equivalents at end of year | 19 | 15 | 15 | 13
    """
    statement = printed("CF", flows, columns="aaaa", years=(2022, 2021, 2022, 2021))
    columns = tuple(replace(column, consolidated=column.index < 2) for column in statement.columns)
    book = assert_facts([map_rows(replace(statement, columns=columns))], CitationIndex())
    carried = [check.status for check in run_checks(book) if check.id.startswith("X2.cash")]
    assert carried.count(CheckStatus.PASS) == 2
    assert CheckStatus.WARNING not in carried


def test_one_print_in_two_scales_fails(printed: Printed) -> None:
    income = "Revenue | 960 | 876\nCosts | 811 | 762\nProfit before tax | 149 | 114"
    flows = "Profit before tax | 149 | 114\nNet cash from operating activities | 149 | 114"
    statements = [
        printed("IS", income, scale=Scale(amounts=1_000_000)),
        printed("CF", flows, scale=Scale(amounts=1_000)),
    ]
    book = assert_facts([map_rows(statement) for statement in statements], CitationIndex())
    first = next(check for check in run_checks(book) if check.id == "C4@FY:2022-12-31")
    assert first.status is CheckStatus.FAIL
    assert (first.expected, first.found) == (Decimal(149_000_000), Decimal(149_000))
