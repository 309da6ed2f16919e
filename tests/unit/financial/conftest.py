"""Statements written by hand: one line a row, the amounts behind bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from apostil.applications.financial.mapping.rows import MappedStatement
from apostil.applications.financial.statement import (
    Amount,
    Bucket,
    Column,
    ColumnKind,
    Period,
    PeriodKind,
    Row,
    Scale,
    Statement,
    StatementKind,
)
from apostil.evidence import Box, Citation

SHA = "a" * 64
Printed = Callable[..., Statement]


def cited(text: str, row: int, place: int) -> Citation:
    box = Box(50.0 * place, 20.0 * row, 50.0 * place + 40, 20.0 * row + 12)
    return Citation(document=SHA, page=row // 40 + 1, boxes=(box,), quote=text)


def number(text: str) -> Decimal | None:
    bare = text.strip("()$ ").replace(",", "")
    if bare in {"-", "\N{EM DASH}"}:
        return Decimal(0)
    if not bare.replace(".", "").isdigit():
        return None
    return -Decimal(bare) if text.startswith("(") else Decimal(bare)


def period(kind: StatementKind, year: int) -> Period:
    end = dt.date(year, 12, 31)
    if kind is StatementKind.BALANCE:
        return Period(kind=PeriodKind.INSTANT, end=end, label=f"December 31, {year}")
    start = dt.date(year, 1, 1)
    return Period(
        kind=PeriodKind.DURATION, start=start, end=end, label=str(year), bucket=Bucket.YEAR
    )


def columns_of(kind: StatementKind, kinds: str, years: tuple[int, ...]) -> tuple[Column, ...]:
    """``kinds`` has a letter a column: a for amounts, c for changes, p for percentages, o for others."""
    names = {
        "a": ColumnKind.AMOUNT,
        "c": ColumnKind.CHANGE,
        "p": ColumnKind.PERCENT,
        "o": ColumnKind.OTHER,
    }
    made: list[Column] = []
    left = list(years)
    for index, letter in enumerate(kinds):
        dated = letter == "a"
        made.append(
            Column(
                index=index,
                kind=names[letter],
                x1=300.0 + 60 * index,
                period=period(kind, left.pop(0)) if dated else None,
                header=cited(f"header {index}", 0, index + 1) if dated else None,
            )
        )
    return tuple(made)


def rows_of(text: str) -> tuple[Row, ...]:
    made: list[Row] = []
    section: tuple[str, ...] = ()
    for index, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        label, *cells = (cell.strip() for cell in line.split("|"))
        amounts = tuple(
            Amount(
                column=column,
                raw=cell,
                value=number(cell),
                citation=cited(cell, index + 1, column + 2),
            )
            for column, cell in enumerate(cells)
            if cell
        )
        if not amounts:
            section = (label.rstrip(":"),)
        made.append(
            Row(
                index=index,
                page=1,
                label=label,
                label_citation=cited(label, index + 1, 1) if label else None,
                indent=50.0,
                section=section if amounts else (),
                amounts=amounts,
            )
        )
    return tuple(made)


@pytest.fixture
def printed() -> Printed:
    """Makes a statement: ``printed("IS", "Revenue | 100 | 90", scale=1000)``, years 2022 and 2021."""

    def make(
        kind: str,
        text: str,
        *,
        columns: str = "aa",
        years: tuple[int, ...] = (2022, 2021, 2020, 2019),
        scale: Scale | None = None,
        currency: str | None = "USD",
    ) -> Statement:
        statement = StatementKind(kind)
        return Statement(
            kind=statement,
            title="Statement",
            title_citation=cited("Statement", 0, 1),
            pages=(1,),
            columns=columns_of(statement, columns, years),
            rows=rows_of(text),
            scale=scale or Scale(amounts=1_000_000),
            currency=currency,
        )

    return make


@pytest.fixture
def stored() -> Callable[[MappedStatement], dict[str, list[Decimal]]]:
    """The stored numbers of each concept of a mapped statement, column by column."""

    def collect(mapped: MappedStatement) -> dict[str, list[Decimal]]:
        found: dict[str, list[Decimal]] = {}
        for draft in mapped.drafts:
            for name in draft.names:
                assert name not in found, f"{name} is claimed twice"
                found[name] = [draft.sign * value for _, value in sorted(draft.values.items())]
        return found

    return collect
