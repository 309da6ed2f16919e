"""What kind of report a document is, whose, and for which period: from its first pages."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apostil.applications.financial.rules.dates import find_dates
from apostil.applications.financial.rules.numbers import NumberStyle, document_style
from apostil.applications.financial.rules.periods import YEAR, Calendar, Length, read_pieces
from apostil.documents import ParsedDocument, cite
from apostil.evidence import Citation


class DocumentType(StrEnum):
    ANNUAL_10K = "10-K"
    QUARTERLY_10Q = "10-Q"
    FOREIGN_20F = "20-F"
    CURRENT_8K = "8-K"
    ANNUAL_REPORT = "annual report"
    INTERIM_REPORT = "interim report"
    EARNINGS_RELEASE = "earnings release"
    UNKNOWN = "unknown"


_ANNUAL = frozenset({DocumentType.ANNUAL_10K, DocumentType.FOREIGN_20F, DocumentType.ANNUAL_REPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The document as a whole; each part is cited, or None when it was not found.

    ``dates`` counts the complete dates of the document as ISO strings. ``currency`` is an ISO code,
    or "$" when no page says which dollar.
    """

    type: DocumentType
    type_citation: Citation | None = None
    issuer: str | None = None
    issuer_citation: Citation | None = None
    period_end: dt.date | None = None
    period_citation: Citation | None = None
    fiscal_end: dt.date | None = None
    fiscal_end_citation: Citation | None = None
    currency: str | None = None
    currency_citation: Citation | None = None
    audited: bool | None = None
    audited_citation: Citation | None = None
    number_style: NumberStyle = NumberStyle.POINT
    dates: dict[str, int]

    @property
    def report_year(self) -> int | None:
        return self.period_end.year if self.period_end else None

    def calendar(self) -> Calendar:
        """What this document says about time, for reading its headers."""
        default: Length | None = YEAR if self.type in _ANNUAL else None
        return Calendar(
            fiscal_end=self.fiscal_end,
            report_end=self.period_end,
            dates={dt.date.fromisoformat(date): count for date, count in self.dates.items()},
            default=default,
        )


_TYPES = (
    (DocumentType.ANNUAL_10K, re.compile(r"(?i)^\W*form\s+10\s*-\s*k\b")),
    (DocumentType.QUARTERLY_10Q, re.compile(r"(?i)^\W*form\s+10\s*-\s*q\b")),
    (DocumentType.FOREIGN_20F, re.compile(r"(?i)^\W*form\s+20\s*-\s*f\b")),
    (DocumentType.CURRENT_8K, re.compile(r"(?i)^\W*form\s+8\s*-\s*k\b")),
)
_SOFT_TYPES = (
    (
        DocumentType.INTERIM_REPORT,
        re.compile(r"(?i)\b(?:interim|half[- ]year(?:ly)?|quarterly)\s+(?:financial\s+)?report\b"),
    ),
    (DocumentType.ANNUAL_REPORT, re.compile(r"(?i)\bannual\s+(?:financial\s+)?report\b")),
    (DocumentType.ANNUAL_REPORT, re.compile(r"(?i)\breport\s+(?:and|&)\s+accounts\b")),
    (
        DocumentType.EARNINGS_RELEASE,
        re.compile(
            r"(?i)\b(?:reports?|announces?|results)\b.*\b(?:quarter|results|earnings|year)\b"
            r"|\b(?:quarter|full[- ]year)\b.*\bresults\b|\bnews release\b|\bpress release\b"
        ),
    ),
)
_ENDED = re.compile(
    r"(?i)\b(?:years?|periods?|quarters?|months|weeks|half[- ]year)\s+(?:ended|ending|to)\b"
)
_YEAR_ENDED = re.compile(r"(?i)\b(?:fiscal|financial)?\s*years?\s+(?:ended|ending|ends)\b")
_CHARTER = re.compile(r"(?i)exact\s+name\s+of\s+(?:the\s+)?registrant")
_COMPANY = re.compile(
    r"\b(?:Inc|INC|Corp|CORP|Corporation|CORPORATION|plc|PLC|Plc|Limited|LIMITED|Ltd|LTD|LLC|AG|SA|S\.A"
    r"|N\.V|NV|SE|ASA|AB|Oyj|Trust|TRUST|Company|COMPANY|Group|GROUP|Bancshares|Holdings)\b\.?"
)
_AUDITORS = re.compile(
    r"(?i)report\s+of\s+independent\s+registered|independent\s+auditor.{0,3}s?.?\s+report"
    r"|report\s+of\s+the\s+statutory\s+auditor"
)
_COVER_PAGES = 4
_FRONT_PAGES = 14
_LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class _Spot:
    """A line of a page with the indexes of its words."""

    page: int
    text: str
    words: tuple[int, ...]


def identify(document: ParsedDocument) -> Identity:
    """What the first pages say about the report; what they do not say stays None."""
    front = list(_spots(document, _FRONT_PAGES))
    cover = [spot for spot in front if spot.page <= _COVER_PAGES]
    dates = _dates(document)
    kind, kind_spot = _type(front, cover)
    end, end_spot = _period_end(cover, front, dates, document)
    fiscal, fiscal_spot = (end, end_spot) if kind in _ANNUAL else _fiscal_end(document, dates)
    issuer = _issuer(cover)
    currency, currency_spot = _currency(document, kind)
    auditor = _find_auditor(document)
    return Identity(
        type=kind,
        type_citation=_cited(document, kind_spot),
        issuer=issuer.text.strip(" ,") if issuer else None,
        issuer_citation=_cited(document, issuer),
        period_end=end,
        period_citation=_cited(document, end_spot),
        fiscal_end=fiscal,
        fiscal_end_citation=_cited(document, fiscal_spot),
        currency=currency,
        currency_citation=_cited(document, currency_spot),
        audited=True if auditor else (False if kind is DocumentType.QUARTERLY_10Q else None),
        audited_citation=_cited(document, auditor),
        number_style=document_style(text for page in document.pages for text in page.words.text),
        dates={date.isoformat(): count for date, count in dates.items()},
    )


def _spots(document: ParsedDocument, pages: int) -> Iterator[_Spot]:
    for page in document.pages[:pages]:
        for line in page.lines:
            words = tuple(range(line.words.start, line.words.end))
            yield _Spot(page.number, " ".join(page.words.text[word] for word in words), words)


def _cited(document: ParsedDocument, spot: _Spot | None) -> Citation | None:
    return cite(document, spot.page, spot.words) if spot is not None else None


def _dates(document: ParsedDocument) -> Counter[dt.date]:
    """How often each complete date is printed, the rare ones left out."""
    counts: Counter[dt.date] = Counter()
    for page in document.pages:
        counts.update(
            complete for date in find_dates(page.text) if (complete := date.complete()) is not None
        )
    return Counter(dict(counts.most_common(60)))


def _type(front: Sequence[_Spot], cover: Sequence[_Spot]) -> tuple[DocumentType, _Spot | None]:
    for spot in front:
        for kind, pattern in _TYPES:
            if pattern.search(spot.text):
                return kind, spot
    for kind, pattern in _SOFT_TYPES:
        for spot in cover:
            if pattern.search(spot.text):
                return kind, spot
    return DocumentType.UNKNOWN, None


def _period_end(
    cover: Sequence[_Spot],
    front: Sequence[_Spot],
    dates: Counter[dt.date],
    document: ParsedDocument,
) -> tuple[dt.date | None, _Spot | None]:
    for spots in (cover, front, list(_spots(document, len(document.pages)))):
        for spot in spots:
            match = _ENDED.search(spot.text)
            ends = read_pieces(spot.text[match.end() :]).ends() if match else ()
            if len(ends) >= 1 and (dates[ends[0]] >= 2 or spots is cover):
                return max(ends), spot
    for date, count in dates.most_common(1):
        if count >= 3:
            return date, _first_with(document, date)
    return None, None


def _first_with(document: ParsedDocument, date: dt.date) -> _Spot | None:
    return next(
        (
            spot
            for spot in _spots(document, len(document.pages))
            if date in read_pieces(spot.text).ends()
        ),
        None,
    )


def _fiscal_end(
    document: ParsedDocument, dates: Counter[dt.date]
) -> tuple[dt.date | None, _Spot | None]:
    """The last day of the latest fiscal year that an interim report names."""
    best: tuple[dt.date | None, _Spot | None] = (None, None)
    for spot in _spots(document, len(document.pages)):
        match = _YEAR_ENDED.search(spot.text)
        for end in read_pieces(spot.text[match.end() :]).ends() if match else ():
            if dates[end] and (best[0] is None or end > best[0]):
                best = (end, spot)
    return best


def _issuer(cover: Sequence[_Spot]) -> _Spot | None:
    for number, spot in enumerate(cover):
        if _CHARTER.search(spot.text):
            named = [other for other in cover[:number] if other.page == spot.page]
            return named[-1] if named else None
    named = [
        spot
        for spot in cover
        if _COMPANY.search(spot.text)
        and len(spot.text) <= _LONGEST_NAME
        and not spot.text.rstrip().endswith((".", ":")) | ("," in spot.text[:-8])
        and spot.text[:1].isupper()
    ]
    counts = Counter(spot.text for spot in named)
    return max(named, key=lambda spot: counts[spot.text], default=None)


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
_US_FORMS = frozenset(
    {DocumentType.ANNUAL_10K, DocumentType.QUARTERLY_10Q, DocumentType.CURRENT_8K}
)


def _currency(document: ParsedDocument, kind: DocumentType) -> tuple[str | None, _Spot | None]:
    """The currency whose sign is printed most often; a bare dollar is the country's own."""
    counts: Counter[str] = Counter()
    for page in document.pages:
        for code, pattern in _SIGNS:
            counts[code] += len(pattern.findall(page.text))
    if not any(counts.values()):
        return None, None
    code = counts.most_common(1)[0][0]
    sign = dict(_SIGNS)[code]
    spot = next(
        (spot for spot in _spots(document, len(document.pages)) if sign.search(spot.text)), None
    )
    if code != "$":
        return code, spot
    if kind in _US_FORMS:
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


def _find_auditor(document: ParsedDocument) -> _Spot | None:
    """The heading of an auditor's report, not a mention of it in a sentence."""
    return next(
        (
            spot
            for spot in _spots(document, len(document.pages))
            if _AUDITORS.search(spot.text) and len(spot.text) < _LONGEST_NAME
        ),
        None,
    )
