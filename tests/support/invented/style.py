"""How numbers and pages of a report look."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStyle:
    """How an amount is printed. ``minus`` is brackets, apart (brackets as words of their own) or
    dash; ``dollar`` is none, apart (a word of its own), glued or ends (only first and last rows);
    ``grouping`` is 3 digits, or that of India."""

    minus: str = "brackets"
    nothing: str = "\u2014"
    group: str = ","
    point: str = "."
    decimals: int = 0
    dollar: str = "none"
    sign: str = "$"
    indian: bool = False

    def digits(self, value: Decimal, places: int) -> str:
        """The number without its sign, grouped."""
        whole, _, rest = f"{abs(value):.{places}f}".partition(".")
        if self.indian and len(whole) > 3:
            head, tail = whole[:-3], whole[-3:]
            pairs = [head[max(0, n - 2) : n] for n in range(len(head), 0, -2)][::-1]
            whole = self.group.join([*pairs, tail])
        else:
            whole = f"{int(whole):,}".replace(",", self.group)
        return whole + (self.point + rest if rest else "")

    def text(self, value: Decimal, places: int) -> str:
        """The number with its sign; brackets that stand apart are set by the press."""
        digits = self.digits(value, places)
        if value == 0:
            return self.nothing if places == self.decimals else digits
        if value > 0:
            return digits
        if self.minus == "dash":
            return f"-{digits}"
        return f"( {digits} )" if self.minus == "apart" else f"({digits})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStyle:
    """Sizes in points. ``wrap`` says on which line of a label of two lines its amounts stand."""

    width: float = 612.0
    height: float = 792.0
    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    size: float = 9.5
    margin: float = 54.0
    label_share: float = 0.52
    wrap: str = "last"
    shaded: bool = False
    head_align: str = "centre"
    rules: bool = True
    leaders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadWord:
    """Words above the columns ``first`` to ``last``."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A row ready for the press: one text a column, empty where nothing is printed."""

    label: str
    cells: tuple[str, ...] = ()
    dollars: bool = False
    indent: int = 0
    bold: bool = False
    rule: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """A table ready for the press. ``unit`` is printed left of the last row of heads."""

    head: tuple[tuple[HeadWord, ...], ...]
    rows: tuple[PrintedRow, ...]
    columns: int
    notes: bool = False
    unit: str = ""
