"""Pages with tables that look like statements and are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from invented.layout import Layout
from invented.press import Press
from invented.style import HeadWord, PrintedRow, PrintedTable

_Cells = Sequence[int | str]


def _table(
    layout: Layout, head: Sequence[Sequence[str]], rows: Sequence[tuple[str, _Cells]]
) -> PrintedTable:
    columns = max(len(cells) for _, cells in rows)
    return PrintedTable(
        head=tuple(
            tuple(HeadWord(text=text, first=n, last=n) for n, text in enumerate(words) if text)
            for words in head
        ),
        rows=tuple(
            PrintedRow(
                label=label,
                cells=tuple(
                    cell
                    if isinstance(cell, str)
                    else layout.numbers.digits(abs(_d(cell)), 0)
                    if cell >= 0
                    else f"({layout.numbers.digits(_d(-cell), 0)})"
                    for cell in cells
                ),
            )
            for label, cells in rows
        ),
        columns=columns,
    )


def _d(value: int) -> Decimal:
    return Decimal(value)


def _tenths(value: float) -> Decimal:
    return Decimal(round(value * 10)).scaleb(-1)


def _cents(text: str, layout: Layout) -> str:
    return layout.numbers.digits(Decimal(text), 2)


def _numbers(rng: Random, layout: Layout, count: int, part: float = 1.0) -> list[int]:
    base = layout.size // 10**layout.numbers.decimals
    return [round(base * part * rng.uniform(0.6, 1.4)) for _ in range(count)]


def _years(layout: Layout, count: int) -> list[str]:
    return [str(layout.year_end.year - n) for n in range(count)]


def _title(press: Press, layout: Layout, text: str, unit: str | None = None) -> None:
    press.line(text, size=12, bold=True)
    press.line(unit if unit is not None else layout.scale.text, size=9)
    press.skip(4)


def selected(press: Press, layout: Layout, rng: Random) -> None:
    _title(press, layout, "Item 6. Selected Financial Data")
    press.prose(
        "The selected consolidated statements of income and balance sheet data below should be read with "
        "the consolidated financial statements and the accompanying notes."
    )
    parts = (
        ("Statements of Income Data:", 0), ("Revenue", 1.0), ("Gross profit", 0.45), ("Operating income", 0.12),
        ("Income before income taxes", 0.11), ("Net income", 0.08), ("Balance Sheet Data:", 0),
        ("Cash and cash equivalents", 0.2), ("Total assets", 1.4), ("Long-term debt", 0.3),
        ("Total liabilities", 0.8), ("Total equity", 0.6),
    )  # fmt: skip
    rows = [(label, _numbers(rng, layout, 5, part) if part else []) for label, part in parts]
    press.table(_table(layout, [["Year Ended"] * 5, _years(layout, 5)], rows), room=300)


def discussion(press: Press, layout: Layout, rng: Random) -> None:
    _title(press, layout, "Results of Operations")
    press.prose(
        "The following table sets forth our consolidated results. Net cash provided by operating activities "
        "rose because inventories fell; we expect capital expenditures to be higher next year."
    )
    parts = (
        ("Net revenue", 1.0), ("Cost of revenue", 0.55), ("Gross profit", 0.45), ("Selling expenses", 0.2),
        ("Operating income", 0.12), ("Income before taxes", 0.11), ("Provision for income taxes", 0.03),
        ("Net income", 0.08),
    )  # fmt: skip
    rows: list[tuple[str, _Cells]] = []
    for label, part in parts:
        amounts = _numbers(rng, layout, 2, part)
        change = 100 * (amounts[0] - amounts[1]) / amounts[1]
        rows.append(
            (
                label,
                [
                    *amounts,
                    amounts[0] - amounts[1],
                    layout.numbers.digits(_tenths(change), 1) + "%",
                ],
            )
        )
    press.table(
        _table(
            layout,
            [["Year Ended", "Year Ended", "", ""], [*_years(layout, 2), "$ Change", "% Change"]],
            rows,
        ),
        room=260,
    )
    press.skip(10)
    press.prose("The following table summarizes our cash flows:")
    rows = [
        (f"Net cash provided by {kind} activities", _numbers(rng, layout, 2, 0.1))
        for kind in ("operating", "investing", "financing")
    ]
    press.table(_table(layout, [_years(layout, 2)], rows), room=120)


def quarterly(press: Press, layout: Layout, rng: Random) -> None:
    press.line("Note 19. Quarterly Financial Data (Unaudited)", size=11, bold=True)
    press.line(layout.scale.text, size=9)
    parts = (
        ("Revenue", 0.25), ("Gross profit", 0.11), ("Operating income", 0.03), ("Net income", 0.02),
        ("Basic earnings per share", 0.0), ("Diluted earnings per share", 0.0),
    )  # fmt: skip
    rows: list[tuple[str, _Cells]] = [
        (
            label,
            _numbers(rng, layout, 4, part)
            if part
            else [
                _cents("0.41", layout),
                _cents("0.39", layout),
                _cents("0.44", layout),
                _cents("0.52", layout),
            ],
        )
        for label, part in parts
    ]
    head = [f"{name} Quarter" for name in ("First", "Second", "Third", "Fourth")]
    press.table(_table(layout, [head, [_years(layout, 1)[0]] * 4], rows), room=200)


def guarantor(press: Press, layout: Layout, rng: Random) -> None:
    """Three consolidating statements, each on its own page."""
    whole = (
        ("CONSOLIDATING STATEMENT OF INCOME", (
            ("Net sales", 1.0), ("Cost of sales", 0.6), ("Gross profit", 0.4), ("Operating income", 0.2),
            ("Interest expense", 0.02), ("Income before income taxes", 0.18), ("Provision for income taxes", 0.04),
            ("Net income", 0.14),
        )),
        ("CONSOLIDATING BALANCE SHEET", (
            ("Cash and cash equivalents", 0.2), ("Receivables", 0.1), ("Inventories", 0.1),
            ("Total current assets", 0.5), ("Goodwill", 0.4), ("Total assets", 1.2), ("Total current liabilities", 0.3),
            ("Long-term debt", 0.4), ("Total liabilities", 0.7), ("Total equity", 0.5),
            ("Total liabilities and equity", 1.2),
        )),
        ("CONSOLIDATING STATEMENT OF CASH FLOWS", (
            ("Net cash provided by operating activities", 0.2), ("Capital expenditures", 0.05),
            ("Net cash used in investing activities", 0.06), ("Repayments of debt", 0.1), ("Dividends paid", 0.02),
            ("Net cash used in financing activities", 0.1), ("Net increase in cash", 0.02),
            ("Cash at beginning of period", 0.18), ("Cash at end of period", 0.2),
        )),
    )  # fmt: skip
    for number, (title, parts) in enumerate(whole):
        if number:
            press.turn()
        press.line(layout.company, size=11, bold=True, align="centre")
        press.line(
            f"Condensed {title.title()}" if rng.random() < 0.5 else f"CONDENSED {title}",
            size=11,
            bold=True,
            align="centre",
        )
        press.line(f"Year Ended {_years(layout, 1)[0]}", size=10, align="centre")
        press.line(layout.scale.text, size=9, align="centre")
        head = ["Parent", "Guarantor", "Non-Guarantor", "Eliminations", "Consolidated"]
        under = ["Issuer", "Subsidiaries", "Subsidiaries", "", ""]
        rows = [(label, _numbers(rng, layout, 5, part)) for label, part in parts]
        press.table(_table(layout, [head, under], rows), room=340)


def parent(press: Press, layout: Layout, rng: Random) -> None:
    press.line(layout.company, size=11, bold=True, align="centre")
    press.line(
        "Schedule I - Condensed Financial Information of Registrant",
        size=11,
        bold=True,
        align="centre",
    )
    press.line("Condensed Balance Sheets (Parent Company Only)", size=11, bold=True, align="centre")
    press.line(layout.scale.text, size=9, align="centre")
    parts = (
        ("Cash and cash equivalents", 0.05), ("Investments in subsidiaries", 0.9), ("Total assets", 0.95),
        ("Long-term debt", 0.3), ("Total liabilities", 0.35), ("Retained earnings", 0.5), ("Total equity", 0.6),
        ("Total liabilities and equity", 0.95),
    )  # fmt: skip
    rows = [(label, _numbers(rng, layout, 2, part)) for label, part in parts]
    press.table(_table(layout, [["December 31,"] * 2, _years(layout, 2)], rows), room=220)


def segments(press: Press, layout: Layout, rng: Random) -> None:
    press.line("Note 14. Segment Information", size=11, bold=True)
    press.prose(
        "The company has three reportable segments. Operating income by segment excludes corporate costs."
    )
    parts = (
        ("Revenue", 0.33), ("Cost of sales", 0.2), ("Depreciation and amortization", 0.02),
        ("Operating income", 0.05), ("Capital expenditures", 0.02), ("Total assets", 0.5),
    )  # fmt: skip
    rows = [(label, _numbers(rng, layout, 4, part)) for label, part in parts]
    press.table(_table(layout, [["North", "South", "Services", "Total"]], rows), room=200)


def restating(press: Press, layout: Layout, rng: Random) -> None:
    """A note that gives the last year's statements anew."""
    press.line("Note 2. Adoption of New Accounting Standards", size=11, bold=True)
    press.prose(
        "The tables show the effect of the new standards on the statements of the year before."
    )
    for title, parts in (
        ("Consolidated Statement of Operations", (
            ("Revenue", 1.0), ("Cost of sales", 0.6), ("Operating income", 0.2), ("Income before income taxes", 0.18),
            ("Provision for income taxes", 0.04), ("Net income", 0.14), ("Basic earnings per share", 0.0),
        )),
        ("Consolidated Balance Sheet", (
            ("Cash and cash equivalents", 0.2), ("Inventories", 0.1), ("Total current assets", 0.5),
            ("Total assets", 1.2), ("Total current liabilities", 0.3), ("Total liabilities", 0.7), ("Total equity", 0.5),
            ("Total liabilities and equity", 1.2),
        )),
    ):  # fmt: skip
        press.skip(6)
        press.line(title, size=10, bold=True)
        press.line(layout.scale.text, size=9)
        rows: list[tuple[str, _Cells]] = [
            (
                label,
                _numbers(rng, layout, 3, part)
                if part
                else [_cents("1.21", layout), _cents("0.02", layout), _cents("1.23", layout)],
            )
            for label, part in parts
        ]
        year = _years(layout, 2)[1]
        head = [[f"Year {year}"] * 3, ["As", "", "As"], ["Reported", "Adjustment", "Restated"]]
        press.table(_table(layout, head, rows), room=190)


def nongaap(press: Press, layout: Layout, rng: Random) -> None:
    press.line("Reconciliation of Non-GAAP Financial Measures", size=11, bold=True)
    press.line(layout.scale.text, size=9)
    parts = (
        ("Operating income", 0.1), ("Stock-based compensation", 0.02), ("Adjusted operating income", 0.12),
        ("Net income", 0.08), ("Income tax effect of adjustments", 0.01), ("Adjusted net income", 0.09),
        ("Net cash provided by operating activities", 0.12), ("Capital expenditures", 0.04), ("Free cash flow", 0.08),
    )  # fmt: skip
    rows = [(label, _numbers(rng, layout, 2, part)) for label, part in parts]
    press.table(_table(layout, [["Year Ended"] * 2, _years(layout, 2)], rows), room=240)


def highlights(press: Press, layout: Layout, rng: Random) -> None:
    press.line("Financial Highlights", size=12, bold=True)
    press.line(layout.scale.text, size=9)
    parts = (
        ("Revenue", 1.0), ("Adjusted EBITDA", 0.2), ("Operating income", 0.12), ("Net income", 0.08),
        ("Diluted earnings per share", 0.0), ("Free cash flow", 0.09),
    )  # fmt: skip
    rows: list[tuple[str, _Cells]] = []
    for label, part in parts:
        cells: list[int | str] = (
            [*_numbers(rng, layout, 2, part)]
            if part
            else [_cents("1.21", layout), _cents("1.03", layout)]
        )
        rows.append((label, [*cells, layout.numbers.digits(_tenths(rng.uniform(1, 20)), 1) + "%"]))
    press.table(_table(layout, [[*_years(layout, 2), "Change"]], rows), room=170)


def equity(press: Press, layout: Layout, rng: Random) -> None:
    press.line(layout.company, size=11, bold=True, align="centre")
    press.line(
        "CONSOLIDATED STATEMENTS OF STOCKHOLDERS\u2019 EQUITY", size=11, bold=True, align="centre"
    )
    press.line(layout.scale.text, size=9, align="centre")
    rows: list[tuple[str, _Cells]] = []
    for year in sorted(_years(layout, 2)):
        rows += [
            (
                f"Balance at {layout.dates[0].end:%B %d}, {int(year) - 1}",
                _numbers(rng, layout, 4, 0.4),
            ),
            ("Net income", ["", "", *_numbers(rng, layout, 2, 0.08)]),
            ("Other comprehensive loss", ["", "", "", *_numbers(rng, layout, 1, -0.01)]),
            ("Dividends declared", ["", "", *_numbers(rng, layout, 2, -0.02)]),
        ]
    rows.append((f"Balance at {layout.dates[0].end:%B %d, %Y}", _numbers(rng, layout, 4, 0.4)))
    head = [
        ["Common", "Additional", "Retained", "Total"],
        ["Stock", "Paid-in Capital", "Earnings", "Equity"],
    ]
    press.table(_table(layout, head, rows), room=260)


def index(press: Press, layout: Layout, rng: Random) -> None:
    press.line("Index to Consolidated Financial Statements", size=12, bold=True)
    first = rng.randint(40, 60)
    for number, name in enumerate(
        (
            *(
                "Report of Independent Registered Public Accounting Firm",
                "Consolidated Statements of Income",
            ),
            *("Consolidated Balance Sheets", "Consolidated Statements of Cash Flows"),
            "Notes to Consolidated Financial Statements",
        )
    ):
        press.line(f"{name} " + "." * (90 - len(name)) + f" {first + number}", size=10)


DECOYS: dict[str, Callable[[Press, Layout, Random], None]] = {
    "selected": selected,
    "discussion": discussion,
    "quarterly": quarterly,
    "guarantor": guarantor,
    "parent": parent,
    "segments": segments,
    "restating": restating,
    "nongaap": nongaap,
    "highlights": highlights,
    "equity": equity,
    "index": index,
}
FRONT = ("index", "highlights", "selected", "discussion")
