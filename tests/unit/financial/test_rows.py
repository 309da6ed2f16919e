from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from apostil.applications.financial.mapping.rows import MappedStatement, map_rows
from apostil.applications.financial.statement import Statement

Printed = Callable[..., Statement]
Stored = Callable[[MappedStatement], dict[str, list[Decimal]]]


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


def test_an_unlabelled_sum_is_the_total_of_what_adds_up_to_it(
    printed: Printed, stored: Stored
) -> None:
    mapped = map_rows(printed("BS", BALANCE))
    found = stored(mapped)
    assert found["assets"] == found["liabilities_and_equity"] == [1855, 2680]
    derived = {name for draft in mapped.drafts if draft.derived_label for name in draft.names}
    assert derived == {"assets", "liabilities_and_equity"}


def test_equity_with_and_without_other_shareholders_are_told_apart(
    printed: Printed, stored: Stored
) -> None:
    found = stored(map_rows(printed("BS", BALANCE)))
    assert found["equity_parent"] == [597, 628]
    assert found["equity_total"] == [635, 1118]
    assert found["nci"] == [38, 490]
    assert found["temporary_equity"] == [15, 14]
    assert found["deferred_tax_liabilities"] == [297, 243]


def test_liabilities_printed_as_negatives_are_stored_positive(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["liabilities"] == [7415, 8600]
    assert found["lease_liability_current"] == [157, 122]
    assert found["lease_liability_noncurrent"] == [295, 351]


def test_the_places_of_a_balance_sheet_without_headings_come_from_its_totals(
    printed: Printed,
    stored: Stored,
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
    assert found["debt_noncurrent"] == [209, 209]
    assert found["debt_current"] == [105, 110]
    assert found["equity_total"] == [37, 40]


def test_two_lines_of_equal_claim_are_both_left_unmapped(printed: Printed, stored: Stored) -> None:
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


def test_gross_and_net_property_of_one_label_are_told_apart(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["ppe_gross"] == [24873, 24914]
    assert found["accumulated_depreciation"] == [16135, 16048]
    assert found["ppe_net"] == [8738, 8866]


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


def test_outflows_are_stored_positive_and_a_refund_among_them_negative(
    printed: Printed, stored: Stored
) -> None:
    found = stored(map_rows(printed("CF", FLOWS)))
    assert found["capex"] == [1577, 1373]
    assert found["acquisitions"] == [-13, 2023]
    assert found["cfi"] == [-1564, -3396]
    assert found["change_receivables"] == [-305, -245]


def test_of_two_ends_the_one_counts_that_the_change_leads_to(
    printed: Printed, stored: Stored
) -> None:
    assert stored(map_rows(printed("CF", FLOWS)))["cash_end"] == [4682, 3053]


def test_cash_used_printed_without_parentheses_is_negative(
    printed: Printed, stored: Stored
) -> None:
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
    assert found["cfi"] == [-300, -100]
    assert found["cff"] == [-100, -200]


def test_the_change_in_restricted_cash_is_not_the_change_in_cash(
    printed: Printed, stored: Stored
) -> None:
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
