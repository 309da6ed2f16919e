"""Phrases that give the unit of print."""

from __future__ import annotations

import pytest

from apostil.applications.financial.rules.scales import (
    find_currency,
    is_in_hundredths,
    read_scale,
    read_share_scale,
)

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("phrase", "amounts", "shares"),
    [
        ("(In thousands, except per share data)", 1_000, 1_000),
        ("(in thousands, except share and per share data)", 1_000, 1),
        ("Dollars and shares in millions, except per share data", MILLION, MILLION),
        ("(amounts in millions, except par value and share data)", MILLION, 1),
        (
            "(In millions, except share amounts which are reflected in thousands, and per share amounts)",
            MILLION,
            1_000,
        ),
        ("(Millions, except per share amounts)", MILLION, MILLION),
        ("Year Ended December 31 (Millions)", MILLION, MILLION),
        ("(Thousands of dollars)", 1_000, 1_000),
        ("$ in millions", MILLION, MILLION),
        ("($ million)", MILLION, MILLION),
        ("\u00a3\u2019000", 1_000, 1_000),
        ("CHF000", 1_000, 1_000),
        ("US$'000", 1_000, 1_000),
        ("\u00a3m", MILLION, MILLION),
        ("\u20ac million", MILLION, MILLION),
        ("SEK m", MILLION, MILLION),
        ("TEUR", 1_000, 1_000),
        ("in EUR 1,000", 1_000, 1_000),
        ("Rs. in lakhs", 100_000, 100_000),
        ("(\u20b9 in crore)", 10_000_000, 10_000_000),
        ("(expressed in US dollars)", 1, 1),
    ],
)
def test_phrase_gives_the_scale_of_amounts_and_of_shares(
    phrase: str, amounts: int, shares: int
) -> None:
    scale = read_scale(phrase)
    assert scale is not None
    assert (scale.amounts, scale.shares) == (amounts, shares)


@pytest.mark.parametrize("text", ["December 31, 2022", "Revenue", "$", "2022", "Notes"])
def test_other_header_words_give_no_scale(text: str) -> None:
    assert read_scale(text) is None


def test_label_may_give_the_scale_of_shares_itself() -> None:
    assert read_share_scale("Shares used in calculation (000s)") == 1_000
    assert read_share_scale("Weighted average shares (in millions)") == MILLION


def test_number_of_authorised_shares_is_no_scale() -> None:
    assert read_share_scale("Common stock; 1.0 billion shares authorized") is None


def test_pence_count_only_in_rows_about_a_share() -> None:
    assert is_in_hundredths("Basic earnings per Ordinary share (pence)")
    assert is_in_hundredths("Loss per share (cents)")
    assert not is_in_hundredths("Trade receivables")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\u00a3m", "GBP"),
        ("US$ million", "USD"),
        ("A$'000", "AUD"),
        ("$ in millions", "$"),
        ("TCHF", "CHF"),
        ("Notes", None),
    ],
)
def test_currency_is_read_from_sign_code_or_name(text: str, code: str | None) -> None:
    assert find_currency(text) == code
