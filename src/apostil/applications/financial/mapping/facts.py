"""From mapped rows to facts: a period, a sign and a scale for every number, and one fact for one
thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apostil.applications.financial.mapping.factors import Factors, factors
from apostil.applications.financial.mapping.lines.draft import (
    ADJUSTED,
    Draft,
    amount_columns,
    is_adjusted,
)
from apostil.applications.financial.mapping.rows import MappedStatement
from apostil.applications.financial.result import Basis, Fact, State
from apostil.applications.financial.rules.concepts import Concept, How, Unit, concepts
from apostil.applications.financial.statement import (
    Amount,
    Column,
    Period,
    PeriodKind,
    StatementKind,
)
from apostil.evidence import CitationIndex, Method

CONFIDENCE = {How.EXACT: 0.9, How.SYNONYM: 0.9, How.FUZZY: 0.75, How.STRUCTURAL: 0.6}
CONFIRMED = 0.98
"""Confidence of a labelled fact that a passed check uses."""
FAILED = 0.6
"""Factor on the confidence of a fact that a failed check uses."""
OCR_CAP = 0.8

_CASH_ENDS = {"cash_begin", "cash_end"}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a fact comes from: which statement, row and column."""

    statement: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The facts with the statements that they were read from.

    ``ids`` gives the id of the first fact of a cell, mapped or not.
    """

    statements: tuple[MappedStatement, ...]
    facts: tuple[Fact, ...]
    unmapped: tuple[Fact, ...]
    ids: dict[Cell, str]

    def by_concept(self, column: Column) -> dict[str, Fact]:
        """The facts of a column's period (or its end) by concept, across all statements."""
        if column.period is None:
            return {}
        found: dict[str, Fact] = {}
        for fact in self.facts:
            if fact.concept is not None and _same_column(fact, column, column.period):
                found.setdefault(fact.concept, fact)
        return found


def period_key(period: Period) -> str:
    """``2022-12-31`` for a date, ``FY:2022-12-31`` for a span that ends there."""
    if period.kind is PeriodKind.INSTANT:
        return period.end.isoformat()
    return f"{period.bucket or 'span'}:{period.end.isoformat()}"


def _same_column(fact: Fact, column: Column, period: Period) -> bool:
    return (
        fact.consolidated == column.consolidated
        and fact.restated == column.restated
        and period_key(fact.period) == period_key(period)
    )


def assert_facts(
    mapped: Sequence[MappedStatement], citations: CitationIndex, *, basis: Basis = Basis.UNKNOWN
) -> Book:
    """One fact for each mapped cell with a known period; the others are kept as unmapped.

    Where two places give a concept and period different values, neither is asserted.
    """
    factor = factors(mapped)
    drafted = [
        (cell, fact)
        for index, statement in enumerate(mapped)
        for cell, fact in _cells(index, statement, factor, basis)
    ]
    asserted, others = _one_for_each(drafted)
    facts: list[Fact] = []
    unmapped: list[Fact] = []
    ids: dict[Cell, str] = {}
    for (cell, source), taken in [
        *((pair, True) for pair in asserted),
        *((pair, False) for pair in others),
    ]:
        target, letter = (facts, "f") if taken else (unmapped, "u")
        fact = source.cite(citations, f"{letter}{len(target) + 1}")
        target.append(fact)
        ids.setdefault(cell, fact.id)
    return Book(statements=tuple(mapped), facts=tuple(facts), unmapped=tuple(unmapped), ids=ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A fact before its citations have ids."""

    fact: Fact
    amount: Amount
    draft: Draft
    column: Column
    mapped: MappedStatement

    def cite(self, citations: CitationIndex, identifier: str) -> Fact:
        support: dict[str, str] = {}
        label, header = self.draft.row.label_citation, self.column.header
        scale = self.mapped.statement.scale.citation
        for role, citation in (("label", label), ("header", header), ("scale", scale)):
            if citation is not None:
                support[role] = citations.add(citation)
        return replace(
            self.fact,
            id=identifier,
            citations=(citations.add(self.amount.citation),),
            support=support,
        )


def _cells(
    index: int, mapped: MappedStatement, factor: Factors, basis: Basis
) -> Iterator[tuple[Cell, _Source]]:
    statement = mapped.statement
    columns = {column.index: column for column in statement.columns}
    kept = set(amount_columns(statement))
    for draft in mapped.drafts:
        for amount in draft.row.amounts:
            column = columns.get(amount.column)
            if (
                column is None
                or amount.column not in kept
                or amount.value is None
                or amount.is_percent
            ):
                continue
            for name in draft.names or (None,):
                concept = concepts()[name] if name is not None else None
                period = _period(statement.kind, column.period, name)
                if period is None:
                    continue
                fact = _fact(mapped, draft, amount, column, concept)
                fact = replace(
                    fact,
                    period=period,
                    scale=factor.scale(index, draft, concept),
                    basis=_basis(mapped, column, basis),
                )
                yield (
                    Cell(index, draft.row.index, column.index),
                    _Source(fact=fact, amount=amount, draft=draft, column=column, mapped=mapped),
                )


def _fact(
    mapped: MappedStatement, draft: Draft, amount: Amount, column: Column, concept: Concept | None
) -> Fact:
    currency = column.currency or mapped.statement.currency
    unit = (
        concept.unit
        if concept is not None
        else Unit(draft.place)
        if draft.place in {"per_share", "shares"}
        else Unit.AMOUNT
    )
    confidence = CONFIDENCE[draft.how] if draft.how is not None else 0.5
    if amount.citation.method is Method.OCR:
        confidence = min(confidence, OCR_CAP)
    value = amount.value if amount.value is not None else Decimal(0)
    if draft.sign < 0 and value:
        value = -value
    return Fact(
        id="",
        concept=concept.name if concept is not None else None,
        us_gaap=concept.us_gaap[0] if concept is not None and concept.us_gaap else None,
        ifrs=concept.ifrs[0] if concept is not None and concept.ifrs else None,
        label=draft.label,
        statement=mapped.statement.kind.value,
        section=draft.row.section,
        period=Period(kind=PeriodKind.INSTANT, end=dt.date.min, label=""),
        value=value,
        raw=amount.raw,
        scale=None,
        unit={
            Unit.AMOUNT: currency or "currency",
            Unit.SHARES: "shares",
            Unit.PER_SHARE: f"{currency or 'currency'}/share",
        }[unit],
        currency=None if unit is Unit.SHARES else currency,
        consolidated=column.consolidated and mapped.statement.consolidated,
        restated=column.restated,
        how=draft.how.value if draft.how is not None else "",
        confidence=confidence,
        derived_label=draft.derived_label,
        citations=(),
    )


def _period(kind: StatementKind, period: Period | None, name: str | None) -> Period | None:
    """The period of a cell: balance sheet rows and the cash at both ends are dates."""
    if period is None:
        return None
    if kind is StatementKind.BALANCE:
        return period if period.kind is PeriodKind.INSTANT else _date(period.end, period.label)
    if period.kind is PeriodKind.INSTANT:
        return None
    if name == "cash_begin":
        if period.start is None:
            return None
        day = period.start - dt.timedelta(days=1)
        return _date(day, period.label)
    return _date(period.end, period.label) if name == "cash_end" else period


def _date(day: dt.date, label: str) -> Period:
    return Period(kind=PeriodKind.INSTANT, end=day, label=label)


def _basis(mapped: MappedStatement, column: Column, basis: Basis) -> Basis:
    if is_adjusted(column) or ADJUSTED.search(mapped.statement.title):
        return Basis.NON_GAAP
    return basis


_Pair = tuple[Cell, _Source]


def _one_for_each(drafted: Sequence[_Pair]) -> tuple[list[_Pair], list[_Pair]]:
    """Splits the drafted facts: at most one a concept, period and view of the entity.

    Equal values keep the first place, unmapped ones are set apart. Of different values none is kept.
    """
    groups: dict[object, list[_Pair]] = {}
    others: list[_Pair] = []
    for pair in drafted:
        fact = pair[1].fact
        if fact.concept is None:
            others.append(pair)
        else:
            key = (
                fact.concept,
                period_key(fact.period),
                fact.consolidated,
                fact.restated,
                fact.basis is Basis.NON_GAAP,
            )
            groups.setdefault(key, []).append(pair)
    asserted: list[_Pair] = []
    for group in groups.values():
        amounts = {
            (pair[1].fact.absolute, pair[1].fact.value if pair[1].fact.absolute is None else None)
            for pair in group
        }
        if len(amounts) == 1:
            asserted.append(group[0])
            continue
        for cell, source in group:
            fact = replace(source.fact, state=State.CONFLICTING)
            others.append((cell, replace(source, fact=fact)))
    order = {id(pair[1].draft): number for number, pair in enumerate(drafted)}
    asserted.sort(key=lambda pair: (pair[0].statement, order[id(pair[1].draft)], pair[0].column))
    return asserted, others
