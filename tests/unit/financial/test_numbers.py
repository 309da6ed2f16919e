"""The number grammar."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apostil.applications.financial.rules.numbers import (
    NumberStyle,
    document_style,
    is_amount_part,
    is_numeric_word,
    read_number,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", "1234"),
        ("5,897.8", "5897.8"),
        ("(1,234)", "-1234"),
        ("( 1,234 )", "-1234"),
        ("-1,234", "-1234"),
        ("\u22121,234", "-1234"),
        ("1,234-", "-1234"),
        ("$1,234", "1234"),
        ("($7,622)", "-7622"),
        ("$ (7,622)", "-7622"),
        ("($ 7,622)", "-7622"),
        ("\u00a31,234", "1234"),
        ("CHF 1'234'567", "1234567"),
        ("1\u2019234", "1234"),
        ("1 234 567", "1234567"),
        ("1\u202f234", "1234"),
        ("12,34,567", "1234567"),
        (".65", "0.65"),
        ("0.654", "0.654"),
        ("816", "816"),
    ],
)
def test_printed_number_has_its_value(text: str, value: str) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.value == Decimal(value)
    assert not reading.is_percent


@pytest.mark.parametrize("dash", ["-", "\u2013", "\u2014", "\u2212", "$ \u2014", "\u2014%", "nil"])
def test_dash_alone_is_zero(dash: str) -> None:
    reading = read_number(dash)
    assert reading is not None
    assert reading.value == 0


@pytest.mark.parametrize("text", ["n/m", "N/A", "nm", "n.m.", "*"])
def test_words_for_no_value_are_read_and_have_none(text: str) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.value is None


@pytest.mark.parametrize(
    ("text", "value"), [("12.6%", "12.6"), ("(3)%", "-3"), ("(0.1%)", "-0.1"), ("12.6 %", "12.6")]
)
def test_percent_sign_marks_a_percentage(text: str, value: str) -> None:
    reading = read_number(text)
    assert reading is not None
    assert (reading.value, reading.is_percent) == (Decimal(value), True)


@pytest.mark.parametrize("text", ["1,234(1)", "1,234 (a)", "1,234*", "1,234\u2020"])
def test_footnote_mark_after_a_number_is_dropped(text: str) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.value == 1234


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Revenue",
        "5.1.2(a)",
        "7, 8, 26",
        "14 a)",
        "(1,234",
        "1,234)",
        "12,3",
        "CHF000",
        "2022-23",
        "31,",
    ],
)
def test_text_that_is_no_single_number_is_refused(text: str) -> None:
    assert read_number(text) is None


def test_comma_style_reads_points_as_group_marks() -> None:
    reading = read_number("1.234,56", NumberStyle.COMMA)
    assert reading is not None
    assert reading.value == Decimal("1234.56")


def test_style_is_decided_by_the_unmistakable_numbers_of_a_document() -> None:
    assert document_style(["1.234", "5.678", "1.234,5", "2.345.678", "12,5"]) is NumberStyle.COMMA
    assert document_style(["1,234", "5,678", "1,234.5", "12.5", "3,5"]) is NumberStyle.POINT


def test_document_without_numbers_is_read_in_point_style() -> None:
    assert document_style(["text", "7"]) is NumberStyle.POINT


def test_signs_of_an_amount_are_parts_and_digits_are_numeric_words() -> None:
    assert all(is_amount_part(part) for part in ("$", "(", ")", "%", "$(", "US$"))
    assert not is_amount_part("1")
    assert is_numeric_word("(1,234)")
    assert not is_numeric_word("Note")


def test_marks_before_three_digits_group_when_no_number_is_unmistakable() -> None:
    assert document_style(["2.219", "(7.397)", "17.483", "816"]) is NumberStyle.COMMA
    assert document_style(["2,219", "(7,397)", "0.654"]) is NumberStyle.POINT
