"""A result for a person at a terminal: the tables, the checks, what was not found."""

from __future__ import annotations

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from apostil.web.pages.pivot import Table as Pivot
from apostil.web.pages.pivot import computed, has_period, tables
from apostil.web.pages.reading import Reading, Value, read_result

FINDINGS_SHOWN = 20


def print_summary(result: bytes, *, keep: str = "The option --json PATH") -> None:
    """Print what the result says, with the page of every value; ``keep`` names what stores it."""
    reading = read_result(msgspec.json.decode(result))
    console = Console(soft_wrap=False, highlight=False)
    for document in reading.documents:
        pages = f", {document['pages']} pages" if document.get("pages") else ""
        console.print(Text(f"{document.get('name', '')}{pages}", style="bold"))
        for warning in document.get("warnings") or ():
            console.print(Text(f"  ! {warning}"))
    for pivot in [*tables(reading), computed(reading)]:
        if pivot is not None:
            console.print(_table(pivot, reading))
    others = [value for value in reading.values if not has_period(value) and value.id]
    for value in others[:FINDINGS_SHOWN]:
        console.print(Text(f"{value.label}: {value.text} {_page(value, reading)}"))
    _print_checks(console, reading)
    if reading.absences:
        console.print(Text("Not found: " + ", ".join(one.question for one in reading.absences)))
    console.print(
        Text(
            f"{len(reading.values)} values, {len(reading.proofs)} citations. "
            f"{keep} stores the result, so that it can be verified.",
            style="dim",
        )
    )


def _table(pivot: Pivot, reading: Reading) -> Table:
    table = Table(
        title=f"{pivot.title} {pivot.unit}".strip(), title_justify="left", box=box.SIMPLE_HEAD
    )
    table.add_column("")
    for column in pivot.columns:
        table.add_column(Text(column.replace(" to ", " to\n")), justify="right")
    table.add_column("", style="dim")
    for row in pivot.rows:
        cells = [Text(cell.text if cell and cell.text else "-") for cell in row.cells]
        if row.heading:
            table.add_row(Text(row.heading, style="dim"))
        style = "bold" if row.is_total else ""
        label = Text(f"  {row.label}" if row.is_inner else row.label)
        table.add_row(label, *cells, Text(_page(row.newest, reading)), style=style)
    return table


def _page(value: Value, reading: Reading) -> str:
    for citation in value.citations:
        proof = reading.proofs.get(citation)
        if proof is not None and proof.page is not None:
            return f"p. {proof.page}"
    return ""


def _print_checks(console: Console, reading: Reading) -> None:
    if not reading.checks:
        return
    failed = reading.failed_checks
    passed = sum(check.status == "pass" for check in reading.checks)
    console.print(Text(f"Checks: {passed} agree, {len(failed)} failed."))
    for check in failed:
        console.print(
            Text(
                f"  failed: {check.formula} {check.period}: {check.found}, "
                f"expected {check.expected} {check.note}".rstrip()
            )
        )
