"""By which accounting standards a report was made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apostil.applications.financial.result import Basis

_IFRS = re.compile(
    r"\bIFRSs?\b|\bInternational Financial Reporting Standards?\b|\bInternational Accounting Standards?\b|\bAASB\b|\bInd AS\b"
)
_GAAP = re.compile(
    r"\bU\.?\s?S\.? GAAP\b|accounting principles generally accepted in the United States|generally accepted accounting principles in the United States|\bUS generally accepted|\bASC \d{3}\b|\bFASB\b|\bGAAP\b"
)
LEAST = 2


def accounting_basis(texts: Iterable[str], *, is_us_form: bool) -> Basis:
    """The standards that the pages name most; forms 10-K and 10-Q are always under US GAAP."""
    if is_us_form:
        return Basis.GAAP
    ifrs = gaap = 0
    for text in texts:
        ifrs += len(_IFRS.findall(text))
        gaap += len(_GAAP.findall(text))
    if max(ifrs, gaap) < LEAST:
        return Basis.UNKNOWN
    return Basis.IFRS if ifrs > gaap else Basis.GAAP
