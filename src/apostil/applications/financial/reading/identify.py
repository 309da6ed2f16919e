"""What kind of report a document is, whose, and for which period: from its first pages."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apostil.applications.financial.reading.currency import find_currency
from apostil.applications.financial.reading.issuer import find_issuer
from apostil.applications.financial.reading.passages import Spot, find_spots, flowing, lines_of
from apostil.applications.financial.rules.dates import find_dates
from apostil.applications.financial.rules.numbers import NumberStyle, document_style
from apostil.applications.financial.rules.periods import YEAR, Calendar, Length, read_pieces
from apostil.documents import ParsedDocument
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
_FORMS = frozenset({DocumentType.ANNUAL_10K, DocumentType.FOREIGN_20F, DocumentType.QUARTERLY_10Q})
_US_FORMS = frozenset(
    {DocumentType.ANNUAL_10K, DocumentType.QUARTERLY_10Q, DocumentType.CURRENT_8K}
)


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
        DocumentType.EARNINGS_RELEASE,
        re.compile(
            r"(?i)\b(?:reports?|announces?|reported|announced)\b.*\b(?:quarter|results|earnings)\b"
            r"|\bquarter\b.*\bresults\b|\b(?:news|press|earnings) release\b|\bfor immediate release\b"
        ),
    ),
    (
        DocumentType.INTERIM_REPORT,
        re.compile(r"(?i)\b(?:interim|half[- ]year(?:ly)?|quarterly)\s+(?:financial\s+)?report\b"),
    ),
    (
        DocumentType.ANNUAL_REPORT,
        re.compile(
            r"(?i)\bannual\s+(?:financial\s+)?report\b(?!s|\s+on\s+form)|\breport\s+(?:and|&)\s+(?:accounts|"
            r"financial)\b"
        ),
    ),
)
_DATE = r"[^.;()]{0,24}?\b(?:[A-Z][a-z]+\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}\.?\s+[A-Z][a-z]+\s+\d{4}|\d{1,2}\.\d{1,2}\.\d{4})"
_ENDED = re.compile(
    rf"(?i:\b(?:years?|periods?|quarters?|months|weeks|half[- ]year),?\s+to\b|\bended\b){_DATE}"
)
_YEAR_ENDED = re.compile(rf"(?i:\b(?:fiscal|financial)?\s*years?\s+(?:ended|ending|ends)\b){_DATE}")
_AUDITORS = re.compile(
    r"(?i)report\s+of\s+independent\s+registered|independent\s+auditor.{0,3}s?.?\s+report"
    r"|report\s+of\s+the\s+statutory\s+auditor|auditor.{0,3}s?.?\s+report\s+to\s+the\s+members"
)
_COVER_PAGES = 4
_FRONT_PAGES = 14
_LONGEST_HEADING = 90
_MOST_DATES = 60
_USUAL_SHARE = 0.3


def identify(document: ParsedDocument) -> Identity:
    """What the first pages say about the report; what they do not say stays None."""
    dates = _dates(document)
    kind, kind_spot = _type(document)
    end, end_spot = _period_end(document, kind, dates)
    fiscal, fiscal_spot = (end, end_spot) if kind in _ANNUAL else _fiscal_end(document, dates)
    issuer = find_issuer(document)
    currency, currency_spot = find_currency(document, is_us_form=kind in _US_FORMS)
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


def _cited(document: ParsedDocument, spot: Spot | None) -> Citation | None:
    return spot.cited(document) if spot is not None else None


def _dates(document: ParsedDocument) -> Counter[dt.date]:
    """How often each complete date is printed, the rare ones left out."""
    counts: Counter[dt.date] = Counter()
    for page in document.pages:
        counts.update(
            complete
            for date in find_dates(flowing(page))
            if (complete := date.complete()) is not None
        )
    return Counter(dict(counts.most_common(_MOST_DATES)))


def _type(document: ParsedDocument) -> tuple[DocumentType, Spot | None]:
    for spot in lines_of(document.pages[:_FRONT_PAGES]):
        for kind, pattern in _TYPES:
            if match := pattern.search(spot.text):
                return kind, spot.around(match)
    for page in document.pages[:_FRONT_PAGES]:
        for kind, pattern in _SOFT_TYPES:
            for spot in lines_of([page]):
                if match := pattern.search(spot.text):
                    return kind, spot.around(match)
    return DocumentType.UNKNOWN, None


def _period_end(
    document: ParsedDocument, kind: DocumentType, dates: Counter[dt.date]
) -> tuple[dt.date | None, Spot | None]:
    """The end of the period of report: a form's cover names it first, elsewhere it is the
    last day on which something ended, of the days that the document repeats often."""
    for count in (_COVER_PAGES, _FRONT_PAGES, len(document.pages)):
        ends = list(_ends(document, count, _ENDED))
        if ends and kind in _FORMS:
            return ends[0]
        if ends:
            most = max(dates[date] for date, _ in ends)
            usual = [end for end in ends if dates[end[0]] >= _USUAL_SHARE * most]
            return max(usual, key=lambda end: end[0])
    return None, None


def _ends(
    document: ParsedDocument, pages: int, pattern: re.Pattern[str]
) -> Iterator[tuple[dt.date, Spot]]:
    for spot in find_spots(document.pages[:pages], pattern):
        for date in read_pieces(spot.text).ends()[:1]:
            yield date, spot


def _fiscal_end(
    document: ParsedDocument, dates: Counter[dt.date]
) -> tuple[dt.date | None, Spot | None]:
    """The last day of the latest fiscal year that a report within the year names."""
    named = [
        (date, spot)
        for date, spot in _ends(document, len(document.pages), _YEAR_ENDED)
        if dates[date]
    ]
    return max(named, key=lambda end: end[0], default=(None, None))


def _find_auditor(document: ParsedDocument) -> Spot | None:
    """The heading of an auditor's report, not a mention of it in a sentence."""
    return next(
        (
            spot
            for spot in lines_of(document.pages)
            if len(spot.text) < _LONGEST_HEADING
            and _AUDITORS.search(spot.text)
            and spot.text[:1].isupper()
        ),
        None,
    )
