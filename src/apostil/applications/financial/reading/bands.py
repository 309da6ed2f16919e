"""The columns of amounts of a table, found from where their digits end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from apostil.applications.financial.reading.cells import Cell, Reading
from apostil.applications.financial.reading.printlines import Token, text_of
from apostil.applications.financial.rules.numbers import is_amount_part

#: Right edges in one column differ by less than this share of the font size.
_EDGE_SHARE = 0.5
_REACH_SHARE = 1.3
_LEAST_SHARE_OF_ROWS = 0.1
_HIGHEST_NOTE = 60
_MARGIN_GAP = 2.5
_WORD_SPACE = 0.55
_MOST_INSIDE = 0.5

_NOTE_WORD = re.compile(r"(?i)notes?|refs?\.?|n\u00b0|annex|schedule")
_NOTE = re.compile(r"(?i)[\d(][\da-z.,()/&;-]*|[a-z]\)?,?|[ivx]+\)?|and|&|,")


@dataclass(frozen=True, slots=True)
class Band:
    """A column of cells on one page: the left edge of its widest cell, its usual right edge."""

    x0: float
    x1: float
    is_note: bool = False

    def overlap(self, x0: float, x1: float) -> float:
        return min(self.x1, x1) - max(self.x0, x0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its cells in bands. ``label`` are the words left of the amounts, ``notes`` those
    in the column of note numbers, ``extra`` words that stand among the amounts."""

    reading: Reading
    cells: tuple[tuple[int, Cell], ...]
    label: tuple[Token, ...]
    notes: tuple[Token, ...]
    extra: tuple[Token, ...]


def find_bands(body: Sequence[Reading], header: Sequence[tuple[Token, ...]]) -> tuple[Band, ...]:
    """The bands of the amounts of a table from left to right, a band of note numbers first."""
    cells = [cell for reading in body for cell in reading.cells]
    if not cells:
        return ()
    size = median(cell.tokens[0].size for cell in cells)
    rows = sum(1 for reading in body if reading.cells)
    inside = {id(cell) for reading in body for cell in reading.cells if _is_inside(cell, reading)}
    clusters = [
        cluster
        for cluster in _merged(_clusters(cells, size * _EDGE_SHARE))
        if sum(id(cell) in inside for cell in cluster) < _MOST_INSIDE * len(cluster)
    ]
    least = max(2, rows * _LEAST_SHARE_OF_ROWS)
    kept = [cluster for cluster in clusters if len(cluster) >= least or rows <= 3]
    bands = sorted((_band(cluster) for cluster in kept), key=lambda band: band.x1)
    return _with_notes(bands, kept, header, size)


def _is_inside(cell: Cell, reading: Reading) -> bool:
    """Whether a number stands in a label, a word space behind a word: ", 498,000,000 shares"."""
    first = cell.sign or cell.tokens[0]
    return any(
        0 <= first.x0 - word.x1 < _WORD_SPACE * first.size and any(map(str.isalnum, word.text))
        for word in reading.words
    )


def _clusters(cells: Sequence[Cell], tolerance: float) -> list[list[Cell]]:
    clusters: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.x1):
        if clusters and cell.x1 - clusters[-1][-1].x1 <= tolerance:
            clusters[-1].append(cell)
        else:
            clusters.append([cell])
    return clusters


def _merged(clusters: list[list[Cell]]) -> list[list[Cell]]:
    """Puts clusters into larger ones whose cells stand above and below theirs."""
    merged: list[list[Cell]] = []
    for cluster in sorted(clusters, key=len, reverse=True):
        x0, x1 = _extent(cluster)
        for other in merged:
            other_x0, other_x1 = _extent(other)
            overlap = min(x1, other_x1) - max(x0, other_x0)
            if overlap > 0.5 * min(x1 - x0, other_x1 - other_x0):
                other.extend(cluster)
                break
        else:
            merged.append(list(cluster))
    return merged


def _extent(cluster: Sequence[Cell]) -> tuple[float, float]:
    """From the left edge that all but the widest cells keep to the usual right edge."""
    edges = sorted(cell.x0 for cell in cluster)
    return edges[len(edges) // 8], median(cell.x1 for cell in cluster)


def _band(cluster: Sequence[Cell]) -> Band:
    return Band(min(cell.x0 for cell in cluster), median(cell.x1 for cell in cluster))


def _with_notes(
    bands: list[Band],
    clusters: list[list[Cell]],
    header: Sequence[tuple[Token, ...]],
    size: float,
) -> tuple[Band, ...]:
    headed = next((run for run in header if _NOTE_WORD.fullmatch(text_of(run))), None)
    if headed is not None:
        x0, x1 = headed[0].x0 - 2 * size, headed[-1].x1 + size
        amounts = [band for band in bands if not x0 < (band.x0 + band.x1) / 2 < x1]
        if len(amounts) < len(bands) or all(band.x1 > x1 for band in bands):
            return (Band(x0, x1, is_note=True), *amounts)
    ordered = sorted(clusters, key=lambda cluster: _extent(cluster)[1])
    if len(bands) > 1 and _are_notes(ordered[0]) and not _are_notes(ordered[1]):
        first = bands[0]
        return (Band(first.x0 - size, first.x1 + size, is_note=True), *bands[1:])
    return tuple(bands)


def _are_notes(cluster: Sequence[Cell]) -> bool:
    """Whether cells can only be numbers of notes: small, whole, positive, never a dash."""
    return len(cluster) >= 2 and all(
        cell.value is not None
        and 0 < cell.value <= _HIGHEST_NOTE
        and cell.sign is None
        and not cell.is_percent
        and re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?", cell.raw)
        for cell in cluster
    )


def place(reading: Reading, bands: Sequence[Band]) -> Placed:
    """Puts the cells of a line into bands; what fits none of them is text."""
    placed: dict[int, Cell] = {}
    loose: list[Token] = []
    for cell in reading.cells:
        band = _nearest(cell, bands)
        if band is None or band in placed:
            loose += [*([cell.sign] if cell.sign else []), *cell.tokens]
        else:
            placed[band] = cell
    words = sorted([*reading.words, *loose], key=lambda token: token.x0)
    amounts = {number: cell for number, cell in placed.items() if not bands[number].is_note}
    label, notes, extra = _divide(words, bands)
    notes += tuple(
        token for number, cell in placed.items() if number not in amounts for token in cell.tokens
    )
    return Placed(
        reading=reading,
        cells=tuple(sorted(amounts.items())),
        label=label,
        notes=tuple(sorted(notes, key=lambda token: token.x0)),
        extra=extra,
    )


def _nearest(cell: Cell, bands: Sequence[Band]) -> int | None:
    if not bands:
        return None
    number = min(range(len(bands)), key=lambda number: abs(bands[number].x1 - cell.x1))
    band = bands[number]
    if band.is_note:
        inside = band.x0 < (cell.x0 + cell.x1) / 2 < band.x1
        return number if inside else _overlapped(cell, bands)
    if abs(band.x1 - cell.x1) <= _REACH_SHARE * cell.tokens[0].size:
        return number
    return _overlapped(cell, bands)


def _overlapped(cell: Cell, bands: Sequence[Band]) -> int | None:
    for number, band in enumerate(bands):
        if not band.is_note and band.overlap(cell.x0, cell.x1) > 0.6 * (cell.x1 - cell.x0):
            return number
    return None


def _divide(
    words: Sequence[Token], bands: Sequence[Band]
) -> tuple[tuple[Token, ...], tuple[Token, ...], tuple[Token, ...]]:
    """Words of the label, of the note column, and among the amounts."""
    amounts = [band for band in bands if not band.is_note]
    note = next((band for band in bands if band.is_note), None)
    edge = min((band.x0 for band in amounts), default=float("inf"))
    label = [token for token in words if token.x0 < edge]
    while label and is_amount_part(label[-1].text):
        label.pop()
    extra = tuple(token for token in words if token.x0 >= edge)
    if len(label) > 1 and label[0].text.isdigit() and _is_far(label[0], label[1]):
        label.pop(0)  # a page number on the outer margin
    notes: list[Token] = []
    while note is not None and label and _is_note(label, note):
        notes.append(label.pop())
    if label and notes and label[-1].x1 > notes[-1].x0 - 0.5 * notes[-1].size:
        label += reversed(notes)  # no gap before them: "see note 7"
        notes = []
    return tuple(label), tuple(notes), extra


def _is_far(left: Token, right: Token) -> bool:
    return right.x0 - left.x1 > _MARGIN_GAP * right.size


def _is_note(label: Sequence[Token], note: Band) -> bool:
    token = label[-1]
    return _NOTE.fullmatch(token.text) is not None and token.x1 > note.x0 and token.x0 < note.x1 + 8
