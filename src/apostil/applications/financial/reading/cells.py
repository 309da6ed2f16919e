"""Which words of a line are amounts: "$ ( 1,234 )" is one cell of four words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apostil.applications.financial.reading.printlines import PrintLine, Token
from apostil.applications.financial.rules.numbers import (
    NumberStyle,
    is_amount_part,
    is_no_value,
    is_numeric_word,
    read_number,
)

_CURRENCY_SIGN = re.compile(r"[^\d()\[\]%*.,\-\u00ad\u2010-\u2015\u2212]+")
_GROUP = re.compile(r"\d{3}\)?")
_GROUP_START = re.compile(r"[(\-\u2013\u2212]?\d{1,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REFERENCE = re.compile(r"(?i)\W*(?:notes?|page|item|exhibit|part|section|table|schedule|no\.?)")
_MARK = re.compile(r"\((?:[a-z]|\d)\)|[*\u2020\u2021\u00a7]+")
_CLOSING = re.compile(r"[)\]%]+")
_DASH = re.compile(r"[-\u00ad\u2010-\u2015\u2212]")

_THIN_GAP = 0.62
_WIDE_GAP = 3.0
_SIGN_GAP = 12.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed amount on a line. ``tokens`` are the number with its parentheses, without a
    currency sign of its own; ``sign`` is that sign. ``x0`` and ``x1`` are the edges of the number's
    digits with what stands left of them, in points."""

    tokens: tuple[Token, ...]
    sign: Token | None
    raw: str
    value: Decimal | None
    is_percent: bool
    x0: float
    x1: float

    def is_year(self) -> bool:
        return _YEAR.fullmatch(self.raw) is not None

    def is_plain_zero(self) -> bool:
        return self.value == 0 and not any(char.isdigit() for char in self.raw)


@dataclass(frozen=True, slots=True)
class Reading:
    """A line taken apart: amounts, and the words that belong to none."""

    line: PrintLine
    cells: tuple[Cell, ...]
    words: tuple[Token, ...]


def read_cells(line: PrintLine, *, style: NumberStyle, spaced: bool = False) -> Reading:
    """The amounts of a line. ``spaced`` when thousands are grouped by spaces in this document."""
    cells: list[Cell] = []
    words: list[Token] = []
    tokens = line.tokens
    position = 0
    while position < len(tokens):
        run = _run(tokens, position, style=style, spaced=spaced)
        cell = _cell(run, style) if run else None
        if cell is None:
            words.append(tokens[position])
            position += 1
        else:
            cells.append(cell)
            position += len(run)
    return _without_prose(line, cells, words)


def _run(tokens: Sequence[Token], start: int, *, style: NumberStyle, spaced: bool) -> list[Token]:
    """The words from here that make one amount, or an empty list."""
    run: list[Token] = []
    position = start
    while position < len(tokens) and _is_prefix(tokens[position]):
        if run and _gap(run[-1], tokens[position]) > _reach(run[-1]):
            break
        run.append(tokens[position])
        position += 1
    if (
        position >= len(tokens)
        or not _is_core(tokens[position])
        or (run and _gap(run[-1], tokens[position]) > _reach(run[-1]))
    ):
        return _dash_run(run, tokens, position)
    run.append(tokens[position])
    position += 1
    while spaced and position < len(tokens) and _continues(run[-1], tokens[position]):
        run.append(tokens[position])
        position += 1
    while position < len(tokens) and _is_suffix(run, tokens[position]):
        run.append(tokens[position])
        position += 1
    return run if read_number(_text(run), style) else _shorter(run, style)


def _reach(prefix: Token) -> float:
    """How far from its number a word before it may stand: a currency sign often has a column of
    its own, a minus stands close, else it is a zero."""
    return prefix.size * (_THIN_GAP if _DASH.fullmatch(prefix.text) else _SIGN_GAP)


def _dash_run(run: list[Token], tokens: Sequence[Token], position: int) -> list[Token]:
    """A currency sign and a dash, or a dash, is an amount of zero."""
    dashes = [number for number, token in enumerate(run) if _DASH.fullmatch(token.text)]
    if not dashes:
        return []
    kept = run[: dashes[0] + 1]
    if len(kept) == len(run) and position < len(tokens) and _is_suffix(kept, tokens[position]):
        return [*kept, tokens[position]]
    return kept


def _shorter(run: list[Token], style: NumberStyle) -> list[Token]:
    """The longest part of the run from its start that is an amount."""
    for length in range(len(run) - 1, 0, -1):
        if read_number(_text(run[:length]), style):
            return run[:length]
    return []


def _is_prefix(token: Token) -> bool:
    return (
        is_amount_part(token.text)
        and not any(char.isdigit() for char in token.text)
        and not _CLOSING.fullmatch(token.text)
    )


def _is_core(token: Token) -> bool:
    if is_no_value(token.text):
        return True
    return any(char.isdigit() for char in token.text) and is_numeric_word(_bare(token.text))


def _bare(text: str) -> str:
    """The text without a currency code glued to it."""
    return re.sub(r"^(?:US|A|C|CA|HK|NZ|S|R|NT)\$|^(?:USD|EUR|GBP|CHF|Rs\.?)", "", text)


def _continues(before: Token, token: Token) -> bool:
    """Whether a word is the next group of three digits of the number before it."""
    digits = before.text.lstrip("(-\u2013\u2212")
    return (
        _GROUP.fullmatch(token.text) is not None
        and _gap(before, token) < _THIN_GAP * token.size
        and (
            _GROUP_START.fullmatch(before.text) is not None or _GROUP.fullmatch(digits) is not None
        )
    )


def _is_suffix(run: list[Token], token: Token) -> bool:
    gap = _gap(run[-1], token)
    if _CLOSING.fullmatch(token.text):
        return gap < _WIDE_GAP * token.size and ("%" in token.text or "(" in _text(run))
    return False


def _gap(left: Token, right: Token) -> float:
    return right.x0 - left.x1


def _text(run: Sequence[Token]) -> str:
    return "".join(token.text for token in run)


def _cell(run: list[Token], style: NumberStyle) -> Cell | None:
    reading = read_number(_text(run), style)
    if reading is None:
        return None
    sign = run[0] if len(run) > 1 and _CURRENCY_SIGN.fullmatch(run[0].text) else None
    kept = run[1:] if sign else run
    digits = [token for token in kept if not _CLOSING.fullmatch(token.text)] or kept
    last = digits[-1]
    hanging = len(last.text) - len(last.text.rstrip(")%*]"))
    width = (last.x1 - last.x0) / max(len(last.text), 1)
    return Cell(
        tokens=tuple(kept),
        sign=sign,
        raw=" ".join(token.text for token in kept),
        value=reading.value,
        is_percent=reading.is_percent,
        x0=digits[0].x0,
        x1=last.x1 - hanging * width * 0.8,
    )


def _without_prose(line: PrintLine, cells: list[Cell], words: list[Token]) -> Reading:
    """Gives numbers inside a sentence back to the words: a word follows close behind them."""
    kept: list[Cell] = []
    returned: list[Token] = []
    if len(cells) == 1 and _is_reference(cells[0], words):
        return Reading(line, (), line.tokens)
    for cell in _without_marks(cells):
        last = cell.tokens[-1]
        close = [
            word
            for word in words
            if (not _is_no_prose(word) and 0 <= word.x0 - last.x1 < 0.8 * last.size)
            or _glued_before(word, cell, line)
        ]
        if close:
            returned += [*([cell.sign] if cell.sign else []), *cell.tokens]
        else:
            kept.append(cell)
    rest = tuple(sorted([*words, *returned], key=lambda token: token.x0))
    return Reading(line, tuple(kept), rest)


def _is_no_prose(word: Token) -> bool:
    """A footnote mark, or the currency sign of a next column whose amount stands far from it."""
    return _MARK.fullmatch(word.text) is not None or is_amount_part(word.text)


def _without_marks(cells: list[Cell]) -> list[Cell]:
    """Drops "(1)" close behind an amount: columns never stand that close."""
    return [
        cell
        for before, cell in zip([None, *cells], cells, strict=False)
        if before is None
        or not _MARK.fullmatch(cell.raw)
        or cell.tokens[0].x0 - before.tokens[-1].x1 > 0.7 * cell.tokens[0].size
    ]


def _is_reference(cell: Cell, words: list[Token]) -> bool:
    """Whether the only number of a line is that of a note, an item or a page: "(Note 1"."""
    first = cell.tokens[0]
    before = [word for word in words if 0 <= first.x0 - word.x1 < 0.6 * first.size]
    return any(_REFERENCE.fullmatch(word.text) for word in before)


def _glued_before(word: Token, cell: Cell, line: PrintLine) -> bool:
    """Whether a word that no amount follows directly stands before the number: "Note 11"."""
    first = cell.sign or cell.tokens[0]
    return (
        cell.tokens[-1] is not line.tokens[-1]
        and 0 <= first.x0 - word.x1 < 0.5 * first.size
        and any(char.isalpha() for char in word.text)
        and any(0 <= other.x0 - cell.tokens[-1].x1 < 1.2 * first.size for other in line.tokens)
    )
