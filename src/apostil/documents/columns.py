"""Where text runs in columns, and in which order the lines of a page are read.

Only prose is split into columns. The row of a table stays one line, however wide its gaps: a gutter
counts when no word crosses it over several rows and the text on both sides reads as sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from apostil.documents.amounts import is_amount
from apostil.documents.rows import Row, rows_of
from apostil.documents.words import Token

LEAST_ROWS = 5  # of text on each side of a gutter
SEGMENT_GAP = 0.8  # font sizes: wider than any space of justified text that was seen
LEAST_WORDS = 3.5  # a line, on average, on each side
LEAST_LETTERS = 0.72  # share of words made of letters, on each side
LEAST_AMOUNTS = 2  # in a row, each with space around it: the row of a table
FEW_ROWS = 3
APART = 1.8  # font sizes from baseline to baseline: more than within a paragraph
LEAST_WIDTH = 0.16  # of the width of the text on the page, for the lines of each side


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows that are read one after the other, before the next lane begins."""

    rows: tuple[Row, ...]
    column: int


def lanes_of(tokens: list[Token]) -> list[Lane]:
    """The text of a page in reading order: bands from top to bottom, columns from left to right."""
    return list(_split(tokens, 0))


def _split(tokens: list[Token], column: int) -> Iterator[Lane]:
    rows = rows_of(tokens)
    gutter = _gutter(rows)
    if gutter is None:
        yield Lane(tuple(rows), column)
        return
    first, last = gutter.rows
    if first > 0:
        yield Lane(tuple(rows[:first]), column)
    inside = [token for row in rows[first:last] for token in row.tokens]
    left = [token for token in inside if token.x1 <= gutter.x + 1.0]
    right = [token for token in inside if token.x1 > gutter.x + 1.0]
    yield from _split(left, column)
    yield from _split(right, column + 1)
    if last < len(rows):
        below = [token for row in rows[last:] for token in row.tokens]
        yield from _split(below, column)


@dataclass(frozen=True, slots=True)
class _Gutter:
    x: float
    rows: tuple[int, int]


def _gutter(rows: list[Row]) -> _Gutter | None:
    """The gutter that divides most rows, if any. ``x`` is the left edge of the right column."""
    if len(rows) < LEAST_ROWS:
        return None
    segments = [list(_segments(row)) for row in rows]
    starts = Counter(
        round(segment[0].x0) for row in segments for segment in row if len(segment) > 1
    )
    left_edge = min(row.tokens[0].x0 for row in rows)
    width = max(token.x1 for row in rows for token in row.tokens) - left_edge
    best: _Gutter | None = None
    for start, count in starts.most_common(12):
        near = sum(starts[start + step] for step in (-1, 1))
        if count + near < LEAST_ROWS or start < left_edge + LEAST_WIDTH * width:
            continue
        for gutter in _bands(rows, segments, start - 1.0, width):
            if best is None or _length(gutter) > _length(best):
                best = gutter
    return best


def _length(gutter: _Gutter) -> int:
    return gutter.rows[1] - gutter.rows[0]


def _segments(row: Row) -> Iterator[list[Token]]:
    """The row in pieces between gaps that are wider than a space."""
    piece = [row.tokens[0]]
    for before, token in pairwise(row.tokens):
        if token.x0 - before.x1 > SEGMENT_GAP * row.size:
            yield piece
            piece = []
        piece.append(token)
    yield piece


def _bands(
    rows: list[Row], segments: list[list[list[Token]]], x: float, width: float
) -> Iterator[_Gutter]:
    """Runs of rows that no word crosses at ``x`` and that are prose on both sides of it."""
    first = 0
    for index in range(len(rows) + 1):
        if index < len(rows) and not _ends_band(segments[index], x):
            continue
        trimmed = _trimmed(rows, segments, (first, index), x)
        if trimmed is not None and _is_prose(segments[slice(*trimmed)], x, width):
            yield _Gutter(x, trimmed)
        first = index + 1


def _ends_band(pieces: list[list[Token]], x: float) -> bool:
    """Whether a row belongs to no column: a word crosses ``x``, or amounts stand across from it."""
    if any(piece[0].x0 < x < piece[-1].x1 - 1.0 for piece in pieces):
        return True
    amounts = [all(is_amount(token.text) for token in piece) for piece in pieces]
    return sum(amounts) >= LEAST_AMOUNTS or (
        amounts[-1] and pieces[0][0].x0 < x <= pieces[-1][0].x0 and len(pieces) == LEAST_AMOUNTS
    )


def _trimmed(
    rows: list[Row], segments: list[list[list[Token]]], band: tuple[int, int], x: float
) -> tuple[int, int] | None:
    """The band without what stands above and below its columns: rows on the left before the right
    column begins, and a few set apart on the left after it has ended."""
    first, last = band
    right = [at for at in range(first, last) if segments[at][-1][0].x0 >= x]
    left = [at for at in range(first, last) if segments[at][0][0].x0 < x]
    if len(right) < LEAST_ROWS or len(left) < LEAST_ROWS:
        return None
    if left[0] < right[0]:
        first = right[0]
    after = right[-1] + 1
    if last < len(rows) and after < last <= after + FEW_ROWS:
        step = rows[after].baseline - rows[after - 1].baseline
        if step > APART * rows[after].size:
            last = after
    return first, last


def _is_prose(segments: list[list[list[Token]]], x: float, width: float) -> bool:
    left = [piece for row in segments for piece in row if piece[0].x0 < x]
    right = [piece for row in segments for piece in row if piece[0].x0 >= x]
    return _reads_as_sentences(left, width) and _reads_as_sentences(right, width)


def _reads_as_sentences(pieces: list[list[Token]], width: float) -> bool:
    words = [token for piece in pieces for token in piece]
    if len(pieces) < LEAST_ROWS or len(words) < LEAST_WORDS * len(pieces):
        return False
    letters = sum(token.text[0].isalpha() or token.text[-1].isalpha() for token in words)
    widths = sorted(piece[-1].x1 - piece[0].x0 for piece in pieces)
    return letters >= LEAST_LETTERS * len(words) and widths[len(widths) // 2] >= LEAST_WIDTH * width
