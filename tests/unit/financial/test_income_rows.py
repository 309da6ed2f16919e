from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from apostil.applications.financial.mapping.rows import MappedStatement, map_rows
from apostil.applications.financial.statement import Statement

Printed = Callable[..., Statement]
Stored = Callable[[MappedStatement], dict[str, list[Decimal]]]


def test_total_revenue_is_revenue_and_net_sales_a_part_of_it(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["revenue"] == [54437, 50363]
    assert found["net_sales"] == [53437, 49417]


def test_net_sales_alone_are_the_revenue(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(printed("IS", "Net sales | 10 | 9\nCost of sales | 6 | 5\nGross profit | 4 | 4"))
    )
    assert found["revenue"] == [10, 9]
    assert "net_sales" not in found


def test_operating_income_above_all_costs_is_a_subtotal_of_income(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["operating_income"] == [94228, 73200]
    assert found["costs_and_expenses"] == [870762, 815643]
    assert found["employee_benefits"] == [680012, 654142]


def test_an_income_subtotal_called_net_income_is_not_the_bottom_line(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["net_income"] == [-20316, 1308]


def test_the_split_between_shareholders_is_found_by_arithmetic(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["net_income_total"] == [-320014, 116087]
    assert found["net_income_nci"] == [-604016, -14926]
    assert found["net_income"] == [284002, 131013]
    assert found["income_tax"] == [285937, 31152]


def test_rows_below_attributable_to_are_shares_of_the_profit(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["net_income_total"] == [97418, 71509]
    assert found["net_income"] == [89111, 65263]
    assert found["net_income_nci"] == [8307, 6246]


def test_a_tax_benefit_is_negative_whatever_the_print(printed: Printed, stored: Stored) -> None:
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
    assert found["income_tax"] == [31, -743]
    assert found["net_income"] == [-5053, -4290]


def test_a_loss_printed_without_parentheses_is_negative(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(printed("IS", "Total operating expenses | 500 | 400\nNet loss | 500 | 400"))
    )
    assert found["net_income"] == [-500, -400]


def test_costs_in_parentheses_are_stored_positive_and_a_gain_among_them_negative(
    printed: Printed,
    stored: Stored,
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
    assert found["cost_of_revenue"] == [11969, 11724]
    assert found["restructuring"] == [-104, 234]
    assert found["interest_expense"] == [259, 135]


def test_basic_below_two_headings_is_earnings_and_then_shares(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["eps_diluted"] == [Decimal("3.07"), Decimal("2.98")]
    assert found["shares_basic"] == [443837, 443377]


def test_earnings_per_share_in_parts_are_taken_from_the_line_of_the_whole(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["eps_basic"] == [Decimal("0.42"), Decimal("1.77")]
    assert found["eps_diluted"] == [Decimal("0.41"), Decimal("1.73")]
    assert found["net_income"] == [2327, 9906]


def test_adjusted_figures_are_not_mapped(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(printed("IS", "Revenue | 10 | 9\nAdjusted net income | 4 | 3\nNet income | 2 | 1"))
    )
    assert found["net_income"] == [2, 1]


def test_only_the_column_that_sums_up_its_neighbours_makes_facts(
    printed: Printed, stored: Stored
) -> None:
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
    assert stored(map_rows(statement))["net_income"] == [769]


def test_the_total_below_a_heading_of_earnings_per_share_is_the_whole(
    printed: Printed, stored: Stored
) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Net earnings | 210 | 190
                Basic earnings per share
                Continuing operations | 2.00 | 1.80
                Discontinued operations | 0.10 | 0.10
                Total | 2.10 | 1.90
                Diluted earnings per share
                Continuing operations | 1.90 | 1.70
                Discontinued operations | 0.10 | 0.10
                Total | 2.00 | 1.80
                """,
            )
        )
    )
    assert found["eps_basic"] == [Decimal("2.10"), Decimal("1.90")]
    assert found["eps_diluted"] == [Decimal("2.00"), Decimal("1.80")]


def test_net_interest_alone_makes_no_bank(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Net sales | 100 | 90
                Costs and expenses | 80 | 75
                Operating income | 20 | 15
                Net interest income (expense) | 2 | (1)
                Total other income (expense) | 2 | (1)
                Income before income taxes | 22 | 14
                """,
            )
        )
    )
    assert found["nonoperating_total"] == [2, -1]
    assert "noninterest_income" not in found


def test_the_totals_of_a_bank_are_not_those_of_a_shop(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Total interest income | 215 | 183
                Total interest expense | 31 | 15
                Net interest income | 184 | 168
                Provision for loan losses | 5 | 15
                Net interest income after provision for loan losses | 179 | 153
                Total other income | 75 | 70
                Total other expense | 163 | 156
                Income before income taxes | 91 | 67
                """,
            )
        )
    )
    assert found["noninterest_income"] == [75, 70]
    assert found["noninterest_expense"] == [163, 156]
    assert found["credit_loss_provision"] == [5, 15]


def test_line_below_a_number_per_share_goes_on_from_it(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Revenue | 500 | 400
                Cost of revenue | 300 | 250
                Net income | 60 | 45
                Net income per share: Basic | 1.20 | 0.90
                Diluted | 1.15 | 0.88
                Shares used in computing per share amounts: Basic | 50 | 50
                Diluted | 52 | 51
                """,
            )
        )
    )
    assert [str(value) for value in found["eps_diluted"]] == ["1.15", "0.88"]
    assert found["shares_basic"] == [50, 50]
    assert found["shares_diluted"] == [52, 51]


def test_effect_of_dilution_is_no_number_of_shares(printed: Printed, stored: Stored) -> None:
    found = stored(
        map_rows(
            printed(
                "IS",
                """
                Revenue | 500 | 400
                Net income | 60 | 45
                Weighted average shares, basic | 50 | 50
                Weighted average dilutive effect of options, diluted | 2 | 1
                """,
            )
        )
    )
    assert "shares_diluted" not in found
