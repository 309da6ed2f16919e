"""Puts prose and statements on pages the way annual reports do. Units are PDF points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypedDict

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

WIDTH, HEIGHT = LETTER
MARGIN = 60.0
SERIF, SERIF_BOLD, SERIF_ITALIC = "Times-Roman", "Times-Bold", "Times-Italic"
LEADING = 15.0

Cell = int | Decimal | str | None

BODY = ParagraphStyle(
    "body", fontName=SERIF, fontSize=10, leading=13, alignment=TA_JUSTIFY, spaceAfter=7
)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=9, leading=11.5, spaceAfter=6)


class LineStyle(TypedDict, total=False):
    """How a Line looks; the keywords of Line beside its label and cells."""

    indent: int
    bold: bool
    dollar: bool
    rule: bool
    double: bool
    space_above: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a statement: ``rule`` draws a line above the amounts, ``double`` two below."""

    label: str
    cells: Sequence[Cell] = ()
    indent: int = 0
    bold: bool = False
    dollar: bool = False
    rule: bool = False
    double: bool = False
    space_above: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Right edges of the columns and what stands above them; ``spanning`` stands above those that
    are neither ``centred`` nor ``aside``."""

    edges: Sequence[float]
    heads: Sequence[str]
    spanning: str = ""
    centred: frozenset[int] = frozenset()
    aside: frozenset[int] = frozenset()
    column_width: float = 62.0


def printed(value: Cell) -> str:
    """An amount as a company prints it: parentheses for negative, a dash for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if value == 0:
        return "\N{EM DASH}"
    text = f"{abs(value):,}"
    return f"({text})" if value < 0 else text


@dataclass(slots=True)
class Sheet:
    """A page being filled from the top; ``y`` is the distance of the pen from the bottom edge."""

    canvas: Canvas
    number: int
    running_head: str = ""
    y: float = field(default=HEIGHT - MARGIN)

    def finish(self) -> None:
        """Print head and folio and end the page."""
        self.canvas.setFont(SERIF, 9)
        if self.running_head:
            self.canvas.drawString(MARGIN, HEIGHT - 36, self.running_head)
        if self.number > 1:
            self.canvas.drawCentredString(WIDTH / 2, 32, str(self.number))
        self.canvas.showPage()

    def skip(self, points: float) -> None:
        self.y -= points

    def centred(self, text: str, *, size: float = 10, font: str = SERIF) -> None:
        self.y -= size * 1.25
        self.canvas.setFont(font, size)
        self.canvas.drawCentredString(WIDTH / 2, self.y, text)

    def heading(self, text: str, *, size: float = 12) -> None:
        self.y -= size * 1.6
        self.canvas.setFont(SERIF_BOLD, size)
        self.canvas.drawString(MARGIN, self.y, text)
        self.y -= 6

    def prose(self, paragraphs: Sequence[str], style: ParagraphStyle = BODY) -> None:
        self.y = self._column(paragraphs, style, left=MARGIN, top=self.y, width=WIDTH - 2 * MARGIN)

    def two_columns(self, left: Sequence[str], right: Sequence[str]) -> None:
        """Prose in two columns; the pen goes on below the longer one."""
        width = (WIDTH - 2 * MARGIN - 24) / 2
        ends = (
            self._column(left, SMALL, left=MARGIN, top=self.y, width=width),
            self._column(right, SMALL, left=MARGIN + width + 24, top=self.y, width=width),
        )
        self.y = min(ends)

    def _column(
        self,
        paragraphs: Sequence[str],
        style: ParagraphStyle,
        *,
        left: float,
        top: float,
        width: float,
    ) -> float:
        y = top
        for text in paragraphs:
            paragraph = Paragraph(text, style)
            _, height = paragraph.wrap(width, y)
            y -= height
            if y < MARGIN - 10:
                raise ValueError(f"page {self.number} is too short for: {text[:40]}")
            paragraph.drawOn(self.canvas, left, y)
            y -= style.spaceAfter
        return y

    def table(self, grid: Grid, lines: Sequence[Line]) -> None:
        """A borderless statement: amounts flush right, closing parentheses hanging out."""
        self._head(grid)
        for line in lines:
            self._line(grid, line)

    def _head(self, grid: Grid) -> None:
        canvas = self.canvas
        canvas.setFont(SERIF_BOLD, 9)
        others = grid.centred | grid.aside
        amounts = [edge for index, edge in enumerate(grid.edges) if index not in others]
        if grid.spanning:
            self.y -= 13
            left, right = amounts[0] - grid.column_width, amounts[-1]
            canvas.drawCentredString((left + right) / 2, self.y, grid.spanning)
            canvas.line(left, self.y - 3, right, self.y - 3)
        depth = max(head.count("\n") for head in grid.heads)
        for row in range(depth + 1):
            self.y -= 11.5
            for edge, head in zip(grid.edges, grid.heads, strict=True):
                words = [""] * (depth - head.count("\n")) + head.split("\n")
                canvas.drawCentredString(edge - grid.column_width / 2, self.y, words[row])
        self.y -= 3
        for edge in grid.edges:
            canvas.line(edge - grid.column_width + 4, self.y, edge, self.y)
        self.y -= 2

    def _line(self, grid: Grid, line: Line) -> None:
        self.y -= LEADING * 0.9 + line.space_above
        font = SERIF_BOLD if line.bold else SERIF
        self.canvas.setFont(font, 10)
        self.canvas.drawString(MARGIN + 12 * line.indent, self.y, line.label)
        for index, (edge, cell) in enumerate(zip(grid.edges, line.cells, strict=False)):
            self._cell(grid, line, index=index, edge=edge, cell=cell, font=font)

    def _cell(
        self, grid: Grid, line: Line, *, index: int, edge: float, cell: Cell, font: str
    ) -> None:
        text = printed(cell)
        if not text:
            return
        if index in grid.centred:
            self.canvas.drawCentredString(edge - grid.column_width / 2, self.y, text)
            return
        hanging = stringWidth(")", font, 10) if text.endswith(")") else 0.0
        self.canvas.drawRightString(edge + hanging, self.y, text)
        left = edge - grid.column_width + 4
        if index in grid.aside:
            return
        if line.dollar and not isinstance(cell, str):
            self.canvas.drawString(left, self.y, "$")
        self.canvas.setLineWidth(0.6)
        if line.rule:
            self.canvas.line(left, self.y + 10, edge, self.y + 10)
        if line.double:
            self.canvas.line(left, self.y - 3, edge, self.y - 3)
            self.canvas.line(left, self.y - 5, edge, self.y - 5)
