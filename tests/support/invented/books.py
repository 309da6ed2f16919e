"""The three statements of an invented company, in agreement with each other."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from invented.balance import balance_sheet
from invented.cash import cash_statement
from invented.forms import Result, sales, share
from invented.income import income_statement
from invented.layout import Layout
from invented.lines import (
    Column,
    Content,
    Line,
    add,
    final,
    heading,
    item,
    minus,
    total,
    with_notes,
)

_GROUP, _ALONE = 3, 2


def statements(layout: Layout, rng: Random) -> tuple[Content, ...]:
    """Income, balance sheet, cash flows, and comprehensive income where it stands apart."""
    size = layout.size // _GROUP if layout.pair else layout.size
    months = tuple(moment.months for moment in layout.income_moments)
    result = income_statement(rng, layout.income, size=size, months=months, scaling=layout.scaling)
    kept = [layout.income_moments.index(moment) for moment in layout.flow_moments]
    flow = cash_statement(
        rng,
        layout.cash,
        _only(result, kept),
        revenue=sales(rng, size, tuple(months[number] for number in kept)),
        chain=_chain(layout),
    )
    change = next(line for line in flow.lines if line.concept == "net_change_cash")
    closing, moved = flow.end[0], change.cells[0]
    held = (closing, closing - int(moved or 0))
    locked = share(rng, held, 0.05, 0.15) if layout.balance.restricted else (0, 0)
    revenue = sales(rng, size, (12, 12))
    sheet = balance_sheet(
        rng, layout.balance, cash=add(held, minus(locked)), restricted=locked, revenue=revenue
    )
    beyond = _comprehensive(rng, result, months=months)
    lines = (*result.lines, *beyond[1:]) if layout.comprehensive == "joined" else result.lines
    contents = [
        Content(kind="IS", moments=layout.income_moments, lines=lines),
        Content(kind="BS", moments=layout.dates, lines=sheet.lines, split_at=sheet.second_half),
        Content(
            kind="CF", moments=layout.flow_moments, lines=flow.lines, split_at=_middle(flow.lines)
        ),
    ]
    if layout.comprehensive == "apart":
        contents.insert(1, Content(kind="OCI", moments=layout.income_moments, lines=beyond))
    return tuple(_finished(layout, rng, content) for content in contents)


def _comprehensive(rng: Random, result: Result, *, months: tuple[int, ...]) -> tuple[Line, ...]:
    """From the result to comprehensive income."""
    base = tuple(max(9, abs(value)) for value in result.total)
    exchange, pensions = share(rng, base, 0.05, 0.2), share(rng, base, 0.01, 0.1)
    other = add(minus(exchange), pensions)
    name = "Net loss" if max(result.total) < 0 else "Net income"
    period = "year" if set(months) == {12} else "period"
    return (
        Line(label=name, cells=result.total),
        heading("Other comprehensive income (loss), net of tax:"),
        item("Foreign currency translation adjustments", minus(exchange)),
        item(f"Pension adjustments for the {period}", pensions),
        total("Total other comprehensive loss", other),
        final("Comprehensive income (loss)", add(result.total, other)),
    )


def _only(result: Result, kept: list[int]) -> Result:
    def of(column: Column) -> Column:
        return tuple(column[number] for number in kept)

    return replace(
        result,
        total=of(result.total),
        parent=of(result.parent),
        depreciation=of(result.depreciation),
        pretax=of(result.pretax),
    )


def _chain(layout: Layout) -> str:
    months = [moment.months for moment in layout.flow_moments]
    if set(months) == {12}:
        return "years"
    return "half" if len(months) == 3 else "apart"


def _middle(lines: tuple[Line, ...]) -> int:
    """Where a long statement of cash flows goes on the next page: before the last part."""
    return next(
        number for number, line in enumerate(lines) if not line.cells and "financing" in line.label
    )


def _finished(layout: Layout, rng: Random, content: Content) -> Content:
    """With names, notes, and the columns in the order of print."""
    short = layout.company.partition(",")[0].removesuffix(" plc").removesuffix(" Limited")
    lines = tuple(
        replace(line, label=line.label.replace("[company]", short)) for line in content.lines
    )
    if layout.rounding and not layout.pair:
        lines = _rounded(lines, rng)
    content = replace(content, lines=with_notes(lines, rng) if layout.notes else lines)
    return content if layout.newest_first else _older_first(content)


def _rounded(lines: tuple[Line, ...], rng: Random) -> tuple[Line, ...]:
    """One part that its own rounding moved by a unit: its sum misses it, as in print."""
    free = [
        number
        for number, line in enumerate(lines)
        if line.concept is None
        and line.cells
        and line.unit == "amount"
        and not line.total
        and not line.label.startswith(("Net ", "Profit", "Loss"))
    ]
    if not free:
        return lines
    moved = rng.choice(free)
    step = rng.choice((-1, 1))
    return tuple(
        replace(line, cells=tuple(cell and cell + step for cell in line.cells))
        if number == moved
        else line
        for number, line in enumerate(lines)
    )


def _older_first(content: Content) -> Content:
    """The columns of each length turned round: the lengths keep their places."""
    places: list[int] = []
    for months in dict.fromkeys(moment.months for moment in content.moments):
        group = [n for n, moment in enumerate(content.moments) if moment.months == months]
        places += group[::-1]
    return replace(
        content,
        moments=tuple(content.moments[n] for n in places),
        lines=tuple(
            replace(line, cells=tuple(line.cells[n] for n in places)) if line.cells else line
            for line in content.lines
        ),
    )


def times(content: Content, factor: int) -> Content:
    """The same statement of an entity so many times as large; sums hold as before."""
    return replace(
        content,
        lines=tuple(
            replace(
                line, cells=tuple(None if cell is None else cell * factor for cell in line.cells)
            )
            for line in content.lines
        ),
    )


def group_and_company(content: Content) -> tuple[Content, Content]:
    """The consolidated statement and that of the company alone."""
    return times(content, _GROUP), times(content, _ALONE)
