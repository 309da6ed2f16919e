from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from apostil.applications.financial.checking.checks import run_checks, verdict, weigh
from apostil.applications.financial.mapping.facts import CONFIRMED, FAILED, Book, assert_facts
from apostil.applications.financial.mapping.rows import map_rows
from apostil.applications.financial.result import Verdict
from apostil.applications.financial.statement import Scale, Statement
from apostil.evidence import Check, CheckStatus, CitationIndex

Printed = Callable[..., Statement]

INCOME = """
    Total revenue | 17,606 | 15,785 | 12,868
    Total cost of revenue | 2,165 | 1,865 | 1,722
    Gross profit | 15,441 | 13,920 | 11,146
    Operating expenses:
    Research and development | 2,987 | 2,540 | 2,188
    Sales and marketing | 4,968 | 4,321 | 3,591
    General and administrative | 1,219 | 1,085 | 968
    Amortization of intangibles | 169 | 172 | 162
    Total operating expenses | 9,343 | 8,118 | 6,909
    Operating income | 6,098 | 5,802 | 4,237
    Interest expense | (112) | (113) | (116)
    Other income (expense), net | 22 | 16 | 55
    Income before income taxes | 6,008 | 5,705 | 4,176
    Provision for (benefit from) income taxes | 1,252 | 883 | (1,084)
    Net income | 4,756 | 4,822 | 5,260
    Basic net income per share | 10.12 | 10.11 | 10.94
    Shares used to compute basic net income per share | 470 | 477 | 481
"""
BALANCE = """
    Assets
    Current assets:
    Cash and cash equivalents | 4,236 | 3,844
    Trade receivables, net | 2,065 | 1,878
    Total current assets | 6,301 | 5,722
    Goodwill | 12,787 | 12,668
    Total assets | 19,088 | 18,390
    Current liabilities:
    Trade payables | 379 | 312
    Accrued expenses | 1,790 | 1,736
    Total current liabilities | 2,169 | 2,048
    Long-term debt | 3,629 | 4,123
    Total liabilities | 5,798 | 6,171
    Stockholders' equity:
    Additional paid-in capital | 9,868 | 8,428
    Retained earnings | 3,422 | 3,791
    Total stockholders' equity | 13,290 | 12,219
    Total liabilities and stockholders' equity | 19,088 | 18,390
"""
FLOWS = """
    Cash flows from operating activities:
    Net income | 4,756 | 4,822 | 5,260
    Depreciation and amortization | 856 | 788 | 757
    Deferred income taxes | 328 | 183 | (1,501)
    Net cash provided by operating activities | 5,940 | 5,793 | 4,516
    Cash flows from investing activities:
    Purchases of property and equipment | (442) | (348) | (419)
    Acquisitions, net of cash acquired | (126) | (2,682) | -
    Net cash used for investing activities | (568) | (3,030) | (419)
    Cash flows from financing activities:
    Repurchases of common stock | (4,929) | (1,543) | (2,853)
    Net cash used for financing activities | (4,929) | (1,543) | (2,853)
    Effect of exchange rate changes on cash | (51) | (26) | 3
    Net change in cash and cash equivalents | 392 | 1,194 | 1,247
    Cash and cash equivalents at beginning of year | 3,844 | 2,650 | 1,403
    Cash and cash equivalents at end of year | 4,236 | 3,844 | 2,650
"""
CORE = (
    "Total revenue | 17,606",
    "Gross profit | 15,441",
    "Operating income | 6,098",
    "Income before income taxes | 6,008",
    "income taxes | 1,252",
    "Net income | 4,756 | 4,822 | 5,260\n    Basic",
    "Total assets | 19,088",
    "Total current assets | 6,301",
    "Total liabilities | 5,798",
    "Total stockholders' equity | 13,290",
    "Cash and cash equivalents | 4,236",
    "provided by operating activities | 5,940",
    "for investing activities | (568",
    "for financing activities | (4,929",
    "Net change in cash and cash equivalents | 392",
    "at end of year | 4,236",
)


def read(
    printed: Printed, income: str = INCOME, balance: str = BALANCE, flows: str = FLOWS
) -> Book:
    statements = (
        printed("IS", income, columns="aaa"),
        printed("BS", balance),
        printed("CF", flows, columns="aaa"),
    )
    return assert_facts([map_rows(one) for one in statements], CitationIndex())


def failed(checks: tuple[Check, ...]) -> set[str]:
    return {check.id for check in checks if check.status is CheckStatus.FAIL}


def status(checks: tuple[Check, ...], identifier: str) -> CheckStatus:
    (check,) = [check for check in checks if check.id == identifier]
    return check.status


def test_a_report_without_errors_passes_and_is_verified(printed: Printed) -> None:
    book = read(printed)
    checks = run_checks(book)
    assert failed(checks) == set()
    for rule in ("I1", "I2", "I3", "I4", "I6", "C1", "C2", "C4"):
        assert status(checks, f"{rule}@FY:2022-12-31") is CheckStatus.PASS, rule
    for rule in ("B1", "B2", "B3.assets_current", "B3.liabilities_current"):
        assert status(checks, f"{rule}@2022-12-31") is CheckStatus.PASS, rule
    assert verdict(book, checks) is Verdict.VERIFIED


@pytest.mark.parametrize("line", CORE)
@pytest.mark.parametrize("column", [0, 1])
def test_one_wrong_digit_in_a_core_figure_fails_a_check(
    printed: Printed, line: str, column: int
) -> None:
    """The first digit of the figure, in the latest column or the one before, is changed."""
    label, _, rest = line.partition("|")
    texts = {"income": INCOME, "balance": BALANCE, "flows": FLOWS}
    name = next(name for name, text in texts.items() if label + "|" + rest in text)
    start = texts[name].index(label + "|" + rest) + len(label)
    cells = texts[name][start:].split("\n", 1)[0].split("|")
    cell = cells[column + 1]
    place = next(index for index, char in enumerate(cell) if char.isdigit())
    wrong = cell[:place] + str((int(cell[place]) + 4) % 9 + 1) + cell[place + 1 :]
    before = "|".join(cells[: column + 1])
    seeded = (
        texts[name][: start + len(before) + 1]
        + wrong
        + texts[name][start + len(before) + 1 + len(cell) :]
    )
    assert seeded != texts[name]
    book = read(printed, **{name: seeded})
    assert failed(run_checks(book)), seeded


def test_a_check_shows_what_it_compared(printed: Printed) -> None:
    book = read(printed, balance=BALANCE.replace("Total assets | 19,088", "Total assets | 19,080"))
    (check,) = [check for check in run_checks(book) if check.id == "B1@2022-12-31"]
    assert check.status is CheckStatus.FAIL
    assert (check.expected, check.found, check.difference) == (
        Decimal(19080),
        Decimal(19088),
        Decimal(8),
    )
    concepts = {fact.id: fact.concept for fact in book.facts}
    assert [concepts[operand] for operand in check.operands] == ["assets", "liabilities_and_equity"]
    assert check.formula == "assets = liabilities_and_equity"


def test_checks_weigh_on_the_facts_that_they_touch(printed: Printed) -> None:
    book = read(printed, balance=BALANCE.replace("Total assets | 19,088", "Total assets | 19,080"))
    weighed = {(f.concept, f.period.end.year): f for f in weigh(book.facts, run_checks(book))}
    assert weighed["assets", 2022].confidence == pytest.approx(0.9 * FAILED)
    assert weighed["assets", 2021].confidence == CONFIRMED


def test_what_stands_between_liabilities_and_equity_counts(printed: Printed) -> None:
    balance = """
        Total assets | 38,774 | 33,252
        Total liabilities | 23,425 | 19,498
        Redeemable non-controlling interests | 204 | 787
        Equity
        Total Uber Technologies, Inc. stockholders' equity | 14,458 | 12,266
        Non-redeemable non-controlling interests | 687 | 701
        Total equity | 15,145 | 12,967
        Total liabilities, redeemable non-controlling interests and equity | 38,774 | 33,252
    """
    checks = run_checks(read(printed, balance=balance))
    assert status(checks, "B2@2022-12-31") is CheckStatus.PASS
    assert status(checks, "B4@2022-12-31") is CheckStatus.PASS


def test_a_check_without_its_lines_is_not_applicable_and_says_why(printed: Printed) -> None:
    checks = run_checks(read(printed, balance="Total assets | 10 | 9\nTotal liabilities | 4 | 3"))
    (check,) = [check for check in checks if check.id == "B1@2022-12-31"]
    assert check.status is CheckStatus.NOT_APPLICABLE
    assert check.note == "not printed: liabilities_and_equity"


def test_rows_between_the_change_and_the_end_belong_to_the_cash_bridge(printed: Printed) -> None:
    flows = """
        Net cash used in operating activities | (445) | (2,745)
        Net cash used in investing activities | (1,201) | (2,869)
        Net cash provided by financing activities | 1,780 | 1,379
        Effect of exchange rate changes on cash | (69) | (92)
        Net increase (decrease) in cash | 65 | (4,327)
        Cash at beginning of period | 7,391 | 12,067
        Reclassification from (to) assets held for sale | 349 | (349)
        Cash at end of period | 7,805 | 7,391
    """
    checks = run_checks(assert_facts_of(printed("CF", flows)))
    assert status(checks, "C1@FY:2022-12-31") is CheckStatus.PASS
    assert status(checks, "C2@FY:2022-12-31") is CheckStatus.PASS


def assert_facts_of(*statements: Statement) -> Book:
    return assert_facts([map_rows(one) for one in statements], CitationIndex())


def test_diluted_earnings_with_another_numerator_are_a_warning(printed: Printed) -> None:
    income = """
        Net income | 73,774 | 30,000
        Basic net income per share | 0.63 | 0.30
        Diluted net income per share | 0.14 | 0.30
        Weighted average common shares outstanding - basic | 116,762,928 | 100,000,000
        Weighted average common shares outstanding - diluted | 117,248,296 | 100,000,000
    """
    checks = run_checks(assert_facts_of(printed("IS", income, scale=Scale(amounts=1_000))))
    assert status(checks, "I6@FY:2022-12-31") is CheckStatus.PASS
    assert status(checks, "I7@FY:2022-12-31") is CheckStatus.WARNING


def test_printed_changes_catch_a_swap_of_columns(printed: Printed) -> None:
    income = """
        Total revenues | 5,898 | 5,666 | 232 | 4
        Total operating costs and expenses | 3,365 | 3,353 | 12 | 0
        Operating income | 2,533 | 2,313 | 220 | 10
        Interest expense | 330 | 287 | 43 | 15
        Income before income taxes | 2,203 | 2,026 | 177 | 9
        Provision for income taxes | 465 | 437 | 28 | 6
        Net income | 1,738 | 1,589 | 149 | 9
    """
    assert failed(run_checks(assert_facts_of(printed("IS", income, columns="aacc")))) == set()
    swapped = income.replace("Interest expense | 330 | 287", "Interest expense | 287 | 330")
    checks = run_checks(assert_facts_of(printed("IS", swapped, columns="aacc")))
    assert "X3.interest_expense.2@FY:2022-12-31" in failed(checks)


def test_two_currencies_in_one_report_are_a_failure(printed: Printed) -> None:
    income, balance = (
        printed("IS", "Revenue | 10 | 9"),
        printed("BS", "Total assets | 10 | 9", currency="EUR"),
    )
    assert "X4.currency" in failed(run_checks(assert_facts_of(income, balance)))


def test_contradicting_places_are_shown(printed: Printed) -> None:
    balance = printed("BS", "Total assets | 36 | 37")
    other = replace(balance, rows=printed("BS", "Total assets | 35 | 37").rows)
    checks = run_checks(assert_facts_of(balance, other))
    assert status(checks, "X2.assets@2022-12-31") is CheckStatus.WARNING


def test_a_report_without_a_cash_flow_statement_is_partly_verified(printed: Printed) -> None:
    book = assert_facts_of(printed("IS", INCOME, columns="aaa"), printed("BS", BALANCE))
    assert verdict(book, run_checks(book)) is Verdict.PARTLY


def test_without_a_statement_nothing_is_verified() -> None:
    book = assert_facts_of()
    assert verdict(book, run_checks(book)) is Verdict.NOT


def test_what_no_identity_confirms_is_not_verified(printed: Printed) -> None:
    book = assert_facts_of(printed("IS", "Revenue | 10 | 9", columns="aaa"))
    checks = run_checks(book)
    assert any(check.status is CheckStatus.PASS for check in checks), "it is plausible"
    assert verdict(book, checks) is Verdict.NOT


def test_statements_in_two_scales_are_a_warning(printed: Printed) -> None:
    income = printed("IS", "Revenue | 10 | 9", scale=Scale(amounts=1_000))
    balance = printed("BS", "Total assets | 10 | 9", scale=Scale(amounts=1_000_000))
    assert status(run_checks(assert_facts_of(income, balance)), "X4.scale") is CheckStatus.WARNING


def test_cash_that_is_not_carried_forward_is_a_warning(printed: Printed) -> None:
    checks = run_checks(read(printed))
    assert status(checks, "X2.cash@FY:2022-12-31") is CheckStatus.PASS
    seeded = FLOWS.replace("beginning of year | 3,844", "beginning of year | 3,484")
    checks = run_checks(read(printed, flows=seeded))
    assert status(checks, "X2.cash@FY:2022-12-31") is CheckStatus.WARNING


def test_an_empty_statement_has_no_facts_and_no_failed_checks(printed: Printed) -> None:
    book = assert_facts_of(printed("IS", "Revenue"), printed("CF", "Cash flows"))
    assert book.facts == book.unmapped == ()
    assert failed(run_checks(book)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "Total current assets | 6,301 | 5,722",
        "Cash and cash equivalents | 4,236 | 3,844",
        "Total liabilities | 5,798 | 6,171",
    ],
)
def test_a_line_with_exchanged_columns_fails_a_check(printed: Printed, line: str) -> None:
    label, one, other = line.split(" | ")
    exchanged = BALANCE.replace(line, f"{label} | {other} | {one}")
    assert exchanged != BALANCE
    assert failed(run_checks(read(printed, balance=exchanged)))


def test_a_split_of_profit_that_does_not_add_up_is_shown(printed: Printed) -> None:
    income = """
        Profit before tax | 120,069 | 85,003
        Income tax | (22,651) | (13,494)
        Net profit for the year | 97,418 | 71,509
        Attributable to:
        Shareholders of the parent | 98,111 | 56,263
        Non-controlling interests | 8,307 | 6,246
    """
    book = assert_facts_of(printed("IS", income))
    parent = [fact.value for fact in book.facts if fact.concept == "net_income"]
    assert parent == [Decimal(98111), Decimal(56263)]
    assert {"I5@FY:2022-12-31", "I5@FY:2021-12-31"} <= failed(run_checks(book))


def test_an_unlabelled_difference_is_a_step_on_the_way(printed: Printed) -> None:
    income = """
        Total revenues | 66,608 | 62,286
        Total costs and expenses | (63,106) | (59,269)
         | 3,502 | 3,017
        General and administrative expense | (4,187) | (4,157)
        Gain on dispositions, net | 6 | 277
        Loss from operations | (679) | (863)
    """
    checks = run_checks(assert_facts_of(printed("IS", income)))
    assert status(checks, "I2@FY:2022-12-31") is CheckStatus.PASS
    wrong = income.replace("(4,187)", "(4,787)")
    assert "I2@FY:2022-12-31" in failed(run_checks(assert_facts_of(printed("IS", wrong))))


def test_diluted_earnings_above_basic_ones_fail(printed: Printed) -> None:
    income = "Net income | 10 | 9\nBasic earnings per share | 1.00 | 0.90\nDiluted earnings per share | 1.90 | 0.89"
    checks = run_checks(assert_facts_of(printed("IS", income)))
    assert status(checks, "I7.order@FY:2022-12-31") is CheckStatus.FAIL
    assert status(checks, "I7.order@FY:2021-12-31") is CheckStatus.PASS


def test_a_loss_per_share_beside_a_profit_fails(printed: Printed) -> None:
    income = "Net income | 10 | 9\nBasic earnings per share | (1.00) | 0.90"
    checks = run_checks(assert_facts_of(printed("IS", income)))
    assert status(checks, "X4.eps@FY:2022-12-31") is CheckStatus.FAIL
