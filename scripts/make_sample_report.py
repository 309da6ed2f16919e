"""Makes the sample report that ``apostil serve --demo`` shows: same bytes on every machine.

    python scripts/make_sample_report.py [FILE]

Without FILE the packaged copy is written again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from sample_report import notes, prose, statements
from sample_report.drawing import Sheet
from sample_report.figures import COMPANY
from sample_report.figures import statements as figures

PACKAGED = Path(__file__).parent.parent / "src/apostil/samples/annual-report.pdf"


def make(path: Path) -> None:
    """Write the report to ``path``."""
    income, balance, flow = figures()
    pages: list[Callable[[Sheet], None]] = [
        prose.cover,
        prose.contents,
        prose.business,
        partial(prose.selected_data, income=income),
        partial(prose.discussion, income=income, flow=flow),
        statements.auditor,
        partial(statements.income_statement, income=income),
        partial(statements.balance_sheet, balance=balance),
        partial(statements.cash_flow_statement, flow=flow),
        partial(notes.first_page, income=income, balance=balance),
        partial(notes.second_page, income=income),
    ]
    canvas = Canvas(str(path), pagesize=LETTER, invariant=1, pageCompression=1)
    canvas.setTitle(f"{COMPANY}: annual report 2024")
    canvas.setAuthor("Apostil sample")
    for number, draw in enumerate(pages, start=1):
        sheet = Sheet(
            canvas, number, running_head=f"{COMPANY}  |  2024 Annual Report" if number > 1 else ""
        )
        draw(sheet)
        sheet.finish()
    canvas.save()


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGED)
