from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from apostil.applications.financial.rows import MappedStatement, map_rows
from apostil.applications.financial.statement import Statement

Printed = Callable[..., Statement]


def stored(mapped: MappedStatement) -> dict[str, list[Decimal]]:
    """The stored numbers of each concept, column by column."""
    found: dict[str, list[Decimal]] = {}
    for draft in mapped.drafts:
        for name in draft.names:
            assert name not in found, f"{name} is claimed twice"
            found[name] = [draft.sign * value for _, value in sorted(draft.values.items())]
    return found


def numbers(*values: int | str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_total_revenue_is_revenue_and_net_sales_a_part_of_it(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                REVENUE
                Net sales | 53,437 | 49,417
                Membership fees | 1,000 | 946
                Total revenue | 54,437 | 50,363
                Merchandise costs | 47,769 | 43,952
                Operating income | 6,668 | 6,411
                """,
            )
        )
    )
    assert found["revenue"] == numbers(54437, 50363)
    assert found["net_sales"] == numbers(53437, 49417)


def test_net_sales_alone_are_the_revenue(printed: Printed) -> None:
    found = stored(
        map_rows(printed("IS", "Net sales | 10 | 9\nCost of sales | 6 | 5\nGross profit | 4 | 4"))
    )
    assert found["revenue"] == numbers(10, 9)
    assert "net_sales" not in found


def test_operating_income_above_all_costs_is_a_subtotal_of_income(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Revenue | 947,398 | 873,607
                Other net operating income | 17,592 | 15,236
                Operating income | 964,990 | 888,843
                Staff costs | (680,012) | (654,142)
                Other operating expenses | (164,181) | (134,797)
                Depreciation and amortisation | (26,569) | (26,704)
                Operating expenses | (870,762) | (815,643)
                Operating profit | 94,228 | 73,200
                """,
            )
        )
    )
    assert found["operating_income"] == numbers(94228, 73200)
    assert found["costs_and_expenses"] == numbers(870762, 815643)
    assert found["employee_benefits"] == numbers(680012, 654142)


def test_an_income_subtotal_called_net_income_is_not_the_bottom_line(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Income
                Interest income | 550 | 1,229
                Net loss on financial assets | (19,031) | 2,278
                Net income / (loss) | (18,481) | 3,507
                Expenses
                Management fees | 1,160 | 1,587
                Other expenses | 675 | 612
                Total expenses | 1,835 | 2,199
                Net loss for the year | (20,316) | 1,308
                """,
            )
        )
    )
    assert found["net_income"] == numbers(-20316, 1308)


def test_the_split_between_shareholders_is_found_by_arithmetic(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Income (loss) before income taxes | (34,077) | 147,239
                Provision for income taxes | (285,937) | (31,152)
                Net income (loss) | (320,014) | 116,087
                Less: Net loss attributable to noncontrolling interests | 604,016 | 14,926
                Net income attributable to MGM Resorts International | 284,002 | 131,013
                """,
            )
        )
    )
    assert found["net_income_total"] == numbers(-320014, 116087)
    assert found["net_income_nci"] == numbers(-604016, -14926)
    assert found["net_income"] == numbers(284002, 131013)
    assert found["income_tax"] == numbers(285937, 31152)


def test_rows_below_attributable_to_are_shares_of_the_profit(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Profit before tax | 120,069 | 85,003
                Income tax | (22,651) | (13,494)
                Net profit for the year | 97,418 | 71,509
                Attributable to:
                Shareholders of the parent | 89,111 | 65,263
                Non-controlling interests | 8,307 | 6,246
                """,
            )
        )
    )
    assert found["net_income_total"] == numbers(97418, 71509)
    assert found["net_income"] == numbers(89111, 65263)
    assert found["net_income_nci"] == numbers(8307, 6246)


def test_a_tax_benefit_is_negative_whatever_the_print(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Loss before income taxes | (5,022) | (5,033)
                Income tax (expense)/benefit | (31) | 743
                Net loss | (5,053) | (4,290)
                """,
            )
        )
    )
    assert found["income_tax"] == numbers(31, -743)
    assert found["net_income"] == numbers(-5053, -4290)


def test_a_loss_printed_without_parentheses_is_negative(printed: Printed) -> None:
    found = stored(
        map_rows(printed("IS", "Total operating expenses | 500 | 400\nNet loss | 500 | 400"))
    )
    assert found["net_income"] == numbers(-500, -400)


def test_costs_in_parentheses_are_stored_positive_and_a_gain_among_them_negative(
    printed: Printed,
) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Net sales | 14,694 | 14,544
                Cost of sales | (11,969) | (11,724)
                Gross profit | 2,725 | 2,820
                Research and development expenses | (101) | (96)
                Restructuring charges | 104 | (234)
                Operating income | 2,728 | 2,490
                Interest expense, net | (259) | (135)
                Income before income taxes | 2,469 | 2,355
                """,
            )
        )
    )
    assert found["cost_of_revenue"] == numbers(11969, 11724)
    assert found["restructuring"] == numbers(-104, 234)
    assert found["interest_expense"] == numbers(259, 135)


def test_basic_below_two_headings_is_earnings_and_then_shares(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Net income | 1,364 | 1,324
                NET INCOME PER COMMON SHARE:
                Basic | 3.07 | 2.99
                Diluted | 3.07 | 2.98
                Shares used in calculation (000s):
                Basic | 443,837 | 443,377
                Diluted | 444,531 | 444,604
                """,
            )
        )
    )
    assert found["eps_diluted"] == numbers("3.07", "2.98")
    assert found["shares_basic"] == numbers(443837, 443377)


def test_earnings_per_share_in_parts_are_taken_from_the_line_of_the_whole(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Net income | 2,327 | 9,906
                Earnings per common share - basic:
                Income from continuing operations attributable to Acme Inc. | 0.41 | 1.76
                Discontinued operations - net of tax | 0.01 | 0.01
                Net income attributable to Acme Inc. common shareholders | 0.42 | 1.77
                Earnings per common share - diluted:
                Net income attributable to Acme Inc. common shareholders | 0.41 | 1.73
                """,
            )
        )
    )
    assert found["eps_basic"] == numbers("0.42", "1.77")
    assert found["eps_diluted"] == numbers("0.41", "1.73")
    assert found["net_income"] == numbers(2327, 9906)


BALANCE = """
    ASSETS
    Current assets
    Cash and cash equivalents | 590 | 470
    Accounts receivable, net | 85 | 58
    Total current assets | 675 | 528
    Property and equipment, net | 522 | 1,443
    Other assets
    Goodwill | 503 | 348
    Other intangible assets, net | 155 | 361
    Total other assets | 658 | 709
    | 1,855 | 2,680
    LIABILITIES AND STOCKHOLDERS' EQUITY
    Current liabilities
    Accounts payable | 37 | 28
    Current portion of long-term debt | 128 | 100
    Total current liabilities | 165 | 128
    Deferred income taxes, net | 297 | 243
    Long-term debt, net | 743 | 1,177
    Redeemable noncontrolling interests | 15 | 14
    Stockholders' equity
    Common stock | 4 | 5
    Retained earnings | 593 | 623
    Total Acme Resorts stockholders' equity | 597 | 628
    Noncontrolling interests | 38 | 490
    Total stockholders' equity | 635 | 1,118
    | 1,855 | 2,680
"""


def test_an_unlabelled_sum_is_the_total_of_what_adds_up_to_it(printed: Printed) -> None:
    mapped = map_rows(printed("BS", BALANCE))
    found = stored(mapped)
    assert found["assets"] == found["liabilities_and_equity"] == numbers(1855, 2680)
    derived = {name for draft in mapped.drafts if draft.derived_label for name in draft.names}
    assert derived == {"assets", "liabilities_and_equity"}


def test_equity_with_and_without_other_shareholders_are_told_apart(printed: Printed) -> None:
    found = stored(map_rows(printed("BS", BALANCE)))
    assert found["equity_parent"] == numbers(597, 628)
    assert found["equity_total"] == numbers(635, 1118)
    assert found["nci"] == numbers(38, 490)
    assert found["temporary_equity"] == numbers(15, 14)
    assert found["deferred_tax_liabilities"] == numbers(297, 243)


def test_liabilities_printed_as_negatives_are_stored_positive(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "BS",
                """
                Current liabilities
                Trade and other payables | (6,963) | (8,127)
                Lease liabilities | (157) | (122)
                Total current liabilities | (7,120) | (8,249)
                Non-current liabilities
                Lease liabilities | (295) | (351)
                Total non-current liabilities | (295) | (351)
                Total liabilities | (7,415) | (8,600)
                """,
            )
        )
    )
    assert found["liabilities"] == numbers(7415, 8600)
    assert found["lease_liability_current"] == numbers(157, 122)
    assert found["lease_liability_noncurrent"] == numbers(295, 351)


def test_the_places_of_a_balance_sheet_without_headings_come_from_its_totals(
    printed: Printed,
) -> None:
    found = stored(
        map_rows(
            printed(
                "BS",
                """
                Property and equipment | 19 | 22
                Deferred tax assets | 24 | 31
                Total non-current assets | 43 | 53
                Cash and cash equivalents | 308 | 306
                Total current assets | 308 | 306
                TOTAL ASSETS | 351 | 359
                EQUITY AND LIABILITIES
                Share premium | 37 | 40
                Total equity | 37 | 40
                Financial debts | 209 | 209
                Total non-current liabilities | 209 | 209
                Financial debts | 105 | 110
                Total current liabilities | 105 | 110
                Total liabilities | 314 | 319
                TOTAL EQUITY AND LIABILITIES | 351 | 359
                """,
            )
        )
    )
    assert found["debt_noncurrent"] == numbers(209, 209)
    assert found["debt_current"] == numbers(105, 110)
    assert found["equity_total"] == numbers(37, 40)


def test_two_lines_of_equal_claim_are_both_left_unmapped(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "BS",
                """
                Current liabilities
                Current portion of long-term debt | 1,396 | 1,600
                Notes payable | 1,468 | 1,549
                Total current liabilities | 2,864 | 3,149
                """,
            )
        )
    )
    assert "debt_current" not in found


def test_gross_and_net_property_of_one_label_are_told_apart(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "BS",
                """
                Assets
                Property, plant and equipment | 24,873 | 24,914
                Less: Accumulated depreciation | (16,135) | (16,048)
                Property, plant and equipment - net | 8,738 | 8,866
                """,
            )
        )
    )
    assert found["ppe_gross"] == numbers(24873, 24914)
    assert found["accumulated_depreciation"] == numbers(16135, 16048)
    assert found["ppe_net"] == numbers(8738, 8866)


FLOWS = """
    Cash flows from operating activities
    Net income | 5,363 | 4,869
    Depreciation and amortization | 1,488 | 1,544
    Accounts receivable | (305) | (245)
    Net cash provided by operating activities | 6,546 | 6,168
    Cash flows from investing activities
    Purchases of property, plant and equipment | (1,577) | (1,373)
    Acquisitions, net of cash acquired | 13 | (2,023)
    Net cash used in investing activities | (1,564) | (3,396)
    Cash flows from financing activities
    Dividends paid to shareholders | (3,193) | (2,803)
    Net cash used in financing activities | (3,193) | (2,803)
    Effect of exchange rate changes on cash | (160) | 156
    Net increase (decrease) in cash and cash equivalents | 1,629 | 125
    Cash and cash equivalents at beginning of year | 3,053 | 2,928
    Cash and cash equivalents at end of year | 4,682 | 3,053
    Less restricted cash | 82 | 53
    Cash and cash equivalents at end of year | 4,600 | 3,000
"""


def test_outflows_are_stored_positive_and_a_refund_among_them_negative(printed: Printed) -> None:
    found = stored(map_rows(printed("CF", FLOWS)))
    assert found["capex"] == numbers(1577, 1373)
    assert found["acquisitions"] == numbers(-13, 2023)
    assert found["cfi"] == numbers(-1564, -3396)
    assert found["change_receivables"] == numbers(-305, -245)


def test_of_two_ends_the_one_counts_that_the_change_leads_to(printed: Printed) -> None:
    assert stored(map_rows(printed("CF", FLOWS)))["cash_end"] == numbers(4682, 3053)


def test_cash_used_printed_without_parentheses_is_negative(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "CF",
                """
                Net cash provided by operating activities | 500 | 400
                Net cash used in investing activities | 300 | 100
                Net cash used in financing activities | 100 | 200
                Net increase in cash | 100 | 100
                """,
            )
        )
    )
    assert found["cfi"] == numbers(-300, -100)
    assert found["cff"] == numbers(-100, -200)


def test_the_change_in_restricted_cash_is_not_the_change_in_cash(printed: Printed) -> None:
    found = stored(
        map_rows(
            printed(
                "CF",
                """
                Net cash flows from operating activities | 135 | 64
                (Increase)/decrease in unavailable cash and cash equivalents | (10) | (3)
                Net cash flows from investing activities | (10) | (3)
                """,
            )
        )
    )
    assert "net_change_cash" not in found


def test_adjusted_figures_are_not_mapped(printed: Printed) -> None:
    found = stored(
        map_rows(printed("IS", "Revenue | 10 | 9\nAdjusted net income | 4 | 3\nNet income | 2 | 1"))
    )
    assert found["net_income"] == numbers(2, 1)


def test_only_the_column_that_sums_up_its_neighbours_makes_facts(printed: Printed) -> None:
    statement = printed(
        "IS",
        """
        Interest income | 549 | 10 | 559
        Net gain on investments | 20 | 380 | 400
        Total expenses | 100 | 90 | 190
        Net profit for the year | 469 | 300 | 769
        """,
        columns="aaa",
        years=(2022, 2022, 2022),
    )
    assert stored(map_rows(statement))["net_income"] == numbers(769)
