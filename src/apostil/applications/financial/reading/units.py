"""In which unit a statement is printed, from the words of its header, its page or the document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apostil.applications.financial.reading.headers import ColumnHeader
from apostil.applications.financial.reading.passages import Spot, find_spots, lines_of
from apostil.applications.financial.reading.table import Grid, HeaderRun
from apostil.applications.financial.rules.scales import (
    HUNDREDTH,
    ScalePhrase,
    find_currency,
    is_in_hundredths,
    read_scale,
    read_share_scale,
)
from apostil.applications.financial.statement import Scale, Statement
from apostil.documents import ParsedDocument

_SHARES = re.compile(r"(?i)\bshares?\b")
_PER_SHARE_ROWS = re.compile(r"(?i)\bper\b|\bbasic\b|\bdiluted\b|\bEPS\b")
_PER_SHARE = re.compile(r"(?i)\bper[\s-]+(?:\w+[\s-]+)?share\b")
_FOR_ALL = re.compile(
    r"(?i)\b(?:in|\u2019|')\s?[^.;]{0,40}\b(?:thousands?|millions?|billions?|lakhs?|crores?|000)\b[^.;]{0,40}"
    r"\b(?:unless|except where|except as) otherwise\b|\b(?:all|tabular) (?:amounts|figures|dollars)[^.;]{0,60}"
    r"\b(?:thousands?|millions?|billions?|lakhs?|crores?)\b"
)
_LINES_ABOVE = 8
_LONGEST_PHRASE = 120
_LONGEST_SIGN = 4
_LEAST_WHOLE = 100_000
_MOST_SHARES = 20_000_000


@dataclass(frozen=True, slots=True)
class _Unit:
    """A scale phrase with the words that say it."""

    phrase: ScalePhrase
    spot: Spot


def read_scales(
    document: ParsedDocument, grid: Grid, headers: Sequence[ColumnHeader]
) -> tuple[Scale, str | None]:
    """The scale of the statement with its citation, and the currency that its words name.

    The statement's own header says it first, then the page above it, then a sentence that speaks
    for the whole document; a bare currency sign over amounts of many digits means single units.
    """
    unit = (
        _header_unit(grid)
        or _page_unit(document, grid)
        or _document_unit(document)
        or _whole_unit(grid, headers)
    )
    phrase = unit.phrase if unit else ScalePhrase()
    shares = _share_scale(grid) or _believable(grid, phrase.shares, unit)
    scale = Scale(
        amounts=phrase.amounts,
        shares=shares,
        per_share=HUNDREDTH if _is_in_pence(grid) else Scale().per_share,
        citation=unit.spot.cited(document) if unit else None,
    )
    return scale, _currency(grid, phrase)


def inherit_scales(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Statements that name no unit take that of the others, if these agree on one."""
    named = [one.scale for one in statements if one.scale.amounts is not None]
    if len({scale.amounts for scale in named}) != 1:
        return tuple(statements)
    return tuple(
        replace(one, scale=_completed(one.scale, named[0])) if one.scale.amounts is None else one
        for one in statements
    )


def _completed(scale: Scale, other: Scale) -> Scale:
    return replace(
        scale,
        amounts=other.amounts,
        shares=scale.shares if scale.shares is not None else other.shares,
        citation=other.citation,
    )


def _currency(grid: Grid, phrase: ScalePhrase) -> str | None:
    if phrase.currency not in (None, "$"):
        return phrase.currency
    named = [find_currency(run.text) for run in grid.header]
    return next((code for code in named if code not in (None, "$")), phrase.currency)


def _unit(spot: Spot) -> _Unit | None:
    phrase = read_scale(spot.text)
    return _Unit(phrase, spot) if phrase is not None and phrase.amounts is not None else None


def _header_unit(grid: Grid) -> _Unit | None:
    """The phrase of the header: one cut in two by a line end first, then each run, then the title."""
    spots = [Spot(run.page, run.text, run.words) for run in _lines_then_runs(grid.header)]
    region = grid.region
    spots.append(Spot(region.page, region.title, region.title_words))
    return next(filter(None, map(_unit, spots)), None)


def _page_unit(document: ParsedDocument, grid: Grid) -> _Unit | None:
    """The nearest phrase above the title: "Dollars in millions" may stand over the page."""
    page = document.page(grid.region.page)
    top = grid.region.stretches[0].top
    above = [
        spot
        for spot in lines_of([page])
        if page.words.y1[spot.words[0]] <= top and len(spot.text) <= _LONGEST_PHRASE
    ]
    return next(filter(None, map(_unit, reversed(above[-_LINES_ABOVE:]))), None)


def _document_unit(document: ParsedDocument) -> _Unit | None:
    """A sentence for all amounts ("in millions of euros unless otherwise stated"), if all that
    there are agree."""
    units = [unit for spot in find_spots(document.pages, _FOR_ALL) if (unit := _unit(spot))]
    return units[0] if len({unit.phrase.amounts for unit in units}) == 1 else None


def _whole_unit(grid: Grid, headers: Sequence[ColumnHeader]) -> _Unit | None:
    """Single units: a bare currency sign heads the columns, and amounts have many digits."""
    signs = [
        run
        for run in [*grid.header, *(run for header in headers for run in header.own)]
        if find_currency(run.text) and len(run.text) <= _LONGEST_SIGN
    ]
    values = [cell.value for row in grid.rows for cell in row.cells if cell.value is not None]
    if not signs or max(map(abs, values), default=Decimal(0)) < _LEAST_WHOLE:
        return None
    run = signs[0]
    return _Unit(ScalePhrase(1, 1, find_currency(run.text)), Spot(run.page, run.text, run.words))


def _lines_then_runs(header: Sequence[HeaderRun]) -> list[HeaderRun]:
    """Each run; before them runs in brackets that a line end cut in two, put together."""
    whole = []
    for number, run in enumerate(header):
        if run.text.count("(") > run.text.count(")") and number + 1 < len(header):
            following = header[number + 1]
            whole.append(
                replace(run, text=f"{run.text} {following.text}", words=run.words + following.words)
            )
    return [*whole, *header]


def _share_scale(grid: Grid) -> int | None:
    """The scale that a row about shares names itself: "Shares used in calculation (000s)"."""
    for row in grid.rows:
        if _SHARES.search(row.label):
            scale = read_share_scale(row.label)
            if scale is not None:
                return scale
    return None


def _believable(grid: Grid, shares: int | None, unit: _Unit | None) -> int | None:
    """One for share counts of so many digits that a scale not meant for them cannot apply:
    "(in thousands)" above 116,762,928 shares."""
    if shares in (None, 1) or (unit and _SHARES.search(_PER_SHARE.sub("", unit.spot.text))):
        return shares
    counts = [
        abs(cell.value)
        for row in grid.rows
        if _SHARES.search(row.label) and not _PER_SHARE.search(row.label)
        for cell in row.cells
        if cell.value is not None
    ]
    return 1 if any(count > _MOST_SHARES for count in counts) else shares


def _is_in_pence(grid: Grid) -> bool:
    return any(
        _PER_SHARE_ROWS.search(row.label) and is_in_hundredths(f"{row.label} {row.extra}")
        for row in grid.rows
    )
