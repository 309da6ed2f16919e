"""Lines become rows: labels that wrap over several lines are put together with their amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apostil.applications.financial.reading.bands import Placed
from apostil.applications.financial.reading.cells import Cell
from apostil.applications.financial.reading.printlines import Token, text_of
from apostil.applications.financial.reading.table import GridCell, GridRow

_UNFINISHED = re.compile(
    r"(?i)(?:[,;(/&-]|\b(?:and|or|of|in|to|the|for|by|from|on|with|less|per|at|as|a|an|than|that"
    r"|which|attributable|under|between))$"
)
_NEEDS_AMOUNTS = re.compile(
    r"(?i)\b(?:attributable|available|applicable) to\b|^(?:total|net|less)\b"
)
"""Labels that head nothing: without amounts of their own they go on in the next line."""
_NEW_ROW = re.compile(r"^\((?:\d{1,2}|[a-z])\)\s|^[\u2022\u2013\u25cf\u26ab-]\s")
_MARKS = re.compile(r"[\W\d]*|\(\w\)")
_OPEN = re.compile(r"[(\[]")
_SHUT = re.compile(r"[)\]]")
_BULLETS = "\u2022\u25cf\u26ab\u25aa\u00b7"
_LEADERS = re.compile(r"(?:[.\u2026_]\s*){3,}$")
_CLOSE = 0.75
_LONGEST_MARK = 3


@dataclass(slots=True)
class _Draft:
    """A row being put together."""

    label: list[Token]
    cells: list[tuple[int, Cell]]
    extra: list[Token]
    top: float
    bottom: float
    last_bottom: float
    height: float

    @property
    def text(self) -> str:
        return _LEADERS.sub("", text_of(self.label)).strip()


@dataclass(frozen=True, slots=True)
class _Space:
    """Where labels end that stand beside amounts, and where the amounts begin, in points."""

    reach: float
    edge: float


def join_lines(page: int, lines: Sequence[Placed], columns: Mapping[int, int]) -> list[GridRow]:
    """The rows of a page; ``columns`` gives the column of the statement for a band of the page."""
    drafts: list[_Draft] = []
    space = _Space(
        reach=max((line.label[-1].x1 for line in lines if line.cells and line.label), default=0.0),
        edge=min((cell.x0 for line in lines for _, cell in line.cells), default=0.0),
    )
    for line in lines:
        draft = _draft(line)
        if draft is None:
            continue
        if drafts and _continues(drafts[-1], draft, space):
            _append(drafts[-1], draft)
        else:
            drafts.append(draft)
    return [_row(page, draft, columns) for draft in drafts]


def _draft(line: Placed) -> _Draft | None:
    if not line.cells and not line.label:
        return None
    label = [token for token in line.label if token.text not in _BULLETS]
    cells = [] if _are_years(line.cells) else list(line.cells)
    if not cells and _MARKS.fullmatch(text_of(label)):
        return None
    source = line.reading.line
    return _Draft(
        label=label,
        cells=cells,
        extra=list(line.extra),
        top=source.top,
        bottom=source.bottom,
        last_bottom=source.bottom,
        height=source.bottom - source.top,
    )


def _are_years(cells: Sequence[tuple[int, Cell]]) -> bool:
    """Whether a line among the rows repeats the header."""
    return len(cells) > 1 and all(cell.is_year() for _, cell in cells)


def _append(draft: _Draft, more: _Draft) -> None:
    draft.label += more.label
    draft.cells += more.cells
    draft.extra += more.extra
    draft.bottom = max(draft.bottom, more.bottom)
    draft.last_bottom = more.bottom


def _continues(above: _Draft, below: _Draft, space: _Space) -> bool:
    """Whether two lines are one row."""
    if below.top - above.last_bottom > _CLOSE * below.height:
        return False
    if above.cells and below.cells:
        return False
    if below.cells and not below.label:
        return not above.cells and bool(above.label) and _meets(above, below)
    if not below.label or not above.label:
        return not below.cells and bool(below.label) and below.top < above.last_bottom - 1.0
    if below.cells:
        return _leads_to(above, below) or _is_broken(above, below, space)
    return _goes_on(above, below)


def _meets(above: _Draft, below: _Draft) -> bool:
    """Amounts set at half the height of a label of two lines, or below a label that is not done."""
    return below.top < above.last_bottom - 0.2 * below.height or _is_unfinished(above.text)


def _leads_to(above: _Draft, below: _Draft) -> bool:
    """A label without amounts above a line with amounts: is it its beginning, or a heading?"""
    if above.text.endswith(":") or _NEW_ROW.match(below.text):
        return False
    if _is_unfinished(above.text):
        return True
    return _starts_low(below.text)


def _is_broken(above: _Draft, below: _Draft, space: _Space) -> bool:
    """Whether a label that needs amounts ends because the next word did not fit: a line break in
    the middle of a name ("Net income attributable to Smith" / "Company")."""
    if above.cells or above.text.endswith(":") or not _NEEDS_AMOUNTS.search(above.text):
        return False
    end, word = above.label[-1].x1, below.label[0]
    return end < space.edge and end + word.x1 - word.x0 > space.reach


def _goes_on(above: _Draft, below: _Draft) -> bool:
    """A label without amounts below another line: the rest of its label?"""
    if _NEW_ROW.match(below.text) or above.text.endswith(":"):
        return False
    if above.cells:
        if below.text[:1].isdigit() and len(below.text) > _LONGEST_MARK:
            return True
        return _is_open(above.text) or _starts_low(below.text) or _ends_on_link(above.text)
    return _is_unfinished(above.text) or (_starts_low(below.text) and not above.text.isupper())


def _is_unfinished(text: str) -> bool:
    return _is_open(text) or _ends_on_link(text)


def _is_open(text: str) -> bool:
    return len(_OPEN.findall(text)) > len(_SHUT.findall(text))


def _ends_on_link(text: str) -> bool:
    return _UNFINISHED.search(text) is not None


def _starts_low(text: str) -> bool:
    first = text[:1]
    return first.islower() or first == "$"


def _row(page: int, draft: _Draft, columns: Mapping[int, int]) -> GridRow:
    return GridRow(
        page=page,
        top=draft.top,
        bottom=draft.bottom,
        label=re.sub(r"\s+[-\u2013\u2014]$", "", draft.text),
        label_words=tuple(token.word for token in draft.label),
        indent=draft.label[0].x0 if draft.label else 0.0,
        bold=bool(draft.label) and all(token.bold for token in draft.label),
        cells=tuple(_cell(columns[band], cell) for band, cell in draft.cells if band in columns),
        extra=text_of(draft.extra),
    )


def _cell(column: int, cell: Cell) -> GridCell:
    return GridCell(
        column=column,
        raw=cell.raw,
        value=cell.value,
        words=tuple(token.word for token in cell.tokens),
        is_percent=cell.is_percent,
        sign=cell.sign.text if cell.sign else "",
    )
