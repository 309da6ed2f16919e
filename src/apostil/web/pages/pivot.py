"""Findings that share periods, laid out as the tables that they came from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from apostil.web.pages.reading import Proof, Reading, Value, spoken

FACTORS = {1: "", 1_000: "thousand", 100_000: "lakh", 1_000_000: "million", 10_000_000: "crore"}
TITLES = {"IS": "Income statement", "BS": "Balance sheet", "CF": "Cash flow statement"}
"""Words for the short names of statements; any other name is shown as it is."""
SPANS = {"Q": "3 months to", "H": "6 months to", "9M": "9 months to", "FY": "year to"}
LONGEST_LABEL = 12
"""A printed period longer than this is shown as its date: column heads are narrow."""
SUM = re.compile(r"[\w\s+().-]+=\s*\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a cell for each column, None where there is no source."""

    label: str
    cells: tuple[Value | None, ...]
    is_total: bool = False
    is_inner: bool = False
    heading: str = ""
    """The heading above this row, where it is another than that of the row before."""

    @property
    def newest(self) -> Value:
        """The first cell that is filled."""
        return next(cell for cell in self.cells if cell is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows by label and columns by period, both in the order in which they are shown."""

    title: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def has_gaps(self) -> bool:
        return any(None in row.cells for row in self.rows)


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """A period as far as sorting and placing need it; an instant has no start."""

    end: str
    start: str
    printed: str = field(compare=False)
    """As the document says it; empty where that is too long for a head."""
    dated: str = field(compare=False)
    """In our words, from its dates."""


def tables(reading: Reading) -> tuple[Table, ...]:
    """One table a statement with its rows as printed, from the top of its first page down; the
    newest period is the first column. Findings without a period are left out."""
    statements: dict[str, list[Value]] = {}
    for value in reading.values:
        if has_period(value) and value.citations:
            name = str(value.facts.get("statement") or value.group)
            statements.setdefault(name, []).append(value)
    totals = _totals(reading)
    return tuple(
        _table(TITLES.get(name, spoken(name)), values, reading.proofs, totals)
        for name, values in statements.items()
    )


def computed(reading: Reading) -> Table | None:
    """The values that were computed from others, a row a name and a column a period."""
    values = [value for value in reading.values if value.formula and has_period(value)]
    if not values:
        return None
    return _table("Computed from these values", values, {}, frozenset())


def _table(
    title: str, values: Sequence[Value], proofs: Mapping[str, Proof], totals: frozenset[str]
) -> Table:
    lines: dict[str, dict[_Span, Value]] = {}
    for value in values:
        lines.setdefault(_row_key(value), {}).setdefault(_span(value), value)
    columns = sorted({span for cells in lines.values() for span in cells}, reverse=True)
    if any(span.start for span in columns):
        columns = [span for span in columns if span.start]
    ordered = sorted(lines.values(), key=lambda cells: _place(cells, proofs))
    return Table(
        title=title,
        unit=_unit(values[0]),
        columns=_heads(columns),
        rows=_headed(row for cells in ordered if (row := _row(cells, columns, totals)) is not None),
    )


def _heads(columns: Sequence[_Span]) -> tuple[str, ...]:
    """All as printed, or all by their dates, so that columns of one kind read alike."""
    if all(span.printed for span in columns):
        return tuple(span.printed for span in columns)
    return tuple(span.dated or span.printed for span in columns)


def _headed(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, each printed line once, with the name of a section above its first inner row.

    One line may be two concepts, such as profit that is also comprehensive income.
    """
    found: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    section: list[object] = []
    for row in rows:
        printed = tuple(cell.citations[0] for cell in row.cells if cell and cell.citations)
        if printed and printed in seen:
            continue
        seen.add(printed)
        path = list(row.newest.facts.get("section") or [])
        is_new = row.is_inner and path != section
        found.append(replace(row, heading=str(path[-1])) if is_new else row)
        section = path if row.is_inner else section
    return tuple(found)


def _row(
    cells: Mapping[_Span, Value], columns: Sequence[_Span], totals: frozenset[str]
) -> Row | None:
    placed = cells if any(span in cells for span in columns) else _instants(cells, columns)
    if not any(span in placed for span in columns):
        return None
    first = next(iter(cells.values()))
    is_total = first.id in totals or first.label.lower().startswith("total")
    return Row(
        label=first.label,
        cells=tuple(placed.get(span) for span in columns),
        is_total=is_total,
        is_inner=bool(first.facts.get("section")) and not is_total,
    )


def _instants(cells: Mapping[_Span, Value], columns: Sequence[_Span]) -> dict[_Span, Value]:
    """Balances among movements belong to the movement that they open, or else close."""
    by_date = {span.end: value for span, value in cells.items()}
    if columns and max(by_date) == columns[0].end:
        return {span: by_date[span.end] for span in columns if span.end in by_date}
    return {span: by_date[day] for span in columns if (day := _day_before(span.start)) in by_date}


def _day_before(day: str) -> str:
    try:
        return str(dt.date.fromisoformat(day) - dt.timedelta(days=1))
    except ValueError:
        return ""


def has_period(value: Value) -> bool:
    """Whether the finding is of a time: as an object, or in words such as FY:2024-12-31."""
    return bool(value.facts.get("period")) and (bool(value.citations) or bool(value.formula))


def _span(value: Value) -> _Span:
    period = value.facts.get("period")
    if not isinstance(period, Mapping):
        # What is of a year and what is of its last day share a column.
        plain = str(period).removeprefix("FY:").removeprefix("instant:")
        return _Span(plain.rpartition(":")[2], "", "", period_name(plain))
    start, end = str(period.get("start") or ""), str(period.get("end") or "")
    label = str(period.get("label") or "")
    if not end:
        return _Span(end, start, label, "")
    is_duration = period.get("kind") == "duration"
    bucket = str(period.get("bucket")) if is_duration else ""
    is_short = len(label) <= LONGEST_LABEL and period.get("kind") != "instant"
    return _Span(end, start, label if is_short else "", period_name(f"{bucket}:{end}"))


def period_name(period: str) -> str:
    """``FY:2024-12-31`` as "year to 31 Dec 2024"; anything else as it is."""
    bucket, _, day = period.rpartition(":")
    try:
        end = dt.date.fromisoformat(day)
    except ValueError:
        return period
    return f"{SPANS.get(bucket, '')} {end.day} {end:%b %Y}".strip()


def _place(cells: Mapping[_Span, Value], proofs: Mapping[str, Proof]) -> tuple[int, float]:
    """Page and height of the row's first box."""
    places = [
        (proof.page or 0, proof.boxes[0].y0)
        for value in cells.values()
        for proof in (proofs.get(citation) for citation in value.citations[:1])
        if proof is not None and proof.boxes
    ]
    return min(places, default=(0, 0.0))


def _row_key(value: Value) -> str:
    marks = [name for name in ("restated", "consolidated", "basis") if name in value.facts]
    name = value.facts.get("concept") or value.label
    if value.facts.get("concept") is None:
        name = f"{value.label}|{value.facts.get('section')}"
    return "|".join([str(name), *(f"{value.facts[mark]}" for mark in marks)])


def _totals(reading: Reading) -> frozenset[str]:
    """Values that a check found to be the sum of others."""
    return frozenset(
        check.operands[-1].id
        for check in reading.checks
        if check.status == "pass" and len(check.operands) > 1 and SUM.fullmatch(check.formula)
    )


def _unit(value: Value) -> str:
    scale, currency = value.facts.get("scale"), value.facts.get("currency") or ""
    try:
        factor = FACTORS.get(int(scale), f"\N{MULTIPLICATION SIGN} {scale}") if scale else ""
    except (TypeError, ValueError):
        factor = str(scale)
    return " ".join(part for part in (str(currency), factor) if part)
