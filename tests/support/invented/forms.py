"""The choices behind a statement of income, and what it leaves for the other statements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from invented.lines import Column, Line

Months = tuple[int, ...]
"""How long the span of each column is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """How amounts are printed: ``tick`` is the worth of one printed unit without its decimals."""

    tick: Decimal
    shares: int
    per_share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeForm:
    """The choices that shape a statement of income."""

    form: str
    minority: bool = False
    discontinued: bool = False
    parts_of_sales: bool = False
    loss: bool = False
    benefit: bool = False
    preferred: bool = False
    per_share_style: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The last figures of a statement of income, which the others begin with."""

    lines: tuple[Line, ...]
    total: Column
    parent: Column
    depreciation: Column
    pretax: Column


def sales(rng: Random, size: int, months: Months) -> Column:
    """Revenue by column: years a little apart, shorter spans in proportion."""
    value = float(rng.randint(size // 2, size * 2))
    column = []
    for count in months:
        column.append(round(value * count / 12))
        value *= rng.uniform(0.82, 1.13)
    return tuple(column)


def share(rng: Random, base: Column, low: float, high: float) -> Column:
    """A line that is a share of another one, a little different in each column."""
    part = rng.uniform(low, high)
    return tuple(round(value * part * rng.uniform(0.93, 1.07)) for value in base)


def earnings(parent: Column, shares: Column, scaling: Scaling) -> tuple[Decimal, ...]:
    """Earnings per share as printed: to the cent, or to a tenth of a penny."""
    places = Decimal("0.01") if scaling.per_share == 1 else Decimal("0.1")
    return tuple(
        (result * scaling.tick / (held * scaling.shares) / scaling.per_share).quantize(
            places, ROUND_HALF_UP
        )
        for result, held in zip(parent, shares, strict=True)
    )
