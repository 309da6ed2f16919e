from __future__ import annotations

import pytest

from apostil.evidence.figures import is_number, missing_from, stands_in


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        ("10208580", "10,208,580"),
        ("-16135", "$ (16,135)"),
        ("12.5", "12.50%"),
        ("0.99", "$.99"),
        ("1234.5", "1.234,50 EUR"),
        ("1234567", "1 234 567"),
        ("1234567", "1\u2019234\u2019567"),
        ("0", "\u2014"),
        ("0", "$ - "),
        ("0", "nil"),
        ("86", "loss of 86 million in 2022"),
    ],
)
def test_a_value_stands_in_a_quote_whatever_marks_are_around_it(value: str, quote: str) -> None:
    assert stands_in(value, quote)


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        ("10208581", "10,208,580"),
        ("1020858", "10,208,580"),
        ("12.6", "12.5%"),
        ("0", "1,234"),
        ("5", "\u2014"),
        ("208", "10,208,580"),
        ("1200", "12"),
    ],
)
def test_another_digit_is_another_value(value: str, quote: str) -> None:
    assert not stands_in(value, quote)


def test_printed_numbers_that_a_quote_lacks_are_named() -> None:
    assert missing_from("(16,135)", "$ (16,135)") == []
    assert missing_from("4.05 to 5.80", "4.05-5.90") == ["5.80"]


def test_only_plain_decimals_are_numbers() -> None:
    assert all(map(is_number, ("12", "-0.5", 3, 2.5)))
    assert not any(map(is_number, ("12,5", "2022-12-31", "", None, True, [1])))
