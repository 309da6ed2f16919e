"""Findings that share periods, laid out as the tables that they came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apostil.web.reading import Proof, Value, spoken

FACTORS = {1: "", 1_000: "thousand", 100_000: "lakh", 1_000_000: "million", 10_000_000: "crore"}
TITLES = {"IS": "Income statement", "BS": "Balance sheet", "CF": "Cash flow statement"}
"""Words for the short names of statements; any other name is shown as it is."""
SPANS = {"Q": "3 months to", "H": "6 months to", "9M": "9 months to", "FY": "year to"}
LONGEST_LABEL = 12
"""A printed period longer than this is shown as its date: column heads are narrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a cell for each column, None where there is no source."""

    label: str
    cells: tuple[Value | None, ...]
    is_total: bool = False


@dataclass(slots=True, kw_only=True)
class Table:
    """Rows by label and columns by period, both in the order in which they were found."""

    title: str
    unit: str = ""
    columns: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, Value]] = field(default_factory=dict)

    def lines(self) -> list[Row]:
        return [
            Row(
                label=next(iter(cells.values())).label,
                cells=tuple(cells.get(column) for column in self.columns),
                is_total=_is_total(next(iter(cells.values()))),
            )
            for cells in self.rows.values()
        ]

    @property
    def has_gaps(self) -> bool:
        return any(None in row.cells for row in self.lines())


def tables(values: Sequence[Value], proofs: Mapping[str, Proof]) -> list[Table]:
    """One table a statement with its rows as printed, from the top of its first page down; the
    newest period is the first column. Findings without a period are left out."""
    found: dict[str, Table] = {}
    ends: dict[str, tuple[str, str]] = {}
    for value in values:
        period = value.facts.get("period")
        if not has_period(value) or not isinstance(period, Mapping):
            continue
        statement = str(value.facts.get("statement") or value.group)
        table = found.setdefault(
            statement, Table(title=TITLES.get(statement, spoken(statement)), unit=_unit(value))
        )
        column = column_name(period)
        ends.setdefault(column, (str(period.get("end") or ""), str(period.get("start") or "")))
        if column not in table.columns:
            table.columns.append(column)
        table.rows.setdefault(_row_key(value), {}).setdefault(column, value)
    for table in found.values():
        table.columns.sort(key=ends.__getitem__, reverse=True)
        ordered = sorted(table.rows.items(), key=lambda row: _place(row[1], proofs))
        table.rows = dict(ordered)
    return list(found.values())


def _place(cells: Mapping[str, Value], proofs: Mapping[str, Proof]) -> tuple[int, float]:
    """Page and height of the row's first box."""
    places = [
        (proof.page or 0, proof.boxes[0].y0)
        for value in cells.values()
        if (proof := proofs.get(value.citations[0])) is not None and proof.boxes
    ]
    return min(places, default=(0, 0.0))


def has_period(value: Value) -> bool:
    return isinstance(value.facts.get("period"), Mapping) and bool(value.citations)


def column_name(period: Mapping[str, object]) -> str:
    """The period as printed if that is short, else its date and length."""
    label = str(period.get("label") or "")
    if label and len(label) <= LONGEST_LABEL:
        return label
    try:
        end = dt.date.fromisoformat(str(period.get("end")))
    except ValueError:
        return label
    span = SPANS.get(str(period.get("bucket")), "") if period.get("kind") == "duration" else ""
    return f"{span} {end.day} {end:%b %Y}".strip()


def _row_key(value: Value) -> str:
    marks = [name for name in ("restated", "consolidated", "basis") if name in value.facts]
    return "|".join(
        [
            str(value.facts.get("concept") or value.label),
            *(f"{value.facts[name]}" for name in marks),
        ]
    )


def _unit(value: Value) -> str:
    scale, currency = value.facts.get("scale"), value.facts.get("currency") or ""
    try:
        factor = FACTORS.get(int(scale), f"\N{MULTIPLICATION SIGN} {scale}") if scale else ""
    except (TypeError, ValueError):
        factor = str(scale)
    return " ".join(part for part in (str(currency), factor) if part)


def _is_total(value: Value) -> bool:
    return value.label.lower().startswith("total")
