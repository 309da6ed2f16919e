from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from apostil.applications.financial.checking.checks import run_checks, weigh
from apostil.applications.financial.mapping.facts import assert_facts
from apostil.applications.financial.mapping.rows import map_rows
from apostil.applications.financial.result import DISCLAIMER, DocInfo, State
from apostil.applications.financial.statement import Scale, Statement
from apostil.applications.financial.telling.derive import derive
from apostil.applications.financial.telling.missing import missing
from apostil.applications.financial.telling.narrate import Material, narrate
from apostil.applications.financial.telling.sentences import is_backed, percent, spoken_amount
from apostil.evidence import CitationIndex
from apostil.evidence import Statement as Sentence

Printed = Callable[..., Statement]

INCOME = """
    Net sales | 10,208,580 | 8,630,889 | 6,151,953
    Cost of sales | 6,164,070 | 5,262,335 | 4,202,794
    Gross profit | 4,044,510 | 3,368,554 | 1,949,159
    Selling, general and administrative expenses | 2,395,299 | 2,061,545 | 1,583,017
    Operating income | 1,649,211 | 1,307,009 | 366,142
    Income before income taxes | 1,649,211 | 1,307,009 | 366,142
    Income tax expense | 401,136 | 309,992 | 54,250
    Net income | 1,248,075 | 997,017 | 311,892
    Net income per common share:
    Basic | 24.17 | 18.09 | 5.42
    Diluted | 24.01 | 17.98 | 5.40
"""
BALANCE = """
    Cash and cash equivalents | 737,877 | 431,560
    Total assets | 5,370,411 | 4,764,379
    Total liabilities | 3,410,600 | 3,229,006
    Total stockholders' equity | 1,959,811 | 1,535,373
    Total liabilities and stockholders' equity | 5,370,411 | 4,764,379
"""


def material(*statements: Statement) -> Material:
    citations = CitationIndex()
    book = assert_facts([map_rows(one) for one in statements], citations)
    checks = run_checks(book)
    facts = weigh(book.facts, checks)
    return Material(
        document=DocInfo(issuer="Acme 54 Inc.", document_type="10-K"),
        facts=facts,
        derived=derive(facts),
        checks=checks,
        pages={key: one.page for key, one in citations.by_id().items() if one.page is not None},
    )


def told(
    printed: Printed, income: str = INCOME, balance: str = BALANCE
) -> tuple[Material, list[Sentence]]:
    scale = Scale(amounts=1_000)
    made = material(
        printed("IS", income, columns="aaa", scale=scale), printed("BS", balance, scale=scale)
    )
    sections, _ = narrate(made)
    return made, [one for name in ("analysis", "key_findings", "checks") for one in sections[name]]


def test_no_sentence_of_ours_is_dropped(printed: Printed) -> None:
    scale = Scale(amounts=1_000)
    made = material(
        printed("IS", INCOME, columns="aaa", scale=scale), printed("BS", BALANCE, scale=scale)
    )
    made = replace(made, document=DocInfo(issuer="Acme Inc.", document_type="10-K"))
    sections, dropped = narrate(made)
    assert dropped == 0
    assert len(sections["analysis"]) > 10
    assert [one.text for one in sections["disclaimer"]] == [DISCLAIMER]


def test_a_sentence_whose_number_no_finding_says_is_dropped(printed: Printed) -> None:
    scale = Scale(amounts=1_000)
    made = material(printed("IS", INCOME, columns="aaa", scale=scale))
    sections, dropped = narrate(made)
    assert dropped == 1
    assert not any("Acme 54" in one.text for one in sections["analysis"])


def test_the_overview_gives_amounts_with_unit_period_and_page(printed: Printed) -> None:
    _, sentences = told(printed)
    assert sentences[0].text != ""
    revenue = next(one for one in sentences if one.text.startswith("Revenue:"))
    assert revenue.text == (
        "Revenue: USD 10,208,580 thousand for the year to 2022-12-31, USD 8,630,889 thousand for "
        "the year to 2021-12-31, USD 6,151,953 thousand for the year to 2020-12-31 (page 1)."
    )
    assert len(revenue.findings) == len(revenue.citations) == 3


def test_notable_changes_and_moves_are_findings(printed: Printed) -> None:
    _, sentences = told(printed)
    texts = [one.text for one in sentences]
    assert any(
        text.startswith("Revenue rose by 18.3 % to USD 10,208,580 thousand") for text in texts
    )
    assert not any(text.startswith("Gross margin widened") for text in texts)
    _, sentences = told(
        printed,
        income=INCOME.replace("Operating income | 1,649,211", "Operating income | 1,849,211"),
    )
    assert any(
        one.text.startswith("Operating margin widened by 3.0 percentage points")
        for one in sentences
    )


def test_a_failed_check_is_told_with_both_numbers(printed: Printed) -> None:
    _, sentences = told(
        printed, balance=BALANCE.replace("Total assets | 5,370,411", "Total assets | 5,370,400")
    )
    (failure, *_) = [one for one in sentences if one.text.startswith("The check B1")]
    assert "does not hold for 2022-12-31: expected 5,370,400, found 5,370,411" in failure.text


def test_every_sentence_with_a_number_names_its_findings(printed: Printed) -> None:
    _, sentences = told(printed)
    for one in sentences:
        if re.search(r"\d", re.sub(r"10-K|page \d+", "", one.text)):
            assert one.findings, one.text


def scaled(factor: int) -> str:
    """The amounts of the income statement, each another one."""

    def other(match: re.Match[str]) -> str:
        return f"{int(match.group().replace(',', '')) * factor + factor:,}"

    amounts = INCOME.split("    Net income per", maxsplit=1)[0]
    return re.sub(r"\d[\d,]*(?=\s*(?:\||\n))", other, amounts)


def variants(printed: Printed) -> list[tuple[Material, Sentence]]:
    """Two hundred sentences over reports of several sizes."""
    found: list[tuple[Material, Sentence]] = []
    for factor in range(1, 12):
        made, sentences = told(printed, income=scaled(factor))
        found.extend((made, one) for one in sentences if one.findings)
    return found


def test_of_two_hundred_sentences_none_survives_a_changed_number(printed: Printed) -> None:
    cases = variants(printed)
    assert len(cases) >= 200
    changed = 0
    for made, sentence in cases:
        evidence = made.evidence()
        assert is_backed(sentence, evidence), sentence.text
        for match in re.finditer(r"(?<![\w.,-])\d[\d,.]*\d|(?<=page )\d+", sentence.text):
            digits = match.group()
            place = next(index for index, char in enumerate(digits) if char.isdigit())
            other = digits[:place] + str((int(digits[place]) + 1) % 10 or 9) + digits[place + 1 :]
            if other == digits:
                continue
            text = sentence.text[: match.start()] + other + sentence.text[match.end() :]
            assert not is_backed(replace(sentence, text=text), evidence), text
            changed += 1
    assert changed >= 400


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("rose", "fell"),
        ("thousand", "million"),
        ("%", "percentage points"),
        ("2022-12-31", "2023-12-31"),
    ],
)
def test_a_changed_word_is_noticed_too(printed: Printed, right: str, wrong: str) -> None:
    made, sentences = told(printed)
    sentence = next(one for one in sentences if one.text.startswith("Revenue rose"))
    changed = replace(sentence, text=sentence.text.replace(right, wrong))
    assert is_backed(sentence, made.evidence())
    assert not is_backed(changed, made.evidence())


def test_a_sentence_that_names_an_unknown_finding_is_not_backed(printed: Printed) -> None:
    made, sentences = told(printed)
    assert not is_backed(replace(sentences[-1], findings=("f999",)), made.evidence())


def test_no_sentence_gives_advice(printed: Printed) -> None:
    _, sentences = told(printed)
    assert not any(
        re.search(r"\b(?:buy|sell|hold on|undervalued|target price)\b", one.text)
        for one in sentences
    )


def test_growth_from_a_negative_base_is_not_computed(printed: Printed) -> None:
    made, _ = told(printed, income="Net income | 10 | (5) | 3")
    growth = {one.period: one for one in made.derived if one.name == "net_income_growth"}
    assert {one.label for one in growth.values()} == {"Net income growth"}
    assert set(growth) == {"FY:2021-12-31"}
    assert growth["FY:2021-12-31"].value == Decimal(-5) / Decimal(3) - 1


def test_liabilities_that_are_not_printed_are_derived_and_not_a_fact(printed: Printed) -> None:
    made, _ = told(
        printed, balance=BALANCE.replace("    Total liabilities | 3,410,600 | 3,229,006\n", "")
    )
    assert not any(fact.concept == "liabilities" for fact in made.facts)
    derived = {one.period: one for one in made.derived if one.name == "liabilities"}
    assert derived["2022-12-31"].value == Decimal(3_410_600_000)
    assert derived["2022-12-31"].derivation.formula == "assets - equity_parent"


def test_missing_figures_say_where_was_searched(printed: Printed) -> None:
    statement = printed("BS", BALANCE)
    book = assert_facts([map_rows(statement)], CitationIndex())
    found = {
        one.concept: one
        for one in missing(book.facts, [statement], run_checks(book), pages=12, unreadable=(7,))
    }
    assert found["revenue"].state is State.NOT_FOUND
    assert found["revenue"].not_found.searched == ("all 12 pages for income statements",)
    assert found["revenue"].not_found.unreadable_pages == (7,)
    assert "assets" not in found
    of_one_page = next(missing((), (), (), pages=1))
    assert of_one_page.not_found.searched == ("the only page for income statements",)


def test_a_line_that_a_proven_statement_does_not_have_is_not_reported(printed: Printed) -> None:
    statement = printed("BS", "\n".join(BALANCE.splitlines()[2:]))
    book = assert_facts([map_rows(statement)], CitationIndex())
    found = {
        one.concept: one for one in missing(book.facts, [statement], run_checks(book), pages=12)
    }
    assert found["cash"].state is State.NOT_REPORTED
    assert found["cash"].not_found.searched == ("balance sheet on page 1",)


def test_amounts_are_spoken_as_printed(printed: Printed) -> None:
    text = "Net loss per share:\nBasic and diluted (in pence) | (19.08) | 1.23"
    made = material(printed("IS", text, currency="GBP"))
    assert spoken_amount(made.facts[0]) == "-19.08 pence per share"
    assert percent(Decimal("0.18275")) == "18.3 %"
