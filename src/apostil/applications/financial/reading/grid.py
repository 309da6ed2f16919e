"""From the place of a statement to its rows and columns, every word with its index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from apostil.applications.financial.reading.bands import Band, Placed, find_bands, place
from apostil.applications.financial.reading.cells import Cell, Reading, read_cells
from apostil.applications.financial.reading.labels import join_lines
from apostil.applications.financial.reading.printlines import (
    PrintLine,
    Token,
    print_lines,
    segments,
    text_of,
)
from apostil.applications.financial.reading.region import Region, Stretch
from apostil.applications.financial.reading.sections import with_sections
from apostil.applications.financial.reading.table import Grid, GridColumn, GridRow, HeaderRun
from apostil.applications.financial.rules.numbers import NumberStyle
from apostil.applications.financial.rules.periods import read_pieces
from apostil.applications.financial.rules.scales import read_scale
from apostil.applications.financial.rules.titles import squeeze
from apostil.documents import Page, ParsedDocument

_UNITS = re.compile(r"(?i)[(\[]?(?:un)?audited[)\]]?|\(?restated\)?|notes?|[^\w\s]*")
_END = re.compile(
    r"(?i)accompanying notes|integral part of|notes (?:to|on pages)|be read in conjunction"
    r"|were (?:approved|authori[sz]ed)|^see (?:the )?notes|signed on (?:its )?behalf"
)
_OTHER_TABLE = re.compile(r"(?i)^(?:exhibit|schedule|table|appendix)\s+[\divx]+\b")
_FOOTNOTE = re.compile(r"^(?:n/?[ma]\s|\(?(?:\d{1,2}|[a-z])\)|\*+|[†‡])\s*[A-Z\"“]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DATE_WORDS = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(?:quarters?|months?|weeks?|years?|ended"
    r"|three|six|nine|twelve|fiscal|at|as of|unaudited|audited|and)\b"
)
_LASTING = re.compile(r"(?i)\b(?:months|weeks|quarters?|years?)\s+ended\b")
_LONGEST_CAPTION = 15
_RUN_GAP = 1.0
_DATE_GAP = 0.5
_FAR = 5.0


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page's stretch of a statement, taken apart."""

    page: int
    header: tuple[PrintLine, ...]
    lines: tuple[Placed, ...]
    bands: tuple[Band, ...]


def build_grid(document: ParsedDocument, region: Region, style: NumberStyle) -> Grid | None:
    """The grid of a located statement, or None when it has no columns of amounts."""
    sheets = [
        sheet
        for stretch in region.stretches
        if (sheet := _sheet(document.page(stretch.page), stretch, style)) is not None
    ]
    if not sheets:
        return None
    first = sheets[0]
    rows: list[GridRow] = []
    for sheet in sheets:
        mapping = _column_map(sheet.bands, first.bands)
        rows += _trimmed(join_lines(sheet.page, sheet.lines, mapping))
    return Grid(
        region=region,
        columns=tuple(
            GridColumn(x0=band.x0, x1=band.x1, is_note=band.is_note) for band in first.bands
        ),
        header=_header_runs(sheets),
        rows=with_sections(rows),
    )


def _sheet(page: Page, stretch: Stretch, style: NumberStyle) -> _Sheet | None:
    lines = [line for line in print_lines(page) if stretch.top <= line.middle < stretch.bottom]
    spaced = _groups_by_space(page)
    readings = [read_cells(line, style=style, spaced=spaced) for line in lines]
    start = next(
        (number for number, reading in enumerate(readings) if is_amount_line(reading)), None
    )
    if start is None:
        return None
    end = _end_of(readings, start)
    header_runs = [run for line in lines[:start] for run in _runs(line)]
    bands = find_bands(readings[start:end], header_runs)
    if not bands:
        return None
    start = _first_heading(readings, start, bands)
    placed = tuple(place(reading, bands) for reading in readings[start:end])
    return _Sheet(page.number, tuple(lines[:start]), placed, bands)


def _groups_by_space(page: Page) -> bool:
    """Whether numbers of the page are grouped by spaces: none is by comma or point."""
    grouped = sum(1 for text in page.words.text if re.search(r"\d[.,']\d{3}(?!\d)", text))
    thirds = sum(1 for text in page.words.text if re.fullmatch(r"\d{3}\)?", text))
    return grouped < 3 and thirds > 10


def is_amount_line(reading: Reading) -> bool:
    """Whether a line holds amounts and not only the years, dates or units of a header."""
    amounts = [cell for cell in reading.cells if not cell.is_year()]
    if not amounts or all(cell.value == 1000 and not cell.sign for cell in amounts):
        return False
    dates = read_pieces(reading.line.text).dates
    if len(dates) >= len(amounts) and all(_is_day(cell) for cell in amounts):
        return False  # "December 31 December 31"
    return not (dates and len(amounts) < 2 and len(reading.cells) < 3)


def _is_day(cell: Cell) -> bool:
    return re.fullmatch(r"[0-3]?\d", cell.raw) is not None


def _end_of(readings: Sequence[Reading], start: int) -> int:
    """Where the table ends: before its closing sentence, a footnote, or prose."""
    prose = 0
    for number in range(start, len(readings)):
        reading = readings[number]
        text = reading.line.text
        if _is_other_header(readings, number, start):
            return number
        if _END.search(text) and len(reading.cells) < 2:
            return number
        if (_FOOTNOTE.match(text) and not reading.cells) or _OTHER_TABLE.match(text):
            return number
        prose = prose + 1 if _is_prose(reading) else 0
        if prose == 3:
            return number - 2
    return len(readings)


def _is_other_header(readings: Sequence[Reading], number: int, start: int) -> bool:
    """Whether a line among the rows heads another table below: years, dates or a length of time
    that the header of this table does not have."""
    reading = readings[number]
    if any(not cell.is_year() for cell in reading.cells):
        return False
    text = reading.line.text
    if len(squeeze(_DATE_WORDS.sub("", text))) > _LONGEST_CAPTION:
        return False
    years = _YEAR.findall(text)
    if len(years) > 1:
        return years != _years_of(readings[:start])
    header = squeeze(" ".join(other.line.text for other in readings[:start]))
    return _LASTING.search(text) is not None and squeeze(text) not in header


def _years_of(header: Sequence[Reading]) -> list[str]:
    """The years of the last header line that names several, in their order."""
    lines = [_YEAR.findall(reading.line.text) for reading in header]
    return next((years for years in reversed(lines) if len(years) > 1), [])


def _is_prose(reading: Reading) -> bool:
    return not reading.cells and len(reading.words) > 12


def _first_heading(readings: Sequence[Reading], start: int, bands: Sequence[Band]) -> int:
    """Takes the headings directly above the first amounts into the body."""
    edge = min((band.x0 for band in bands), default=0.0)
    while start > 0:
        line = readings[start - 1].line
        text = line.text
        if line.tokens[-1].x1 > edge or readings[start - 1].cells or not _is_heading(text):
            return start
        start -= 1
    return start


def _is_heading(text: str) -> bool:
    return (
        read_pieces(text).is_empty()
        and read_scale(text) is None
        and _UNITS.fullmatch(text) is None
        and not text.startswith("(")
    )


def _runs(line: PrintLine) -> list[tuple[Token, ...]]:
    """The words of a header line that stand together; dates of columns set close are divided."""
    return [part for run in segments(line, gap=_RUN_GAP * line.size) for part in _dates_apart(run)]


def _dates_apart(run: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """A run cut before each date that follows a date behind more than a word space."""
    if len(read_pieces(text_of(run)).all_years()) < 2:
        return [run]
    parts: list[list[Token]] = [[run[0]]]
    for before, token in pairwise(run):
        is_wide = token.x0 - before.x1 > _DATE_GAP * token.size
        if is_wide and read_pieces(text_of(parts[-1])).all_years():
            parts.append([token])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def _header_runs(sheets: Sequence[_Sheet]) -> tuple[HeaderRun, ...]:
    """The header of the first page, or of a later one when the first has none."""
    for sheet in sheets:
        runs = tuple(
            HeaderRun(
                page=sheet.page,
                line=number,
                text=text_of(run),
                words=tuple(token.word for token in run),
                x0=run[0].x0,
                x1=run[-1].x1,
            )
            for number, line in enumerate(sheet.header)
            for run in _runs(line)
        )
        if any(not read_pieces(run.text).is_empty() for run in runs):
            return runs
    return ()


def _column_map(bands: Sequence[Band], first: Sequence[Band]) -> dict[int, int]:
    """Which column of the first page each band of this page continues."""
    if len(bands) == len(first):
        return {number: number for number in range(len(bands))}
    mine = [number for number, band in enumerate(bands) if not band.is_note]
    theirs = [number for number, band in enumerate(first) if not band.is_note]
    if len(mine) == len(theirs):
        return dict(zip(mine, theirs, strict=True))
    mapping: dict[int, int] = {}
    for number in mine:
        nearest = min(
            theirs, key=lambda other: abs(first[other].x1 - bands[number].x1), default=None
        )
        if nearest is not None and nearest not in mapping.values():
            mapping[number] = nearest
    return mapping


def _trimmed(rows: Sequence[GridRow]) -> list[GridRow]:
    """Drops page numbers and other furniture below the last amounts."""
    kept = list(rows)
    while kept and not _belongs(kept):
        kept.pop()
    return kept


def _belongs(rows: Sequence[GridRow]) -> bool:
    last = rows[-1]
    if not last.cells:
        return False
    if len(rows) > 1 and last.page == rows[-2].page:
        far = last.top - rows[-2].bottom > _FAR * (last.bottom - last.top)
        if far and len(last.cells) == 1:
            return False
    return bool(last.label) or len(last.cells) > 1 or len(rows[0].cells) == 1
