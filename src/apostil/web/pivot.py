"""Findings that share periods, laid out as the tables that they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apostil.web.reading import Value, spoken

FACTORS = {1: "", 1_000: "thousand", 100_000: "lakh", 1_000_000: "million", 10_000_000: "crore"}
TITLES = {"IS": "Income statement", "BS": "Balance sheet", "CF": "Cash flow statement"}
"""Words for the short names of statements; any other name is shown as it is."""


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


def tables(values: Sequence[Value]) -> list[Table]:
    """One table a statement, in the order of the findings; those without a period are left out."""
    found: dict[str, Table] = {}
    for value in values:
        if not has_period(value):
            continue
        statement = str(value.facts.get("statement") or value.group)
        table = found.setdefault(
            statement, Table(title=TITLES.get(statement, spoken(statement)), unit=_unit(value))
        )
        column = column_name(value.facts["period"])
        if column not in table.columns:
            table.columns.append(column)
        row = table.rows.setdefault(_row_key(value), {})
        row.setdefault(column, value)
    for table in found.values():
        table.columns.sort(key=_sort_key(values), reverse=True)
    return list(found.values())


def has_period(value: Value) -> bool:
    return isinstance(value.facts.get("period"), Mapping) and bool(value.citations)


def column_name(period: Mapping[str, Any]) -> str:
    """The period as printed, or its end where nothing was printed."""
    return str(period.get("label") or period.get("end") or "")


def _sort_key(values: Sequence[Value]) -> Any:
    ends = {
        column_name(value.facts["period"]): (
            str(value.facts["period"].get("end") or ""),
            str(value.facts["period"].get("start") or ""),
        )
        for value in values
        if has_period(value)
    }
    return lambda column: ends.get(column, ("", ""))


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
    label = value.label.lower()
    return label.startswith(("total", "net income", "gross profit", "operating income", "net cash"))
