"""Small PDFs of our own making, each with one trap in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 612.0, 792.0
Draw = Callable[[Canvas], None]


def write_pdf(
    path: Path,
    *pages: Draw,
    size: tuple[float, float] = (WIDTH, HEIGHT),
    crop: tuple[float, float, float, float] | None = None,
    rotation: int = 0,
    password: tuple[str, str] | None = None,
) -> Path:
    """A PDF with one page for each function. ``crop`` is left, bottom, right, top in points;
    ``password`` is (of the user, of the owner)."""
    encryption = None
    if password is not None:
        encryption = StandardEncryption(password[0], ownerPassword=password[1], canPrint=1)
    # ReportLab exchanges the sides of a sheet that is turned.
    sheet = size if rotation % 180 == 0 else (size[1], size[0])
    canvas = Canvas(str(path), pagesize=sheet, encrypt=encryption, invariant=True)
    for draw in pages:
        canvas.setPageRotation(rotation)
        if crop is not None:
            canvas.setCropBox(crop)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def text(*lines: tuple[float, float, str], font: str = "Helvetica", size: float = 10.0) -> Draw:
    """Draws each text at (x, distance of its baseline from the top of the sheet)."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for x, down, line in lines:
            canvas.drawString(x, HEIGHT - down, line)

    return draw


def together(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


ROWS = (
    ("Cash and cash equivalents", "2,853", "3,053"),
    ("Marketable securities", "380", "1,076"),
    ("Accounts receivable, net", "5,020", "4,911"),
    ("Other current assets", "(349)", "\u2014"),
    ("Total current assets", "13,709", "14,277"),
)


def statement(canvas: Canvas) -> None:
    """A balance sheet's assets: signs apart from the first amounts, a loss, a dash, no rules."""
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(72, HEIGHT - 72, "Consolidated Balance Sheet")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(72, HEIGHT - 88, "(Dollars in millions)")
    for x, year in ((420, "2018"), (520, "2017")):
        canvas.drawRightString(x, HEIGHT - 104, year)
    canvas.drawString(72, HEIGHT - 118, "Current assets")
    for number, (label, first, second) in enumerate(ROWS):
        y = HEIGHT - 132 - 12 * number
        canvas.drawString(81, y, label)
        for x, amount in ((420, first), (520, second)):
            shift = 3.0 if amount.endswith(")") else 0.0
            canvas.drawRightString(x + shift, y, amount)
            if number in {0, len(ROWS) - 1}:
                canvas.drawString(x - 60, y, "$")


LEFT = (
    "The committee met nine times and",
    "reviewed the work of the auditor",
    "in each of these meetings before",
    "it advised the board to approve",
    "the annual report as a whole and",
    "to propose the final dividend to",
    "the shareholders at their meeting",
    "which takes place in the summer.",
)
RIGHT = (
    "Members of the board may hold",
    "other offices as long as these do",
    "not conflict with their duties to",
    "the company and its owners, who",
    "are told of every such office in",
    "the list that follows this short",
    "report on how the board worked",
    "over the course of the last year.",
)


def two_columns(canvas: Canvas, *, shift: float = 0.0) -> None:
    """Prose in two columns; ``shift`` moves the right one down, so that no baselines agree."""
    canvas.setFont("Helvetica", 10)
    for x, lines, down in ((72, LEFT, 0.0), (320, RIGHT, shift)):
        for number, line in enumerate(lines):
            canvas.drawString(x, HEIGHT - 100 - down - 13 * number, line)


def scan(canvas: Canvas) -> None:
    """Marks without text, as a scan shows them."""
    canvas.rect(72, 300, 400, 200, fill=1)


def plain_pages(count: int) -> Sequence[Draw]:
    return [text((72, 72, f"Sheet {number}")) for number in range(1, count + 1)]


def binary(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)
