"""Finds the statements: by titles, known lines, dates, and by standing close together.

No sign is enough alone. A title may head a note, a parent company's or a guarantor's table, and a
table that balances may be one that restates. The three statements of an entity stand within a few
pages; of all such groups the one with the highest sum of marks is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from apostil.applications.financial.reading.cells import Reading, read_cells
from apostil.applications.financial.reading.grid import is_amount_line
from apostil.applications.financial.reading.identify import Identity
from apostil.applications.financial.reading.printlines import (
    PrintLine,
    Token,
    print_lines,
    segments,
    text_of,
)
from apostil.applications.financial.reading.region import Located, Region, Stretch
from apostil.applications.financial.rules.anchors import (
    begins_with_result,
    find_anchors,
    has_needed,
    is_complete,
)
from apostil.applications.financial.rules.numbers import NumberStyle
from apostil.applications.financial.rules.periods import read_pieces
from apostil.applications.financial.rules.scales import read_scale
from apostil.applications.financial.rules.titles import (
    Title,
    TitleKind,
    is_foreign,
    read_title,
    squeeze,
)
from apostil.applications.financial.statement import StatementKind
from apostil.documents import Page, ParsedDocument

_KINDS = {
    TitleKind.INCOME: StatementKind.INCOME,
    TitleKind.COMPREHENSIVE: StatementKind.INCOME,
    TitleKind.BALANCE: StatementKind.BALANCE,
    TitleKind.CASH_FLOW: StatementKind.CASH_FLOW,
}
_HINT = re.compile(r"balancesheet|statements?of|incomestatement|cashflow|profit(?:and|&|or)?loss")
_NUMBER = re.compile(r"\d[\d.,']*\d|\d")
_LEAST_NUMBERS = 12
_TITLE_GAPS = (2.0, 1.0)
"""How far a title stands from other words of its line, in sizes of print."""
_SPREAD = 9
_MOST_PAGES = 4
_LEAST_ROWS = 4
_LEAST_ANCHORS = 3
_LEAST_SCORE = 12.0
"""Statements of real reports score from 15 on: with less, a table of a note passes for one."""
_RESTATING = re.compile(
    r"previouslyreported|asreported|impactof|effectof|adjustments?|restatement|proforma|eliminations"
)
_IS_NOTE_OF_CHANGES = re.compile(
    r"reported[a-z]*(?:adjust|impact|effect|correct)[a-z]*(?:restated|adjusted|revised)"
)
"""Figures as reported, the change, and the figures as restated: a note, whatever its title."""
_NOTE_HEADING = re.compile(r"(?i)^\s*(?:note\s*)?\d{1,2}(?:\.\d{1,2})?[.:)\u2013\u2014-]?\s+[A-Z]")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A title with its place; ``line`` is the number of its line on the page."""

    title: Title
    page: int
    line: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page that may hold a statement, as lines with their amounts."""

    number: int
    lines: tuple[PrintLine, ...]
    readings: tuple[Reading, ...]
    headings: tuple[_Heading, ...]


class _Pages:
    """Pages as sheets, each taken apart once and only when asked for."""

    def __init__(self, document: ParsedDocument, style: NumberStyle) -> None:
        self._document = document
        self._style = style
        self._sheets: dict[int, _Sheet] = {}

    def __len__(self) -> int:
        return len(self._document.pages)

    def __getitem__(self, number: int) -> _Sheet:
        if number not in self._sheets:
            self._sheets[number] = _sheet(self._document.page(number), self._style)
        return self._sheets[number]

    def with_titles(self) -> list[_Sheet]:
        return [
            self[page.number]
            for page in self._document.pages
            if _HINT.search(squeeze(page.text))
            and len(_NUMBER.findall(page.text)) >= _LEAST_NUMBERS
        ]


def locate(document: ParsedDocument, identity: Identity) -> Located:
    """The statements of the reporting entity; none when nothing proves to be one."""
    pages = _Pages(document, identity.number_style)
    candidates = [
        region
        for sheet in pages.with_titles()
        for number in range(len(sheet.headings))
        if (region := _candidate(pages, sheet, number, identity)) is not None
    ]
    chosen = _cluster(candidates)
    passed = sorted(
        (region for region in candidates if region not in chosen),
        key=lambda region: region.score,
        reverse=True,
    )
    ordered = tuple(sorted(chosen, key=lambda region: (region.page, region.stretches[0].top)))
    return Located(regions=ordered, runners_up=tuple(passed[:6]))


def _sheet(page: Page, style: NumberStyle) -> _Sheet:
    lines = print_lines(page)
    readings = tuple(read_cells(line, style=style) for line in lines)
    headings: list[_Heading] = []
    for number in range(len(lines)):
        heading = _heading(page.number, number, lines, readings[number])
        if heading is not None:
            headings.append(heading)
    return _Sheet(page.number, lines, readings, tuple(headings))


def _heading(
    page: int, number: int, lines: Sequence[PrintLine], reading: Reading
) -> _Heading | None:
    """The title that a line is, alone, in one of its parts, or together with the next line."""
    line = lines[number]
    if is_amount_line(reading) and len(reading.cells) > 1:
        return None
    following = lines[number + 1].tokens if number + 1 < len(lines) else ()
    attempts = [
        line.tokens,
        *(part for gap in _TITLE_GAPS for part in segments(line, gap=gap * line.size)),
        (*line.tokens, *following),
    ]
    for tokens in attempts:
        text = text_of(tokens)
        if not _looks_like_title(text):
            continue
        title = read_title(text)
        if title is not None and (tokens is not attempts[-1] or _is_broken(line.text)):
            words = tokens if tokens is not attempts[-1] else (*line.tokens, *following)
            return _Heading(title, page, number, tuple(words))
    return None


def _is_broken(text: str) -> bool:
    """Whether a title goes on in the next line."""
    return (
        re.search(r"(?i)\b(?:of|and|cash|financial|comprehensive|statements?)$", text.strip())
        is not None
    )


def _looks_like_title(text: str) -> bool:
    stripped = text.strip()
    letters = [char for char in stripped if char.isalpha()]
    if not letters or not letters[0].isupper() or stripped[-1] in ".:;,":
        return False
    return not re.match(r"(?i)(?:note|item|table)\s*\d", stripped)


def _candidate(pages: _Pages, sheet: _Sheet, number: int, identity: Identity) -> Region | None:
    heading = sheet.headings[number]
    kind = _KINDS.get(heading.title.kind)
    if kind is None or heading.title.foreign or heading.title.parenthetical:
        return None
    parts = [_part(sheet, number)]
    labels = _labels(parts)
    if kind is StatementKind.INCOME and begins_with_result(labels):
        return None
    _extend(pages, heading, kind, parts)
    labels = _labels(parts)
    anchors = find_anchors(kind, labels)
    if len(labels) < _LEAST_ROWS or len(anchors) < _LEAST_ANCHORS or not has_needed(kind, anchors):
        return None
    score = _score(sheet, heading, parts, len(anchors), identity)
    if score is None or score < _LEAST_SCORE:
        return None
    return Region(
        kind=kind,
        title=text_of(heading.tokens),
        title_words=tuple(token.word for token in heading.tokens),
        stretches=tuple(part.stretch for part in parts),
        score=score,
        company_only=heading.title.company_only,
        unaudited=heading.title.unaudited,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch with its lines and how far its header reaches."""

    stretch: Stretch
    readings: tuple[Reading, ...]

    def header(self) -> list[Reading]:
        start = next((n for n, reading in enumerate(self.readings) if is_amount_line(reading)), 0)
        return list(self.readings[:start])

    def rows(self) -> list[Reading]:
        return [reading for reading in self.readings if is_amount_line(reading)]


def _part(sheet: _Sheet, number: int) -> _Part:
    """What stands between this title and the next one on the page."""
    heading = sheet.headings[number]
    first = heading.line + 1
    last = sheet.headings[number + 1].line if number + 1 < len(sheet.headings) else len(sheet.lines)
    return _stretch(sheet, first, last)


def _stretch(sheet: _Sheet, first: int, last: int) -> _Part:
    lines = sheet.lines
    top = lines[first].middle - 0.1 if first < len(lines) else float("inf")
    bottom = lines[last].middle - 0.1 if last < len(lines) else 1e6
    return _Part(
        Stretch(page=sheet.number, top=min(top, 1e6), bottom=bottom), sheet.readings[first:last]
    )


def _labels(parts: Sequence[_Part]) -> list[str]:
    """The labels of the rows; one that began before its amounts, or goes on below them, is whole."""
    labels: list[str] = []
    for part in parts:
        above, is_row = "", False
        for reading in part.readings:
            text = text_of(reading.words)
            goes_on = text[:1].islower()
            if is_amount_line(reading):
                labels.append(f"{above} {text}" if goes_on else text)
            elif is_row and goes_on:
                labels[-1] += f" {text}"
            is_row = is_amount_line(reading)
            above = "" if reading.cells else text
    return labels


def _extend(pages: _Pages, heading: _Heading, kind: StatementKind, parts: list[_Part]) -> None:
    """Adds the following pages on which the statement goes on."""
    while len(parts) < _MOST_PAGES:
        last = parts[-1].stretch
        if last.bottom < 1e6 or last.page >= len(pages):
            return
        complete = is_complete(kind, _labels(parts))
        more = _continuation(pages[last.page + 1], heading, complete=complete)
        if more is None or not more.rows():
            return
        if not complete and not _fits(more, kind):
            return
        parts.append(more)


def _continuation(sheet: _Sheet, heading: _Heading, *, complete: bool) -> _Part | None:
    """The part of the next page that may continue a statement."""
    first = sheet.headings[0] if sheet.headings else None
    if first is None:
        return None if complete else _stretch(sheet, 0, len(sheet.lines))
    rows_before = sum(is_amount_line(reading) for reading in sheet.readings[: first.line])
    if rows_before >= 2:
        return None if complete else _stretch(sheet, 0, first.line)
    same = first.title.kind is heading.title.kind and not first.title.foreign
    if same and (first.title.continued or not complete):
        return _part(sheet, 0)
    return None


def _fits(more: _Part, kind: StatementKind) -> bool:
    """Whether the next page brings what the statement lacks, and not a table of its own."""
    labels = _labels([more])
    return is_complete(kind, labels) or len(find_anchors(kind, labels)) >= _LEAST_ANCHORS


def _score(
    sheet: _Sheet, heading: _Heading, parts: Sequence[_Part], anchors: int, identity: Identity
) -> float | None:
    """The marks for a candidate, None when no column is headed by a date or a year."""
    header = [reading.line.text for reading in parts[0].header()]
    title = text_of(heading.tokens)
    years = {year for text in [*header, title] for year in read_pieces(text).all_years()}
    if not years and not any(read_pieces(text).marks for text in header):
        return None
    score = 3.0 + 2.0 * min(anchors, 6)
    rows = [reading for part in parts for reading in part.rows()]
    if sum(len(reading.cells) >= 2 for reading in rows) >= 8:
        score += 2.0
    page_text = squeeze(" ".join(line.text for line in sheet.lines))
    score += 1.0 if any(read_scale(text) for text in header) else 0.0
    score += (
        2.0 if re.search(r"accompanyingnotes|integralpart|notestoconsolidated", page_text) else 0.0
    )
    score += 2.0 if re.search(r"consolidated|group", squeeze(title)) else 0.0
    if identity.report_year is not None and identity.report_year in years:
        score += 4.0
    above = [line.text for line in sheet.lines[: heading.line]][-8:]
    if any(is_foreign(text) for text in [*above, *header]):
        score -= 8.0
    heads = squeeze(" ".join(header))
    if _IS_NOTE_OF_CHANGES.search(heads):
        return None
    if _RESTATING.search(heads):
        score -= 6.0
    if any(_NOTE_HEADING.match(text) for text in above):
        score -= 3.0
    return score - (5.0 if heading.title.company_only else 0.0)


def _cluster(candidates: Sequence[Region]) -> list[Region]:
    """The group of statements within a few pages that has the highest sum of marks."""
    by_kind: list[list[Region | None]] = [
        [None, *sorted(_of(candidates, kind), key=lambda region: -region.score)[:8]]
        for kind in StatementKind
    ]
    best: list[Region] = []
    best_score = 0.0
    for group in product(*by_kind):
        members = [region for region in group if region is not None]
        if not members or _spread(members) > _SPREAD:
            continue
        score = sum(region.score for region in members)
        if score > best_score:
            best, best_score = members, score
    return best + _companions(candidates, best)


def _of(candidates: Sequence[Region], kind: StatementKind) -> list[Region]:
    return [region for region in candidates if region.kind is kind]


def _spread(members: Sequence[Region]) -> int:
    pages = [region.page for region in members]
    return max(pages) - min(pages)


def _companions(candidates: Sequence[Region], best: Sequence[Region]) -> list[Region]:
    """Further statements of the same title beside the chosen ones: another period's."""
    found: list[Region] = []
    for region in candidates:
        twin = next((other for other in best if other.kind is region.kind), None)
        if twin is None or region in best or region.company_only != twin.company_only:
            continue
        same = squeeze(region.title)[:40] == squeeze(twin.title)[:40]
        covered = any(_overlap(region, other) for other in [*best, *found])
        if (
            same
            and not covered
            and abs(region.page - twin.page) <= 2
            and region.score >= twin.score - 6.0
        ):
            found.append(replace(region))
    return found


def _overlap(one: Region, other: Region) -> bool:
    """Whether a part of a page belongs to both."""
    return any(
        mine.page == theirs.page and mine.top < theirs.bottom and theirs.top < mine.bottom
        for mine in one.stretches
        for theirs in other.stretches
    )
