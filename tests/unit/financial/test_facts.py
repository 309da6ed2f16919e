from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from apostil.applications.financial.mapping.facts import Book, assert_facts
from apostil.applications.financial.mapping.rows import map_rows
from apostil.applications.financial.result import Basis, Fact, State
from apostil.applications.financial.statement import PeriodKind, Scale, Statement
from apostil.evidence import CitationIndex

Printed = Callable[..., Statement]


def book(*statements: Statement, basis: Basis = Basis.GAAP) -> Book:
    return assert_facts([map_rows(one) for one in statements], CitationIndex(), basis=basis)


def fact(found: Book, concept: str, year: int) -> Fact:
    (one,) = [f for f in found.facts if f.concept == concept and f.period.end.year == year]
    return one


def test_a_fact_cites_its_number_and_names_label_header_and_scale(printed: Printed) -> None:
    citations = CitationIndex()
    statement = printed("BS", "Total assets | 36,500 | 37,987")
    statement = replace(
        statement, scale=replace(statement.scale, citation=statement.title_citation)
    )
    found = assert_facts([map_rows(statement)], citations)
    assets = fact(found, "assets", 2022)
    quotes = {key: one.quote for key, one in citations.by_id().items()}
    assert [quotes[name] for name in assets.citations] == ["36,500"]
    assert {role: quotes[name] for role, name in assets.support.items()} == {
        "label": "Total assets",
        "header": "header 0",
        "scale": "Statement",
    }
    assert (assets.value, assets.raw, assets.scale) == (Decimal(36500), "36,500", 1_000_000)
    assert assets.absolute == Decimal(36_500_000_000)
    assert (assets.us_gaap, assets.ifrs, assets.unit) == ("Assets", "Assets", "USD")


def test_cash_at_the_beginning_is_a_date_the_day_before(printed: Printed) -> None:
    found = book(
        printed(
            "CF",
            "Cash at beginning of year | 10 | 9\nNet change in cash | 1 | 1\nCash at end of year | 11 | 10",
        )
    )
    begin, end = fact(found, "cash_begin", 2021), fact(found, "cash_end", 2022)
    assert begin.period.kind is PeriodKind.INSTANT
    assert (begin.period.end, end.period.end) == (dt.date(2021, 12, 31), dt.date(2022, 12, 31))


def test_only_dated_columns_of_amounts_make_facts(printed: Printed) -> None:
    found = book(printed("IS", "Total revenues | 5,898 | 5,666 | 232 | 4", columns="aacc"))
    assert [f.value for f in found.facts] == [Decimal(5898), Decimal(5666)]
    statement = printed("IS", "Revenue | 10 | 9")
    undated = replace(statement.columns[1], period=None)
    found = book(replace(statement, columns=(statement.columns[0], undated)))
    assert [f.value for f in found.facts] == [Decimal(10)]


def test_numbers_per_share_and_of_shares_have_their_own_factor(printed: Printed) -> None:
    text = """
        Net income | 1,364 | 1,324
        Net income per share:
        Basic | 3.07 | 2.99
        Shares used in calculation (000s):
        Basic | 443,837 | 443,377
    """
    found = book(printed("IS", text, scale=Scale(amounts=1_000_000)))
    assert fact(found, "eps_basic", 2022).scale == 1
    assert fact(found, "shares_basic", 2022).scale == 1_000
    assert fact(found, "shares_basic", 2022).unit == "shares"


def test_income_per_share_tells_the_factor_of_the_shares(printed: Printed) -> None:
    text = """
        Net income (loss) | 73,774 | (27,139)
        Weighted average common shares outstanding - basic | 116,762,928 | 89,959,993
        Basic net income (loss) per share | 0.63 | (0.30)
    """
    found = book(printed("IS", text, scale=Scale(amounts=1_000)))
    assert fact(found, "shares_basic", 2022).scale == 1
    found = book(
        printed(
            "IS",
            text.replace("116,762,928", "116,763").replace("89,959,993", "89,960"),
            scale=Scale(amounts=1_000),
        )
    )
    assert fact(found, "shares_basic", 2022).scale == 1_000


@pytest.mark.parametrize(
    "label", ["Basic earnings per share (pence)", "Basic loss per share (cents)"]
)
def test_pence_and_cents_have_a_factor_of_a_hundredth(printed: Printed, label: str) -> None:
    found = book(printed("IS", f"{label} | 5.93 | 7.83", scale=Scale(amounts=1_000)))
    earnings = fact(found, "eps_basic", 2022)
    assert earnings.scale == 0.01
    assert earnings.absolute == Decimal("0.0593")


def test_an_unknown_scale_stays_unknown(printed: Printed) -> None:
    found = book(printed("BS", "Total assets | 36 | 37", scale=Scale(amounts=None)))
    assert fact(found, "assets", 2022).scale is None
    assert fact(found, "assets", 2022).absolute is None


def test_one_line_printed_twice_makes_one_fact(printed: Printed) -> None:
    found = book(printed("BS", "Total assets | 36 | 37"), printed("BS", "Total assets | 36 | 37"))
    assert len([f for f in found.facts if f.concept == "assets"]) == 2


def test_contradicting_places_are_kept_but_not_asserted(printed: Printed) -> None:
    found = book(printed("BS", "Total assets | 36 | 37"), printed("BS", "Total assets | 35 | 37"))
    assert [f.period.end.year for f in found.facts] == [2021]
    assert {f.value for f in found.unmapped if f.state is State.CONFLICTING} == {
        Decimal(36),
        Decimal(35),
    }


def test_restated_and_parent_columns_do_not_contradict(printed: Printed) -> None:
    statement = printed("BS", "Total assets | 36 | 35", years=(2022, 2022))
    first, second = statement.columns
    restated = replace(statement, columns=(first, replace(second, restated=True)))
    assert [(f.value, f.restated) for f in book(restated).facts] == [
        (Decimal(36), False),
        (Decimal(35), True),
    ]
    parent = replace(statement, columns=(first, replace(second, consolidated=False)))
    assert [f.consolidated for f in book(parent).facts] == [True, False]


def test_rows_without_a_concept_are_kept_as_they_are_printed(printed: Printed) -> None:
    found = book(printed("IS", "Membership fees | 1,000 | (946)"))
    assert [(f.concept, f.value, f.raw) for f in found.unmapped] == [
        (None, Decimal(1000), "1,000"),
        (None, Decimal(-946), "(946)"),
    ]


def test_basic_and_diluted_in_one_line_are_two_facts(printed: Printed) -> None:
    found = book(
        printed("IS", "Net loss per share:\nBasic and Diluted (in pence) | (19.08) | 1.23")
    )
    assert (
        fact(found, "eps_basic", 2022).value
        == fact(found, "eps_diluted", 2022).value
        == Decimal("-19.08")
    )


def test_a_dash_is_zero_and_a_blank_makes_no_fact(printed: Printed) -> None:
    found = book(printed("BS", "Goodwill | - | \nInventories | | 5"))
    assert [(f.concept, f.value) for f in found.facts] == [
        ("goodwill", Decimal(0)),
        ("inventory", Decimal(5)),
    ]


def test_adjusted_columns_are_kept_apart_by_their_basis(printed: Printed) -> None:
    statement = printed("IS", "Net income | 10 | 14", years=(2022, 2022))
    gaap, other = statement.columns
    assert gaap.header is not None
    header = replace(gaap.header, quote="2022 Non-GAAP")
    found = book(replace(statement, columns=(gaap, replace(other, header=header))))
    assert [(f.value, f.basis) for f in found.facts] == [
        (Decimal(10), Basis.GAAP),
        (Decimal(14), Basis.NON_GAAP),
    ]


def test_two_columns_for_one_period_that_nothing_tells_apart_make_no_facts(
    printed: Printed,
) -> None:
    assert book(printed("IS", "Net income | 10 | 14", years=(2022, 2022))).facts == ()
