"""The words of a page as lines over its whole width, as a statement is printed.

The document model divides a page into columns of text; a row of a statement runs through all of
them, so its words are put together again by their height on the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apostil.documents import Page


class Token(NamedTuple):
    """A word of a page: ``word`` is its index there, its place is in points."""

    word: int
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class PrintLine:
    """Words on one height, from left to right."""

    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)

    @property
    def top(self) -> float:
        return min(token.y0 for token in self.tokens)

    @property
    def bottom(self) -> float:
        return max(token.y1 for token in self.tokens)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def x0(self) -> float:
        return self.tokens[0].x0

    @property
    def size(self) -> float:
        """The size of the largest word."""
        return max(token.size for token in self.tokens)


#: A raised mark that points to a footnote: "1", "(a)", "*".
_MARK = re.compile(r"\(?(?:\d{1,2}|[a-z]|\*+|[†‡§])\)?[,)]?")
_LETTERS_OF_A_STACK = 6
_RAISED_SHARE = 0.8


def print_lines(page: Page) -> tuple[PrintLine, ...]:
    """The lines of a page from top to bottom, without rotated margin text and raised marks."""
    tokens = _without_margins(_tokens(page), page.width)
    rows: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.middle):
        row = _row_of(token, rows)
        if row is None:
            rows.append([token])
        else:
            row.append(token)
    lines = [PrintLine(_without_marks(sorted(row, key=lambda token: token.x0))) for row in rows]
    return tuple(sorted((line for line in lines if line.tokens), key=lambda line: line.middle))


def _tokens(page: Page) -> list[Token]:
    words = page.words
    columns = zip(
        words.text, words.x0, words.y0, words.x1, words.y1, words.size, words.bold, strict=True
    )
    return [
        Token(index, *columns_of_word)
        for index, columns_of_word in enumerate(columns)
        if columns_of_word[0].strip()
    ]


def _row_of(token: Token, rows: Sequence[list[Token]]) -> list[Token] | None:
    """The latest line that the word stands on: centres closer than a third of the lower height."""
    for row in reversed(rows[-3:]):
        first = max(row, key=lambda other: other.height)
        slack = min(token.height, first.height) * 0.36
        if abs(token.middle - first.middle) <= max(slack, _raise_of(token, first)):
            return row
    return None


def _raise_of(token: Token, line: Token) -> float:
    """How far a footnote mark may stand above the middle of its line."""
    if token.size < _RAISED_SHARE * line.size and _MARK.fullmatch(token.text):
        return line.height * 0.5
    return 0.0


def _without_margins(tokens: list[Token], width: float) -> list[Token]:
    """Drops text set along the margin: tall narrow boxes, and single letters below each other."""
    upright = [token for token in tokens if not _is_rotated(token)]
    stacks: dict[int, list[Token]] = {}
    for token in upright:
        at_margin = token.x0 > 0.86 * width or token.x1 < 0.12 * width
        if len(token.text) == 1 and at_margin:
            stacks.setdefault(round((token.x0 + token.x1) / 8), []).append(token)
    dropped: set[int] = set()
    for place, stack in stacks.items():
        near = [token for key in (place - 1, place, place + 1) for token in stacks.get(key, ())]
        letters = sum(token.text.isalpha() for token in near)
        if letters >= _LETTERS_OF_A_STACK:
            dropped.update(token.word for token in stack)
    return [token for token in upright if token.word not in dropped]


def _is_rotated(token: Token) -> bool:
    return len(token.text) >= 3 and token.height > 2.5 * max(token.x1 - token.x0, 0.1)


def _without_marks(row: list[Token]) -> tuple[Token, ...]:
    """Drops footnote marks, which are smaller than the line and raised."""
    size = max(token.size for token in row)
    main = [token for token in row if token.size >= _RAISED_SHARE * size]
    middle = sum(token.middle for token in main) / len(main)
    return tuple(
        token
        for token in row
        if not (
            token.size < _RAISED_SHARE * size
            and token.middle < middle
            and _MARK.fullmatch(token.text)
        )
    )


def segments(line: PrintLine, *, gap: float) -> list[tuple[Token, ...]]:
    """The words of a line in runs that no space wider than ``gap`` points divides."""
    runs: list[list[Token]] = []
    for token in line.tokens:
        if runs and token.x0 - runs[-1][-1].x1 <= gap:
            runs[-1].append(token)
        else:
            runs.append([token])
    return [tuple(run) for run in runs]


def text_of(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
