"""Borderless tables: columns by the edges of their figures and texts, cells with their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apostil.documents.amounts import has_digit
from apostil.documents.page import Cell, CellRole, Page, Table, Words
from apostil.documents.pieces import Piece, is_figure
from apostil.documents.table_regions import Row, TableRegion
from apostil.evidence import Box, union

LEAST_QUALITY = 0.5
YEARS = range(1900, 2100)
COVERED = 0.5  # share of a column's width that a spanning cell covers at least


@dataclass(slots=True)
class Band:
    """The horizontal extent of a column, in points."""

    x0: float
    x1: float
    members: int = 1

    def overlap(self, x0: float, x1: float) -> float:
        return min(self.x1, x1) - max(self.x0, x0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece in the columns ``first`` to ``last``, both included."""

    piece: Piece
    first: int
    last: int


@dataclass(slots=True)
class GridRow:
    """The lines of one row: more than one where a label is wrapped."""

    lines: list[list[Placed]]
    has_figures: bool


def read_table(page: Page, region: TableRegion) -> tuple[Table, tuple[int, ...]] | None:
    """The table in these lines and the lines it takes, or None where they do not hold one."""
    bands = column_bands(page.words, region.rows)
    if len(bands) < 2:
        return None
    rows = _without_title(region.rows, bands)
    grid = _grid(page.words, rows, bands)
    if len(grid) < 2:
        return None
    quality, reason = _quality(grid, region, len(bands))
    if quality < LEAST_QUALITY:
        return None
    headers = _header_rows(page.words, grid)
    cells = [
        cell
        for number, row in enumerate(grid)
        for cell in _cells(page, row, number, is_header=number < headers)
    ]
    table = Table(
        n_rows=len(grid),
        n_cols=len(bands),
        cells=tuple(cells),
        detector="aligned",
        quality=round(quality, 3),
        reason=reason,
    )
    return table, tuple(row.index for row in rows)


def _without_title(rows: Sequence[Row], bands: list[Band]) -> Sequence[Row]:
    """The rows from the first that is divided or stands over a column of its own: what runs across
    the first column above it is a title."""
    for number, row in enumerate(rows):
        if len(row.pieces) > 1 or row.pieces[0].x0 > bands[0].x1:
            return rows[number:]
    return rows


def column_bands(words: Words, rows: Iterable[Row]) -> list[Band]:
    """The columns from left to right. Figures say where columns are; texts fill what they leave."""
    rows = [row for row in rows if len(row.pieces) > 1]
    figures = _merged(
        (piece.x0, piece.x1) for row in rows for piece in row.pieces if is_figure(words, piece)
    )
    figures = [band for band in figures if band.members > 1 or len(rows) < 4]
    texts = _merged(
        (piece.x0, piece.x1)
        for row in rows
        for piece in row.pieces
        if not is_figure(words, piece)
        and not any(band.overlap(piece.x0, piece.x1) > 0 for band in figures)
    )
    labels = [band for band in texts if band.members > 1 or band is texts[0]]
    return sorted(figures + labels, key=lambda band: band.x0)


def _merged(extents: Iterable[tuple[float, float]]) -> list[Band]:
    """Extents that overlap, as one: figures of a column share at least their right edge."""
    bands: list[Band] = []
    for x0, x1 in sorted(extents):
        if bands and bands[-1].overlap(x0, x1) > 0:
            bands[-1].x1 = max(bands[-1].x1, x1)
            bands[-1].members += 1
        else:
            bands.append(Band(x0, x1))
    return bands


def _grid(words: Words, rows: Sequence[Row], bands: list[Band]) -> list[GridRow]:
    grid: list[GridRow] = []
    for row in rows:
        placed = [_placed(piece, bands) for piece in row.pieces]
        figures = any(is_figure(words, piece) for piece in row.pieces[1:])
        if grid and _continues(words, grid[-1], placed, has_figures=figures):
            grid[-1].lines.append(placed)
            grid[-1].has_figures |= figures
        else:
            grid.append(GridRow([placed], figures))
    return grid


def _placed(piece: Piece, bands: list[Band]) -> Placed:
    """The columns a piece stands in: more than one only if it covers half of each."""
    covered = [
        index
        for index, band in enumerate(bands)
        if band.overlap(piece.x0, piece.x1) > COVERED * (band.x1 - band.x0)
    ]
    if len(covered) > 1 and not piece.has_amount:
        return Placed(piece, covered[0], covered[-1])
    nearest = max(range(len(bands)), key=lambda index: bands[index].overlap(piece.x0, piece.x1))
    return Placed(piece, nearest, nearest)


def _continues(words: Words, above: GridRow, placed: list[Placed], *, has_figures: bool) -> bool:
    """Whether a line goes on with the label of the row above: the label was wrapped."""
    last = above.lines[-1]
    if above.has_figures or len(last) != 1 or last[0].first != 0 or placed[0].first != 0:
        return False
    before = words.text[last[0].piece.words[-1]]
    begins = words.text[placed[0].piece.words[0]]
    if before.endswith((":", ".")) or last[0].last != 0:
        return False
    return begins[0].islower() or (has_figures and before.endswith((",", "-", "of", "and", "to")))


def _quality(grid: list[GridRow], region: TableRegion, columns: int) -> tuple[float, str]:
    """How much of the region fills more than one column, and the reason in words."""
    filled = sum(len({placed.first for line in row.lines for placed in line}) > 1 for row in grid)
    share = filled / len(grid)
    kind = "figures" if region.has_figures else "texts"
    return (
        min(1.0, 0.4 + share if region.has_figures else share),
        f"{filled} of {len(grid)} rows fill two or more of {columns} columns of aligned {kind}",
    )


def _header_rows(words: Words, grid: list[GridRow]) -> int:
    """How many rows stand above the first one with a figure that is not a year or a date."""
    for number, row in enumerate(grid):
        placed = [place for line in row.lines for place in line]
        amounts = [place for place in placed if is_figure(words, place.piece) and place.first > 0]
        if any(not _is_year(words, place.piece) for place in amounts):
            return number if number < len(grid) else 0
    return 0


def _is_year(words: Words, piece: Piece) -> bool:
    text = words.text[piece.words[-1]].strip("()*,.")
    return has_digit(text) and text.isdigit() and int(text[:6]) in YEARS


def _cells(page: Page, row: GridRow, number: int, *, is_header: bool) -> list[Cell]:
    by_place: dict[tuple[int, int], list[Placed]] = {}
    for line in row.lines:
        for place in line:
            by_place.setdefault((place.first, place.last), []).append(place)
    alone = len(by_place) == 1
    return [
        _cell(page, places, number, columns, _role(columns[0], alone=alone, is_header=is_header))
        for columns, places in sorted(by_place.items())
    ]


def _role(column: int, *, alone: bool, is_header: bool) -> CellRole:
    if is_header:
        return CellRole.COLUMN_HEADER
    if column == 0:
        return CellRole.SECTION if alone else CellRole.ROW_HEADER
    return CellRole.VALUE


def _cell(
    page: Page, places: list[Placed], row: int, columns: tuple[int, int], role: CellRole
) -> Cell:
    words = tuple(index for place in places for index in place.piece.words)
    boxes = [_box(page.words, place.piece) for place in places]
    return Cell(
        row=row,
        col=columns[0],
        col_span=columns[1] - columns[0] + 1,
        text=" ".join(page.words.text[index] for index in words),
        page=page.number,
        boxes=tuple(boxes),
        words=words,
        role=role,
    )


def _box(words: Words, piece: Piece) -> Box:
    return union(words.box(index) for index in piece.words)


def continued(table: Table, before: str) -> Table:
    """The same table, marked as going on from the one with this block id on the page before."""
    return replace(table, continues=before)
