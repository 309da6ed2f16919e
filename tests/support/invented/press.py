"""Puts titles, prose and tables on the pages of a PDF. Units are points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from invented.style import HeadWord, NumberStyle, PageStyle, PrintedRow, PrintedTable

_NOTE_WIDTH = 44.0
_SIGN_GAP = 3.0
_PITCH = 1.42


class Press:
    """A report being printed; ``page`` is the number of the page under the pen, from 1."""

    def __init__(self, path: Path, style: PageStyle, numbers: NumberStyle) -> None:
        self._canvas = Canvas(
            str(path), pagesize=(style.width, style.height), invariant=1, pageCompression=0
        )
        self._style = style
        self._numbers = numbers
        self._y = style.height - style.margin
        self.page = 1

    def save(self) -> None:
        self._canvas.save()

    def turn(self, footer: str = "") -> None:
        """Ends the page with its number."""
        self._canvas.setFont(self._style.font, 8)
        middle = self._style.width / 2
        if footer:
            self._canvas.drawCentredString(middle, 34, footer)
        self._canvas.drawCentredString(middle, 22, str(self.page))
        self._canvas.showPage()
        self._y = self._style.height - self._style.margin
        self.page += 1

    @property
    def room(self) -> float:
        return self._y - 48

    def skip(self, points: float) -> None:
        self._y -= points

    def line(self, text: str, *, size: float = 10, bold: bool = False, align: str = "left") -> None:
        """One line of text."""
        self._y -= size * 1.3
        font = self._style.bold if bold else self._style.font
        self._canvas.setFont(font, size)
        if align == "centre":
            self._canvas.drawCentredString(self._style.width / 2, self._y, text)
        elif align == "right":
            self._canvas.drawRightString(self._style.width - self._style.margin, self._y, text)
        else:
            self._canvas.drawString(self._style.margin, self._y, text)

    def apart(self, left: str, right: str, *, size: float = 11) -> None:
        """A title at the left and the name of the company on the same line at the right."""
        room = self._style.width - 2 * self._style.margin
        names = stringWidth(right, self._style.font, size * 0.8)
        size *= min(1.0, (room - names - 12) / stringWidth(left, self._style.bold, size))
        self.line(left, size=size, bold=True)
        self._y += size * 1.3
        self.line(right, size=size * 0.8, align="right")
        self._y -= size * 0.26

    def prose(self, text: str, *, size: float = 10) -> None:
        width = self._style.width - 2 * self._style.margin
        for line in simpleSplit(text, self._style.font, size, width):
            self.line(line, size=size)
        self._y -= 5

    def table(self, table: PrintedTable, *, room: float | None = None) -> None:
        """A table in the space that is left, in smaller print if it must."""
        space = min(self.room, room or self.room)
        frame = _Frame(self._style, table)
        depth = len(table.head) + sum(frame.depth(row) for row in table.rows) + 1
        frame.fit(space / depth)
        self._head(frame, table)
        for number, row in enumerate(table.rows):
            self._row(frame, row, shaded=self._style.shaded and number % 2 == 0)

    def _head(self, frame: _Frame, table: PrintedTable) -> None:
        for number, words in enumerate(table.head):
            self._y -= frame.pitch * 0.92
            if table.unit and number == len(table.head) - 1:
                self._canvas.setFont(self._style.font, frame.size * 0.9)
                self._canvas.drawString(self._style.margin, self._y, table.unit)
            for word in words:
                self._head_word(frame, word)
        self._y -= frame.pitch * 0.35

    def _head_word(self, frame: _Frame, word: HeadWord) -> None:
        """Words over one or more columns, in smaller print when they would touch the next."""
        right = frame.edges[word.last]
        left = frame.edges[word.first] - frame.widths[word.first] + 10
        size = frame.size * 0.92
        width = stringWidth(word.text, self._style.bold, size)
        if width > right - left:
            size *= (right - left) / width
        self._canvas.setFont(self._style.bold, size)
        if self._style.head_align == "right" and word.first == word.last:
            self._canvas.drawRightString(right, self._y, word.text)
        else:
            self._canvas.drawCentredString((left + right) / 2, self._y, word.text)
        if word.first != word.last and self._style.rules:
            self._canvas.setLineWidth(0.5)
            self._canvas.line(left, self._y - 2.5, right, self._y - 2.5)

    def _row(self, frame: _Frame, row: PrintedRow, *, shaded: bool) -> None:
        labels = frame.labels(row)
        font = self._style.bold if row.bold else self._style.font
        top = self._y
        if shaded:
            self._canvas.setFillGray(0.9)
            height = frame.pitch * len(labels)
            self._canvas.rect(
                self._style.margin - 3,
                top - height - 0.25 * frame.size,
                self._style.width - 2 * self._style.margin + 6,
                height,
                stroke=0,
                fill=1,
            )
            self._canvas.setFillGray(0)
        amounts_at = 0 if self._style.wrap == "first" else len(labels) - 1
        for number, label in enumerate(labels):
            self._y -= frame.pitch
            self._canvas.setFont(font, frame.size)
            hang = 8 if number else 0
            self._canvas.drawString(self._style.margin + 9 * row.indent + hang, self._y, label)
            if number == amounts_at:
                if self._style.leaders and row.cells and label:
                    self._leader(frame, row, label, font)
                self._cells(frame, row, font)

    def _leader(self, frame: _Frame, row: PrintedRow, label: str, font: str) -> None:
        """Dots from the end of a label to the first column."""
        start = self._style.margin + 9 * row.indent + 10 + stringWidth(label, font, frame.size)
        end = frame.edges[0] - frame.widths[0]
        dot = stringWidth(" .", font, frame.size)
        count = int((end - start) / dot)
        if count > 2:
            self._canvas.drawString(end - count * dot, self._y, " ." * count)

    def _cells(self, frame: _Frame, row: PrintedRow, font: str) -> None:
        for number, text in enumerate(row.cells):
            if text:
                self._cell(frame, row, number=number, text=text, font=font)

    def _cell(self, frame: _Frame, row: PrintedRow, *, number: int, text: str, font: str) -> None:
        edge = frame.edges[number]
        left = edge - frame.widths[number] + 8
        canvas = self._canvas
        if frame.notes and number == 0:
            canvas.drawCentredString((left + edge) / 2, self._y, text)
            return
        signed = row.dollars and "%" not in text and any(map(str.isdigit, text))
        if signed and self._numbers.dollar == "glued":
            text = (
                f"({self._numbers.sign}{text[1:]}" if text[0] == "(" else self._numbers.sign + text
            )
        hanging = stringWidth(")", font, frame.size) if text.endswith(")") else 0.0
        if text.endswith("%"):
            hanging = stringWidth("%", font, frame.size)
        if text.startswith("( "):
            self._brackets(edge, text[2:-2], font, frame.size)
        else:
            canvas.drawRightString(edge + hanging, self._y, text)
        if signed and self._numbers.dollar in {"apart", "ends"}:
            canvas.drawString(left, self._y, self._numbers.sign)
        if not self._style.rules:
            return
        canvas.setLineWidth(0.5)
        if row.rule:
            canvas.line(left, self._y + frame.size * 0.95, edge, self._y + frame.size * 0.95)
        if row.double:
            canvas.line(left, self._y - 2, edge, self._y - 2)
            canvas.line(left, self._y - 4, edge, self._y - 4)

    def _brackets(self, edge: float, digits: str, font: str, size: float) -> None:
        """Brackets that are words of their own, as some typesetting programs leave them."""
        width = stringWidth(digits, font, size)
        bracket = stringWidth("(", font, size)
        self._canvas.drawRightString(edge, self._y, digits)
        self._canvas.drawString(edge - width - bracket - _SIGN_GAP, self._y, "(")
        self._canvas.drawString(edge + _SIGN_GAP, self._y, ")")


class _Frame:
    """Where the columns of a table stand and how large its print is."""

    def __init__(self, style: PageStyle, table: PrintedTable) -> None:
        self._style = style
        self.notes = table.notes
        body = style.width - 2 * style.margin
        amounts = table.columns - (1 if table.notes else 0)
        notes = [_NOTE_WIDTH] if table.notes else []
        share = style.label_share if amounts <= 3 else max(0.26, 0.86 - 0.115 * amounts)
        self._label_width = body * share - sum(notes)
        each = body * (1 - share) / amounts
        self.widths = [*notes, *[each] * amounts]
        edge = style.margin + self._label_width
        self.edges: list[float] = []
        for width in self.widths:
            edge += width
            self.edges.append(edge - 4)
        self.size = min(style.size, 0.165 * each) if amounts > 4 else style.size
        self.pitch = self.size * _PITCH

    def fit(self, pitch: float) -> None:
        """Takes a smaller pitch, and smaller print when the lines would touch."""
        if pitch < self.pitch:
            self.pitch = pitch
            self.size = min(self.size, pitch / 1.15)

    def depth(self, row: PrintedRow) -> int:
        return len(self.labels(row))

    def labels(self, row: PrintedRow) -> Sequence[str]:
        font = self._style.bold if row.bold else self._style.font
        width = self._label_width - 9 * row.indent - 6
        if not row.cells:
            width = self._style.width - 2 * self._style.margin
        return simpleSplit(row.label, font, self.size, width) or [""]
