"""A row on its way to a fact: what is known of it so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apostil.applications.financial.rules.concepts import How
from apostil.applications.financial.rules.labels import normalise
from apostil.applications.financial.statement import (
    Column,
    ColumnKind,
    Row,
    Statement,
    StatementKind,
)

ADJUSTED = re.compile(r"(?i)\b(?:non[- ]?gaap|adjusted|pro ?forma|underlying)\b")
"""Words by which a report names figures that are not by accounting standards."""

UNLABELLED = {"", "total", "totals", "sub total", "subtotal"}
"""Labels that say nothing about which total it is."""

LEAST_ROWS = 3
SUM_SHARE = 0.8
"""How many rows, and which share of them, show that a column is the sum of its neighbours."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A row with amounts, and the concepts that it is taken for; changed while rules are applied.

    ``values`` are the printed numbers by column, dashes as 0, without blanks and percentages.
    ``sign`` turns the print into the stored value; ``effect`` is what the print adds to income
    (1 or -1), once arithmetic or wording has told. ``members`` are the rows that it is the sum of.
    """

    row: Row
    position: int
    place: str
    label: str
    text: str
    values: Mapping[int, Decimal]
    headings: tuple[str, ...] = ()
    derived_label: bool = False
    names: tuple[str, ...] = ()
    how: How | None = None
    sign: int = 1
    effect: int = 0
    members: tuple[int, ...] = ()
    proven: bool = field(default=False)

    def drop(self) -> None:
        """Leave the row unmapped: better no concept than a wrong one."""
        self.names, self.how = (), None

    def take(self, *names: str, how: How | None = None) -> None:
        self.names = names
        self.how = how or self.how or How.STRUCTURAL


def amount_columns(statement: Statement) -> tuple[int, ...]:
    """Indexes of the columns that facts may be taken from: those of amounts.

    Of several columns for one period only the one that is the sum of the others counts
    ("Revenue | Capital | Total"), or the one in the statement's own currency; else none does.
    """
    columns = [column for column in statement.columns if column.kind is ColumnKind.AMOUNT]
    groups: dict[object, list[Column]] = {}
    for column in columns:
        period = column.period
        span = (period.kind, period.start, period.end) if period is not None else column.index
        view = (span, column.consolidated, column.restated, is_adjusted(column))
        groups.setdefault(view, []).append(column)
    kept = {column.index for group in groups.values() for column in _telling(statement, group)}
    return tuple(column.index for column in columns if column.index in kept)


def is_adjusted(column: Column) -> bool:
    """Whether the header says that the column is not by accounting standards."""
    return column.header is not None and bool(ADJUSTED.search(column.header.quote))


def _telling(statement: Statement, group: list[Column]) -> list[Column]:
    if len(group) == 1:
        return group
    own = [column for column in group if column.currency == statement.currency]
    if len(own) == 1 and statement.currency is not None:
        return own
    return [column for column in group if _is_sum(statement, column, group)]


def _is_sum(statement: Statement, whole: Column, group: Sequence[Column]) -> bool:
    """Whether a column is the sum of the others in nearly every row that has numbers in it."""
    parts = [column.index for column in group if column is not whole]
    holds = rows = 0
    for row in statement.rows:
        values = printed_values(row, [whole.index, *parts])
        if whole.index not in values or len(values) < 2:
            continue
        rows += 1
        total = sum((values.get(part, Decimal(0)) for part in parts), Decimal(0))
        holds += abs(total - values[whole.index]) <= max(Decimal(1), abs(total) / 100)
    return rows >= LEAST_ROWS and holds >= SUM_SHARE * rows


def printed_values(row: Row, columns: Iterable[int]) -> dict[int, Decimal]:
    wanted = set(columns)
    return {
        amount.column: amount.value
        for amount in row.amounts
        if amount.column in wanted and amount.value is not None and not amount.is_percent
    }


def spelling(statement: Statement, label: str) -> str:
    return normalise(label, balance=statement.kind is StatementKind.BALANCE)


def named(drafts: Sequence[Draft], *names: str) -> list[Draft]:
    """The drafts that are taken for one of these concepts, in the order of print."""
    wanted = set(names)
    return [draft for draft in drafts if wanted & set(draft.names)]


def first(drafts: Sequence[Draft], *names: str) -> Draft | None:
    """The draft of the first of these concepts that is there."""
    for name in names:
        found = named(drafts, name)
        if found:
            return found[0]
    return None
