"""Where on a page tables stand: rows of figures or of aligned text, and what belongs to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apostil.documents.page import Line, Page, Words
from apostil.documents.pieces import Piece, is_figure, pieces_of

ALIGNED = 3.0  # points: how far edges of one column may differ
LABEL_LINES = 5  # without figures, at most, between two rows of figures
HEADER_LINES = 7  # above the first row
APART = 4.0  # line heights without text end a table
LEAST_TEXT_ROWS = 4  # where no figures show that it is a table
LONG_CELL_WORDS = 9


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page with its pieces."""

    index: int
    line: Line
    pieces: tuple[Piece, ...]
    figures: int

    @property
    def is_tabular(self) -> bool:
        return self.figures > 0 and len(self.pieces) > 1


@dataclass(frozen=True, slots=True)
class TableRegion:
    """Consecutive lines of one table; ``has_figures`` is false for a table of text only."""

    rows: tuple[Row, ...]
    has_figures: bool


def rows_of_page(page: Page, lines: Sequence[int]) -> list[Row]:
    words = page.words
    rows = []
    for index in lines:
        pieces = tuple(pieces_of(words, page.lines[index]))
        figures = sum(is_figure(words, piece) for piece in pieces)
        rows.append(Row(index, page.lines[index], pieces, figures))
    return rows


def table_regions(page: Page, lines: Sequence[int]) -> Iterator[TableRegion]:
    """The tables among these lines (indexes in reading order), from top to bottom."""
    rows = rows_of_page(page, lines)
    at = 0
    while at < len(rows):
        region = _figures_from(page.words, rows, at) or _text_from(rows, at)
        if region is None:
            at += 1
            continue
        first, last, has_figures = region
        yield TableRegion(tuple(rows[first:last]), has_figures)
        at = last


def _figures_from(words: Words, rows: list[Row], at: int) -> tuple[int, int, bool] | None:
    """The table whose first row of figures is or follows row ``at``, if one begins here."""
    first_figures = _first_figures(rows, at)
    if first_figures is None:
        return None
    last, body = _extent(rows, first_figures)
    if len(body) < 2 or not _has_column(words, [rows[index] for index in body]):
        return None
    return at, last, True


def _first_figures(rows: list[Row], at: int) -> int | None:
    """The first tabular row, when everything from ``at`` to it can be the table's header."""
    if rows[at].is_tabular:
        return at
    if not _may_be_header(rows[at]):
        return None
    for index in range(at + 1, min(at + HEADER_LINES, len(rows))):
        if _is_apart(rows[index - 1], rows[index]):
            return None
        if rows[index].is_tabular:
            left = min(piece.x0 for piece in rows[index].pieces[1:])
            over = all(row.pieces[-1].x1 > left - 20 for row in rows[at:index][:1])
            return index if over else None
        if not _may_be_header(rows[index]) and not _is_label(rows[index]):
            return None
    return None


def _may_be_header(row: Row) -> bool:
    """Whether the row has words set apart, or a short piece that does not begin at the margin."""
    if len(row.pieces) > 1:
        return not _reads_on(row)
    return row.line.words.end - row.line.words.start <= LONG_CELL_WORDS


def _reads_on(row: Row) -> bool:
    return any(len(piece.words) > 2 * LONG_CELL_WORDS for piece in row.pieces)


def _is_label(row: Row) -> bool:
    return len(row.pieces) == 1 and len(row.pieces[0].words) <= 2 * LONG_CELL_WORDS


def _is_apart(above: Row, below: Row) -> bool:
    height = max(1.0, below.line.box.height)
    step = below.line.box.y0 - above.line.box.y1
    return step > APART * height or step < -height or above.line.column != below.line.column


def _extent(rows: list[Row], first: int) -> tuple[int, list[int]]:
    """(end of the table, its rows of figures): label lines may stand between rows of figures."""
    body = [first]
    left = min(piece.x0 for piece in rows[first].pieces if piece.has_amount)
    index = first + 1
    while index < len(rows) and index - body[-1] <= LABEL_LINES:
        row = rows[index]
        if _is_apart(rows[index - 1], row):
            break
        if row.is_tabular:
            if _reads_on(row):
                break
            body.append(index)
            left = min(left, *(piece.x0 for piece in row.pieces if piece.has_amount))
        elif len(row.pieces) == 1 and row.pieces[0].x0 < left < row.pieces[0].x1 - 40:
            break  # a line of prose runs across the columns
        index += 1
    return body[-1] + 1, body


def _has_column(words: Words, body: list[Row]) -> bool:
    """Whether figures of two rows end, begin or are centred at one place."""
    edges: Counter[tuple[str, int]] = Counter()
    for row in body:
        seen = set()
        for piece in row.pieces:
            if not is_figure(words, piece):
                continue
            for name, x in (
                ("end", piece.x1),
                ("start", piece.x0),
                ("middle", (piece.x0 + piece.x1) / 2),
            ):
                seen.add((name, round(x / ALIGNED)))
                seen.add((name, round(x / ALIGNED + 0.5)))
        edges.update(seen)
    return bool(edges) and max(edges.values()) >= 2


def _text_from(rows: list[Row], at: int) -> tuple[int, int, bool] | None:
    """A table of short texts: rows whose pieces begin at the same places."""
    if len(rows[at].pieces) < 2:
        return None
    starts = {round(piece.x0 / ALIGNED) for piece in rows[at].pieces[1:]}
    aligned = 1
    last = at + 1
    for index in range(at + 1, len(rows)):
        row = rows[index]
        if _is_apart(rows[index - 1], row) or index - last > 2:
            break
        places = {round(piece.x0 / ALIGNED) for piece in row.pieces[1:]}
        if places & {place + step for place in starts for step in (-1, 0, 1)}:
            aligned += 1
            last = index + 1
            starts |= places
        elif len(row.pieces) == 1 and row.pieces[0].x1 > rows[at].pieces[1].x0 + 20:
            break
    long = sum(len(piece.words) > LONG_CELL_WORDS for row in rows[at:last] for piece in row.pieces)
    if aligned < LEAST_TEXT_ROWS or 2 * long > aligned:
        return None
    return at, last, False
