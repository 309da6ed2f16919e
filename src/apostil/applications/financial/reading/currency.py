"""In which currency a document reports: the one whose sign it prints most often."""

from __future__ import annotations

import re
from collections import Counter

from apostil.applications.financial.reading.passages import Spot, find_spots
from apostil.documents import ParsedDocument

_SIGNS = (
    ("GBP", re.compile(r"\u00a3|\bGBP\b")),
    ("EUR", re.compile(r"\u20ac|\bEUR\b")),
    ("CHF", re.compile(r"\bCHF")),
    ("INR", re.compile(r"\u20b9|\bRs\.?\s|\bINR\b")),
    ("JPY", re.compile(r"\u00a5|\bJPY\b")),
    ("SEK", re.compile(r"\bSEK")),
    ("NOK", re.compile(r"\bNOK")),
    ("DKK", re.compile(r"\bDKK")),
    ("AUD", re.compile(r"\bA\$|\bAU\$|\bAUD\b")),
    ("CAD", re.compile(r"\bCA?\$|\bCAD\b")),
    ("HKD", re.compile(r"\bHK\$")),
    ("SGD", re.compile(r"\bS\$")),
    ("USD", re.compile(r"\bUS\$|\bUSD\b")),
    ("$", re.compile(r"(?<![A-Z])\$")),
)
_DOLLARS = (
    ("AUD", re.compile(r"\bABN\s*\d|Australian dollars|\bASX\b")),
    ("CAD", re.compile(r"Canadian dollars|\bTSX\b")),
    ("NZD", re.compile(r"New Zealand dollars|\bNZX\b")),
    (
        "USD",
        re.compile(r"U\.?S\.? dollars|United States dollars|\bNYSE\b|(?i:nasdaq)|U\.S\.|\bSEC\b"),
    ),
)


def find_currency(document: ParsedDocument, *, is_us_form: bool) -> tuple[str | None, Spot | None]:
    """The currency whose sign is printed most often; a bare dollar is the country's own."""
    counts: Counter[str] = Counter()
    for page in document.pages:
        for code, pattern in _SIGNS:
            counts[code] += len(pattern.findall(page.text))
    if not any(counts.values()):
        return None, None
    code = counts.most_common(1)[0][0]
    sign = dict(_SIGNS)[code]
    spot = next(find_spots(document.pages, sign), None)
    if code != "$":
        return code, spot
    if is_us_form:
        return "USD", spot
    return _which_dollar(document), spot


def _which_dollar(document: ParsedDocument) -> str:
    counts = Counter(
        {
            code: sum(len(pattern.findall(page.text)) for page in document.pages)
            for code, pattern in _DOLLARS
        }
    )
    code, count = counts.most_common(1)[0]
    return code if count else "$"
