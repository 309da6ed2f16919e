"""The words that say in which unit a statement is printed: "(in thousands, except per share data)".

Amounts, numbers of shares and amounts per share each have a scale of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

THOUSAND = 1_000
LAKH = 100_000
MILLION = 1_000_000
CRORE = 10_000_000
BILLION = 1_000_000_000

_WORDS = (
    (r"thousands?", THOUSAND),
    (r"millions?|mn|mio\.?|mill\.?", MILLION),
    (r"billions?|bn|bln", BILLION),
    (r"lakhs?|lacs?", LAKH),
    (r"crores?|crs?\.?", CRORE),
)
_UNIT = "|".join(words for words, _ in _WORDS)
_ZEROS = r"['\u2018\u2019`\u00b4]?\s*000(?:['\u2018\u2019`]?s)?(?!\d)"

CURRENCIES = (
    (r"US\s?\$|U\.?S\.?\s+dollars?|USD|United States dollars?", "USD"),
    (r"A\$|AU\$|Australian dollars?|AUD", "AUD"),
    (r"CA?\$|CDN\s?\$|Canadian dollars?|CAD", "CAD"),
    (r"HK\$|Hong Kong dollars?|HKD", "HKD"),
    (r"NZ\$|New Zealand dollars?|NZD", "NZD"),
    (r"S\$|SG\$|Singapore dollars?|SGD", "SGD"),
    (r"R\$|Brazilian reais|reais|BRL", "BRL"),
    (r"\u00a3|pounds? sterling|sterling|GBP", "GBP"),
    (r"\u20ac|euros?|EUR", "EUR"),
    (r"Swiss francs?|CHF", "CHF"),
    (r"\u00a5|Japanese yen|yen|JPY", "JPY"),
    (r"\u20b9|Rs\.?|Indian rupees?|rupees?|INR", "INR"),
    (r"RMB|renminbi|CNY", "CNY"),
    (r"Swedish kronor|SEK", "SEK"),
    (r"Norwegian kroner|NOK", "NOK"),
    (r"Danish kroner|DKK", "DKK"),
    (r"South African rand|rand|ZAR", "ZAR"),
    (r"Israeli shekels?|NIS|ILS", "ILS"),
    (r"\$|dollars?", "$"),
)
_CURRENCY = "|".join(words for words, _ in CURRENCIES)
_CURRENCY_TESTS = tuple(
    (
        re.compile(
            rf"(?<![A-Za-z])[TMK]?(?:{words})(?:(?<=[^A-Za-z])|(?![A-Za-z]))",
            re.IGNORECASE if code == "$" else 0,
        ),
        code,
    )
    for words, code in CURRENCIES
)

#: Each form ends its ``unit`` or ``zeros`` group at the word that gives the factor.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\bin\s+(?:(?:{_CURRENCY})\s*)?(?:in\s+)?(?P<unit>{_UNIT})\b",
        rf"(?:{_CURRENCY})\s*(?:in\s+)?\(?(?P<unit>{_UNIT}|m|k|b)(?![A-Za-z])",
        r"(?<![A-Za-z])(?P<unit>[TMK])\s?(?:EUR|CHF|USD|GBP|SEK|NOK|DKK|\u20ac)(?![A-Za-z])",
        rf"(?:{_CURRENCY})\s*{_ZEROS}(?P<zeros>)",
        rf"(?<![\d.,]){_ZEROS}(?P<zeros>)(?:\s+omitted)?",
        r"\b1[,.\u2019' ]?000\b(?P<zeros>)",
        rf"(?:^|\()\W*(?:amounts?\s+|figures\s+|expressed\s+)?(?P<unit>{_UNIT})\b",
        rf"\b(?P<unit>{_UNIT})\s+of\s+(?:{_CURRENCY})",
    )
)
_LETTERS = {"m": MILLION, "k": THOUSAND, "t": THOUSAND, "b": BILLION}

_EXCEPT = re.compile(r"\bexcept(?:ing)?\b|\bother than\b|\bexcluding\b", re.IGNORECASE)
_SHARE_WORDS = re.compile(
    r"(?<!per )(?<!per-)(?<!per common )(?<!per ordinary )(?<!a )\bshares?\b", re.IGNORECASE
)
_SHARES_IN = re.compile(
    rf"\bshares?\b[^.;]*?\b(?:in|reflected in|expressed in)\s+(?P<unit>{_UNIT})\b"
    rf"|\bshares?\b[^.;]*?\(\s*(?:in\s+)?(?P<unit2>{_UNIT})\s*\)|\bshares?\b[^.;]*?\(\s*{_ZEROS}\s*\)"
    rf"|(?<!\d )(?<!\d)\b(?P<unit3>{_UNIT})\s+(?:of\s+)?shares\b",
    re.IGNORECASE,
)
_DOLLARS_AND_SHARES = re.compile(r"\band\s+shares?\s+in\b", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\b(?:expressed|stated|presented|amounts?)\s+(?:are\s+)?in\s+(?:whole\s+)?(?:{_CURRENCY})\s*\)?\W*$"
    rf"|\bin\s+whole\s+(?:{_CURRENCY})",
    re.IGNORECASE,
)
_HUNDREDTHS = re.compile(
    r"\bpence\b|\bcents?\b|\(p\)|[\u00a2\u20b5]|\bcps\b|\bpaise\b", re.IGNORECASE
)
_PER_SHARE = re.compile(
    r"\bper\b|\bearnings\b|\bloss\b|\bEPS\b|\bbasic\b|\bdiluted\b", re.IGNORECASE
)

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ScalePhrase:
    """What one phrase says; None for what it does not speak of. ``currency`` is a code or "$"."""

    amounts: int | None = None
    shares: int | None = None
    currency: str | None = None


def read_scale(text: str) -> ScalePhrase | None:
    """The scale that a phrase gives to amounts and to shares, or None when it is no such phrase.

    Shares follow the amounts unless the phrase excepts them: "except share and per share data"
    leaves them in single units, "except shares, which are reflected in thousands" in thousands.
    """
    amounts = _amounts(text)
    if amounts is None:
        if _WHOLE.search(text):
            return ScalePhrase(1, 1, find_currency(text))
        return None
    return ScalePhrase(amounts, _shares(text, amounts), find_currency(text))


def _amounts(text: str) -> int | None:
    places = [(match.start(), factor) for match, factor in _matches(text)]
    return min(places)[1] if places else None


def _matches(text: str) -> list[tuple[re.Match[str], int]]:
    found = []
    for form in _FORMS:
        match = form.search(text)
        if match is not None:
            groups = match.groupdict()
            unit = groups.get("unit")
            found.append((match, _factor(unit) if unit else THOUSAND))
    return found


def _factor(unit: str) -> int:
    word = unit.lower()
    for words, factor in _WORDS:
        if re.fullmatch(words, word):
            return factor
    return _LETTERS[word]


def _shares(text: str, amounts: int) -> int | None:
    excepted = _EXCEPT.search(text)
    if excepted is None:
        return amounts
    clause = text[excepted.end() :]
    own = _SHARES_IN.search(clause)
    if own is not None:
        return _unit_of(own)
    if _DOLLARS_AND_SHARES.search(text[: excepted.start()]):
        return amounts
    return 1 if _SHARE_WORDS.search(clause) else amounts


def _unit_of(match: re.Match[str]) -> int:
    unit = match["unit"] or match["unit2"] or match["unit3"]
    return _factor(unit) if unit else THOUSAND


def read_share_scale(label: str) -> int | None:
    """The scale that a row's own label gives to shares: "Shares used in calculation (000s)"."""
    match = _SHARES_IN.search(label)
    return _unit_of(match) if match else None


def is_in_hundredths(label: str) -> bool:
    """Whether a row about earnings per share is printed in pence or cents."""
    return _HUNDREDTHS.search(label) is not None and _PER_SHARE.search(label) is not None


def find_currency(text: str) -> str | None:
    """The code of the first currency named; "$" when only a dollar sign or the word is printed."""
    places = [
        (match.start(), order, code)
        for order, (pattern, code) in enumerate(_CURRENCY_TESTS)
        if (match := pattern.search(text))
    ]
    return min(places)[2] if places else None
