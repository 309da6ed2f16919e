"""Which rows add up to which: the arithmetic that proves totals, signs and unlabelled lines.

All numbers are printed ones, by column. A sum of n rounded items may differ from its total by half
a unit of print for each item, and by one unit at least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

Values = Mapping[int, Decimal]

ALL_SIGNS_UP_TO = 9
"""With more items than this only few flips are tried: chance would find a match among 2^n."""


def unit_of_print(values: Iterable[Decimal]) -> Decimal:
    """The step in which most numbers are printed: 1, 0.1, 0.01. A rate among amounts does not count."""
    exponents = [
        exponent for value in values if isinstance(exponent := value.as_tuple().exponent, int)
    ]
    common = Counter(exponents).most_common(1)
    return Decimal(1).scaleb(min(0, common[0][0]) if common else 0)


def tolerance(items: int, unit: Decimal) -> Decimal:
    """``max(1 unit, half a unit for each item)``."""
    return max(unit, unit * items / 2)


def total_of(items: Sequence[Values], column: int) -> Decimal:
    return sum((item.get(column, Decimal(0)) for item in items), Decimal(0))


def adds_up(items: Sequence[Values], total: Values, unit: Decimal) -> bool:
    """Whether the items give the total in every column of it, one of which is not 0."""
    if not items or not any(total.values()):
        return False
    allowed = tolerance(len(items), unit)
    return all(abs(total_of(items, column) - value) <= allowed for column, value in total.items())


@dataclass(frozen=True, slots=True)
class Line:
    """A row for the search of sums. ``is_total`` when its label says that it may be one;
    ``is_named_total`` when it says so for certain: it may then repeat a single line above."""

    values: Values
    is_total: bool
    is_named_total: bool = False


def find_members(lines: Sequence[Line], unit: Decimal) -> dict[int, tuple[int, ...]]:
    """For each line that is the sum of lines before it, the indexes of those lines.

    A line that was found to be a member is hidden behind its total, so that "total assets" is the
    sum of "total current assets" and the lines after it. The shortest run that fits is taken.
    """
    stack: list[int] = []
    members: dict[int, tuple[int, ...]] = {}
    for index, line in enumerate(lines):
        size = _run(lines, stack, line, unit) if line.is_total else 0
        if size:
            members[index] = tuple(stack[-size:])
            del stack[-size:]
        stack.append(index)
    return members


def _run(lines: Sequence[Line], stack: Sequence[int], total: Line, unit: Decimal) -> int:
    for size in range(1 if total.is_named_total else 2, len(stack) + 1):
        items = [lines[index].values for index in stack[-size:]]
        if adds_up(items, total.values, unit):
            return size
    return 0


@dataclass(frozen=True, slots=True)
class Way:
    """How items lead from one total to another: a sign for each, and the columns where it holds."""

    signs: tuple[int, ...]
    columns: frozenset[int]


def find_way(
    start: Values, items: Sequence[Values], end: Values, *, prior: Sequence[int], unit: Decimal
) -> Way:
    """The signs under which ``start`` plus the items gives ``end`` in most columns.

    The same signs must hold for a row in all columns; among equals the one closest to ``prior``
    (what the words of the labels say) wins. Where only one column can tell, no more than one sign
    is turned against the words.
    """
    columns = [column for column in end if column in start]
    most_flips = len(items) if len(columns) > 1 else 1
    if len(items) > ALL_SIGNS_UP_TO:
        most_flips = min(most_flips, 2)
    best = Way(tuple(prior), _holds(start, items, end, prior, unit, columns))
    for flips in range(1, most_flips + 1):
        if len(best.columns) == len(columns):
            break
        for turned in combinations(range(len(items)), flips):
            signs = [-sign if index in turned else sign for index, sign in enumerate(prior)]
            held = _holds(start, items, end, signs, unit, columns)
            if len(held) > len(best.columns) and (len(held) > 1 or len(columns) == 1):
                best = Way(tuple(signs), held)
    return best


def _holds(
    start: Values,
    items: Sequence[Values],
    end: Values,
    signs: Sequence[int],
    unit: Decimal,
    columns: Sequence[int],
) -> frozenset[int]:
    allowed = tolerance(len(items) + 1, unit)
    zero = Decimal(0)
    return frozenset(
        column
        for column in columns
        if abs(
            start[column]
            + sum(
                (sign * item.get(column, zero) for sign, item in zip(signs, items, strict=True)),
                zero,
            )
            - end[column]
        )
        <= allowed
    )


def is_swapped(deviations: Values, rows: Sequence[Values], unit: Decimal) -> bool:
    """Whether a sum misses in two columns by what one row would make up if its two were exchanged.

    ``deviations`` are the sums without their totals, by column.
    """
    for one, other in combinations(sorted(deviations), 2):
        first, second = deviations[one], deviations[other]
        if abs(first) <= 3 * unit or abs(first + second) > 2 * unit:
            continue
        for row in rows:
            if (
                one in row
                and other in row
                and abs(abs(row[one] - row[other]) - abs(first)) <= 2 * unit
            ):
                return True
    return False
