"""What each column is for: its period, its kind and its currency, from the words above it.

The order of columns says nothing: some reports print the older year first. A column whose header
does not name exactly one period has none, and makes no facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apostil.applications.financial.reading.headers import ColumnHeader, read_headers
from apostil.applications.financial.reading.identify import Identity
from apostil.applications.financial.reading.table import Grid, GridCell, GridRow, HeaderRun
from apostil.applications.financial.reading.units import read_scales
from apostil.applications.financial.rules.dates import months_before
from apostil.applications.financial.rules.dating import resolve
from apostil.applications.financial.rules.periods import Calendar, Pieces, read_pieces
from apostil.applications.financial.rules.scales import find_currency
from apostil.applications.financial.statement import (
    Amount,
    Column,
    ColumnKind,
    Period,
    PeriodKind,
    Row,
    Scale,
    Statement,
    StatementKind,
)
from apostil.documents import ParsedDocument, cite

_CHANGE = re.compile(
    r"(?i)\bchanges?\b|\binc(?:rease)?\b\.?\s*/?|\bvariance\b|\bgrowth\b|\byoy\b|\by/y\b|\bmovement\b"
    r"|\bfavou?rable\b|\bvs\.?\b|\bconstant currency\b"
)
_PERCENT = re.compile(r"(?i)%|\bpercent(?:age)?\b|\bmargin\b|\bbasis points?\b|\bbps\b")
_RESTATED = re.compile(
    r"(?i)\brestated\b|\bas adjusted\b|\brecast\b|\bre-?presented\b|\bas revised\b"
)
_PREVIOUS = re.compile(
    r"(?i)\bpreviously\b|\bas reported\b|\badjustments?\b|\bimpact\b|\beffect\b|\bpro forma\b"
    r"|\bunderlying\b|\bnon-?gaap\b|\bexceptional\b|\bbefore\b|\bconvenience\b|\bguidance\b|\bbudget\b"
)
_TOTAL = re.compile(r"(?i)\btotal\b|\bstatutory\b|\bconsolidated\b")
_COMPANY = re.compile(r"(?i)\bcompany\b|\bparent\b|\bstandalone\b|\bseparate\b")
_GROUP = re.compile(r"(?i)\bgroup\b|\bconsolidated\b")
_UNAUDITED = re.compile(r"(?i)\bunaudited\b")
_AUDITED = re.compile(r"(?i)(?<!un)(?<!not )\baudited\b")
_MONTHS_OF_A_YEAR = 12
_LONGEST_CAPTION = 3
_SEVERAL = 2


def make_statement(document: ParsedDocument, grid: Grid, identity: Identity) -> Statement | None:
    """The statement of a grid, or None when no column of amounts has a period."""
    headers = read_headers(grid)
    scale, currency = read_scales(document, grid, headers)
    columns = _columns(document, grid, headers, identity, currency)
    if not any(column.period for column in columns):
        return None
    region = grid.region
    return Statement(
        kind=region.kind,
        title=region.title,
        title_citation=cite(document, region.page, region.title_words),
        pages=tuple(dict.fromkeys(stretch.page for stretch in region.stretches)),
        columns=columns,
        rows=_rows(document, grid, columns),
        scale=scale,
        currency=currency if currency not in (None, "$") else identity.currency,
        consolidated=not region.company_only,
        confidence=_confidence(columns, scale),
    )


def _confidence(columns: Sequence[Column], scale: Scale) -> float:
    """Lower when a column of amounts stays undated or the unit is unknown."""
    amounts = [column for column in columns if column.kind is ColumnKind.AMOUNT]
    undated = sum(column.period is None for column in amounts)
    return 0.95 - (0.15 if undated else 0.0) - (0.1 if scale.amounts is None else 0.0)


# Columns


@dataclass(frozen=True, slots=True)
class _Context:
    """What all columns of a statement share."""

    document: ParsedDocument
    grid: Grid
    known: Calendar
    kind: PeriodKind
    title: Pieces
    currency: str | None


def _columns(
    document: ParsedDocument,
    grid: Grid,
    headers: Sequence[ColumnHeader],
    identity: Identity,
    currency: str | None,
) -> tuple[Column, ...]:
    kind = PeriodKind.INSTANT if grid.region.kind is StatementKind.BALANCE else PeriodKind.DURATION
    context = _Context(
        document,
        grid,
        _calendar(identity, headers),
        kind,
        read_pieces(grid.region.title),
        currency,
    )
    columns = [_column(context, number, header) for number, header in enumerate(headers)]
    return tuple(_without_rivals(columns, headers, identity.currency))


def _calendar(identity: Identity, headers: Sequence[ColumnHeader]) -> Calendar:
    """What the document says about time, with what the columns of this statement add."""
    known = replace(identity.calendar(), labels=_year_labels(headers))
    if known.fiscal_end is not None or identity.period_end is None:
        return known
    pieces = [read_pieces(header.own_text()) for header in headers]
    marked = [
        (one.fiscal_years[0], one.marks[0])
        for one in pieces
        if len(one.fiscal_years) == len(one.marks) == 1
    ]
    if not marked:
        return known
    year, months = max(marked)
    end = months_before(identity.period_end, months - _MONTHS_OF_A_YEAR)
    return replace(known, fiscal_end=end) if end.year == year else known


def _year_labels(headers: Sequence[ColumnHeader]) -> tuple[int, ...]:
    """The years that stand alone over columns, each once."""
    years = [
        year
        for header in headers
        if not (pieces := read_pieces(header.own_text())).ends()
        for year in pieces.all_years()
    ]
    return tuple(dict.fromkeys(years))


def _column(context: _Context, number: int, header: ColumnHeader) -> Column:
    column = context.grid.columns[number]
    text = header.text()
    kind = _kind_of(context.grid, number, header)
    period = None
    if kind is ColumnKind.AMOUNT:
        period = resolve(context.kind, [*header.levels(), context.title], context.known)
    runs = header.cited(period)
    words = [word for run in runs for word in run.words]
    title = context.title.text + " " + " ".join(run.text for run in header.above)
    company = _COMPANY.search(text) is not None and not _GROUP.search(text)
    return Column(
        index=number,
        kind=kind,
        x1=column.x1,
        period=period,
        header=cite(context.document, runs[0].page, words) if runs else None,
        currency=_currency_of(text) or None,
        consolidated=not (company or context.grid.region.company_only),
        restated=_RESTATED.search(text) is not None,
        audited=_audited(text, title, unaudited=context.grid.region.unaudited),
    )


def _currency_of(text: str) -> str | None:
    code = find_currency(text)
    return None if code == "$" else code


def _audited(text: str, title: str, *, unaudited: bool) -> bool | None:
    if _UNAUDITED.search(text):
        return False
    if _AUDITED.search(text):
        return True
    return False if unaudited or _UNAUDITED.search(title) else None


def _kind_of(grid: Grid, number: int, header: ColumnHeader) -> ColumnKind:
    if grid.columns[number].is_note:
        return ColumnKind.NOTE
    own = header.own_text()
    cells = [cell for row in grid.rows for cell in row.cells if cell.column == number]
    percents = sum(cell.is_percent for cell in cells)
    if _CHANGE.search(own) or any(_is_change(run) for run in header.spanning):
        return ColumnKind.CHANGE
    if _PERCENT.search(own) or (cells and percents >= 0.5 * len(cells)):
        return ColumnKind.PERCENT
    if _PREVIOUS.search(own):
        return ColumnKind.OTHER
    return ColumnKind.AMOUNT


def _is_change(run: HeaderRun) -> bool:
    return len(run.text.split()) <= _LONGEST_CAPTION and _CHANGE.search(run.text) is not None


def _without_rivals(
    columns: Sequence[Column], headers: Sequence[ColumnHeader], currency: str | None
) -> list[Column]:
    """Leaves one column of amounts for a period: that of the total, if several share a period."""
    keys = Counter(_key(column) for column in columns if column.period)
    result = []
    columns = _in_own_currency(columns, currency)
    for column, header in zip(columns, headers, strict=True):
        is_rival = column.period is not None and keys[_key(column)] > 1
        if is_rival and not _is_only_total(column, columns, headers, header):
            result.append(replace(column, kind=ColumnKind.OTHER))
        else:
            result.append(column)
    return result


def _in_own_currency(columns: Sequence[Column], currency: str | None) -> list[Column]:
    """Sets columns aside that translate another one into a second currency."""
    codes = {column.currency for column in columns if column.period and column.currency}
    if len(codes) < _SEVERAL or currency not in codes:
        return list(columns)
    return [
        replace(column, kind=ColumnKind.OTHER)
        if column.period and column.currency not in (None, currency)
        else column
        for column in columns
    ]


def _key(column: Column) -> tuple[object, ...]:
    period: Period | None = column.period
    span = (period.start, period.end) if period else None
    return (span, column.currency, column.consolidated, column.restated)


def _is_only_total(
    column: Column,
    columns: Sequence[Column],
    headers: Sequence[ColumnHeader],
    header: ColumnHeader,
) -> bool:
    totals = [
        other.index
        for other, words in zip(columns, headers, strict=True)
        if other.period and _key(other) == _key(column) and _TOTAL.search(words.own_text())
    ]
    return totals == [column.index] and _TOTAL.search(header.own_text()) is not None


# Rows


def _rows(document: ParsedDocument, grid: Grid, columns: Sequence[Column]) -> tuple[Row, ...]:
    notes = {column.index for column in columns if column.kind is ColumnKind.NOTE}
    return tuple(
        Row(
            index=index,
            page=row.page,
            label=row.label,
            label_citation=cite(document, row.page, row.label_words) if row.label_words else None,
            indent=round(row.indent, 2),
            section=row.section,
            amounts=tuple(
                _amount(document, row, cell) for cell in row.cells if cell.column not in notes
            ),
        )
        for index, row in enumerate(grid.rows)
    )


def _amount(document: ParsedDocument, row: GridRow, cell: GridCell) -> Amount:
    return Amount(
        column=cell.column,
        raw=cell.raw,
        value=cell.value,
        citation=cite(document, row.page, cell.words),
        is_percent=cell.is_percent,
    )
