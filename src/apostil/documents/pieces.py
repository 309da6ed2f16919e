"""Lines cut where a gap is wider than a space: the raw material of tables.

Shared by everyone who reads tables from words: what is set apart on a line, and which signs belong
to which amount.
"""

from __future__ import annotations

from dataclasses import dataclass

from apostil.documents.amounts import DASH, has_digit, is_amount, is_sign
from apostil.documents.page import Line, Words

WIDE = 0.9  # font sizes; spaces of justified text stay below
CLOSING = frozenset(")]%*")
BARE_SIGNS = frozenset("$€£¥₹")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together on a line, by index; ``x0`` to ``x1`` in points.

    For an amount these bound the figures without the signs around them, so that "$ 5" and "5 %"
    line up with "5"; ``has_amount`` says that all its words are amounts or their signs.
    """

    words: tuple[int, ...]
    x0: float
    x1: float
    has_amount: bool


def pieces_of(words: Words, line: Line) -> list[Piece]:
    """The pieces of a line from left to right, each amount with its signs as a piece of its own."""
    first, last = line.words
    x0, x1 = words.x0, words.x1
    pieces: list[Piece] = []
    start = first
    for index in range(first + 1, last + 1):
        if index < last and x0[index] - x1[index - 1] <= WIDE * words.size[index]:
            continue
        pieces.extend(_split(words, range(start, index)))
        start = index
    return _with_signs(words, pieces)


def _split(words: Words, run: range) -> list[Piece]:
    """One piece, or one for each word where all words are amounts."""
    if all(is_amount(words.text[index]) for index in run):
        return [Piece((index,), words.x0[index], words.x1[index], True) for index in run]
    return [Piece(tuple(run), words.x0[run[0]], words.x1[run[-1]], False)]


def _with_signs(words: Words, pieces: list[Piece]) -> list[Piece]:
    """Lone signs given to their amount: closing ones to the left, opening ones to the right."""
    out: list[Piece] = []
    opening: tuple[int, ...] = ()
    for piece in pieces:
        text = words.text[piece.words[0]]
        if not (piece.has_amount and is_sign(text)):
            out.append(Piece(opening + piece.words, piece.x0, piece.x1, piece.has_amount))
            opening = ()
        elif text[0] in CLOSING and out and out[-1].has_amount:
            before = out[-1]
            out[-1] = Piece(before.words + piece.words, before.x0, before.x1, True)
        else:
            opening += piece.words
    if opening and out and out[-1].has_amount:
        before = out[-1]
        out[-1] = Piece(before.words + opening, before.x0, before.x1, True)
    elif opening:
        out.append(Piece(opening, words.x0[opening[0]], words.x1[opening[-1]], False))
    return out


def is_figure(words: Words, piece: Piece) -> bool:
    """Whether the piece is a number or a dash that stands for one, and not a bare sign."""
    return piece.has_amount and any(
        has_digit(words.text[index]) or DASH.fullmatch(words.text[index]) for index in piece.words
    )
