"""What all checks share: the column they look at, their operands, and how a status is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apostil.applications.financial.mapping.facts import Book, Cell, period_key
from apostil.applications.financial.mapping.lines.draft import Draft, amount_columns, named
from apostil.applications.financial.mapping.rows import MappedStatement
from apostil.applications.financial.result import Fact
from apostil.applications.financial.rules.sums import (
    Way,
    is_swapped,
    tolerance,
    total_of,
)
from apostil.applications.financial.statement import Column
from apostil.evidence import Check, CheckStatus

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class View:
    """One column of one statement with the facts of its period from all statements."""

    book: Book
    index: int
    mapped: MappedStatement
    column: Column
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def period(self) -> str:
        period = self.column.period
        return period_key(period) if period is not None else ""

    @property
    def unit(self) -> Decimal:
        return self.mapped.unit

    def fact_id(self, draft: Draft) -> str | None:
        return self.book.ids.get(Cell(self.index, draft.row.index, self.column.index))

    def ids(self, drafts: Iterable[Draft]) -> tuple[str, ...]:
        return tuple(found for draft in drafts if (found := self.fact_id(draft)) is not None)

    def printed(self, draft: Draft) -> Decimal | None:
        return draft.values.get(self.column.index)

    def stored(self, draft: Draft) -> Decimal | None:
        value = self.printed(draft)
        return None if value is None else draft.sign * value

    def draft(self, name: str) -> Draft | None:
        """The row of this statement that is this concept, if it has a number in the column."""
        return next(
            (d for d in named(self.mapped.drafts, name) if self.printed(d) is not None), None
        )


def views(book: Book) -> list[View]:
    """The columns with a known period, the latest first within a statement."""
    found: list[View] = []
    for index, mapped in enumerate(book.statements):
        kept = set(amount_columns(mapped.statement))
        columns = [c for c in mapped.statement.columns if c.index in kept and c.period is not None]
        found.extend(
            View(book, index, mapped, column, book.by_concept(column)) for column in columns
        )
    return found


def check_id(rule: str, view: View) -> str:
    mark = "" if view.column.consolidated else ":parent"
    return f"{rule}@{view.period}{':restated' if view.column.restated else ''}{mark}"


def not_applicable(rule: str, view: View, formula: str, reason: str) -> Check:
    return Check(
        id=check_id(rule, view),
        formula=formula,
        operands=(),
        status=CheckStatus.NOT_APPLICABLE,
        period=view.period,
        note=reason,
    )


def compared(  # noqa: PLR0913 - the parts of a check, all by name
    rule: str,
    view: View,
    *,
    formula: str,
    operands: Sequence[str],
    expected: Decimal,
    found: Decimal,
    allowed: Decimal,
    worst: CheckStatus = CheckStatus.FAIL,
    note: str = "",
) -> Check:
    """A check of two numbers: passed when they differ by no more than ``allowed``."""
    difference = found - expected
    holds = abs(difference) <= allowed
    return Check(
        id=check_id(rule, view),
        formula=formula,
        operands=tuple(dict.fromkeys(operands)),
        status=CheckStatus.PASS if holds else worst,
        period=view.period,
        expected=expected,
        found=found,
        difference=difference,
        tolerance=allowed,
        note=note,
    )


def spoken(draft: Draft) -> str:
    """What a row is called in a formula."""
    return draft.names[0] if draft.names else f"[{draft.label or 'unlabelled'}]"


def led(
    rule: str,
    view: View,
    *,
    start: tuple[str, dict[int, Decimal], Sequence[Draft]],
    items: Sequence[Draft],
    way: Way,
    end: Draft,
) -> Check:
    """A check that a start and the rows after it lead to a subtotal.

    ``way`` holds the signs that arithmetic found for all columns together. Where it holds in no
    column the rows are not understood, and nothing can be said unless all of them are known.
    """
    name, values, first_rows = start
    terms = "".join(
        f" {'+' if sign > 0 else '-'} {spoken(item)}"
        for sign, item in zip(way.signs, items, strict=True)
    )
    formula = f"{name}{terms} = {spoken(end)}"
    column = view.column.index
    found = view.stored(end)
    if found is None or column not in values:
        return not_applicable(rule, view, formula, "a line is not printed for this period")
    lines = [*(item.values for item in items), values, end.values]
    understood = way.columns or all(item.names for item in items)
    if not understood and not is_swapped(_deviations(values, items, way, end), lines, view.unit):
        return not_applicable(
            rule, view, formula, "lines between the two subtotals are not understood"
        )
    expected = values[column] + sum(
        (sign * item.values.get(column, ZERO) for sign, item in zip(way.signs, items, strict=True)),
        ZERO,
    )
    operands = view.ids([*first_rows, *items, end])
    return compared(
        rule,
        view,
        formula=formula,
        operands=operands,
        expected=expected,
        found=found,
        allowed=tolerance(len(items) + 2, view.unit),
    )


def _deviations(
    start: dict[int, Decimal], items: Sequence[Draft], way: Way, end: Draft
) -> dict[int, Decimal]:
    return {
        column: start[column]
        + sum(
            (
                sign * item.values.get(column, ZERO)
                for sign, item in zip(way.signs, items, strict=True)
            ),
            ZERO,
        )
        - end.sign * value
        for column, value in end.values.items()
        if column in start
    }


def summed(rule: str, view: View, *, total: Draft, items: Sequence[Draft]) -> Check:
    """A check that a total is the sum of its rows, with the signs of print."""
    formula = f"sum of {len(items)} lines = {spoken(total)}"
    found = view.printed(total)
    if found is None or len(items) < 1:
        return not_applicable(rule, view, formula, "the lines of this total are not printed")
    deviations = {
        column: total_of([item.values for item in items], column) - value
        for column, value in total.values.items()
    }
    allowed = tolerance(len(items), view.unit)
    lines = [*(item.values for item in items), total.values]
    certain = any(abs(value) <= allowed for value in deviations.values())
    if not certain and not is_swapped(deviations, lines, view.unit):
        return not_applicable(
            rule, view, formula, "which lines belong to this total is not certain"
        )
    expected = total_of([item.values for item in items], view.column.index)
    return compared(
        rule,
        view,
        formula=formula,
        operands=view.ids([*items, total]),
        expected=expected,
        found=found,
        allowed=tolerance(len(items), view.unit),
    )


def members_of(view: View, total: Draft, place: str) -> list[Draft]:
    """The rows of a total: those that were found to add up to it, else all of its place above it."""
    drafts = view.mapped.drafts
    if total.members:
        return [drafts[index] for index in total.members]
    hidden = {
        index for draft in drafts if draft.position < total.position for index in draft.members
    }
    return [
        draft
        for index, draft in enumerate(drafts)
        if draft.place == place and draft.position < total.position and index not in hidden
    ]
