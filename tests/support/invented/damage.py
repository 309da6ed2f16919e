"""Errors put into a report on purpose, one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from invented.lines import Content, Line

KINDS = ("digit", "sign", "swap", "scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One error: in the cell of a concept and column, or in the scale words of a statement.

    ``digit`` changes the digit so many places from the left, ``swap`` exchanges the first two
    cells of the line.
    """

    kind: str
    statement: str
    concept: str = ""
    column: int = 0


def damaged(content: Content, damage: Damage | None) -> Content:
    """The statement with the error in it; unchanged when it stands elsewhere."""
    if damage is None or damage.statement != content.kind or damage.kind == "scale":
        return content
    lines = tuple(
        _damaged(line, damage) if line.concept == damage.concept else line for line in content.lines
    )
    return replace(content, lines=lines)


def _damaged(line: Line, damage: Damage) -> Line:
    cells = list(line.cells)
    if damage.kind == "swap":
        cells[0], cells[1] = cells[1], cells[0]
    else:
        cell = cells[damage.column] or 0
        cells[damage.column] = -cell if damage.kind == "sign" else _other_digit(cell)
    return replace(line, cells=tuple(cells))


def _other_digit(cell: int | Decimal) -> int | Decimal:
    """The number with its second digit (or its only one) changed."""
    digits = str(abs(Decimal(cell)))
    places = [n for n, char in enumerate(digits) if char.isdigit()]
    place = places[min(1, len(places) - 1)]
    other = str((int(digits[place]) + 4) % 10)
    number = Decimal(digits[:place] + other + digits[place + 1 :])
    signed = -number if cell < 0 else number
    return int(signed) if isinstance(cell, int) else signed
