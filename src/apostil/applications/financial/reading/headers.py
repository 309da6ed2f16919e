"""Which header words stand over which column, also those that span several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from apostil.applications.financial.reading.table import Grid, GridColumn, HeaderRun
from apostil.applications.financial.rules.periods import Pieces, read_pieces
from apostil.applications.financial.statement import Period

_NEAR = 30.0
_OVERHANG = 6.0
_LEAST_SHARE = 0.22
_WIDEST = 90.0
_CENTRED = 4.0


@dataclass(slots=True)
class ColumnHeader:
    """The words for one column: its own, those over several columns, those left of all columns
    and those of whole lines above. Each list runs from the top of the header down."""

    own: list[HeaderRun] = field(default_factory=list)
    spanning: list[HeaderRun] = field(default_factory=list)
    left: list[HeaderRun] = field(default_factory=list)
    above: list[HeaderRun] = field(default_factory=list)

    def own_text(self) -> str:
        return " ".join(run.text for run in self.own)

    def text(self) -> str:
        return " ".join(run.text for run in [*self.spanning, *self.own])

    def levels(self) -> list[Pieces]:
        """The header's parts for reading the period, the nearest first."""
        own = read_pieces(self.own_text())
        spanning = [read_pieces(run.text) for run in reversed(self.spanning)]
        joined = read_pieces(" ".join(run.text for run in self.spanning))
        left = [read_pieces(run.text) for run in reversed(self.left)]
        above = [read_pieces(run.text) for run in reversed(self.above)]
        return [own, *([joined] if len(spanning) > 1 else []), *spanning, *left, *above]

    def cited(self, period: Period | None) -> list[HeaderRun]:
        """The runs that give the period: every run with a part of a period in it, nearest first,
        until date and length are both named."""
        if period is None:
            return self.own
        runs = [run for run in [*self.spanning, *self.own] if not read_pieces(run.text).is_empty()]
        pieces = read_pieces(" ".join(run.text for run in runs))
        missing = (period.start is not None and not pieces.lengths) or not (
            pieces.ends() or (pieces.years and pieces.dates)
        )
        if missing:
            more = [
                run for run in [*self.left, *self.above] if not read_pieces(run.text).is_empty()
            ]
            runs = [*more[-2:], *runs]
        page = runs[0].page if runs else 0
        return [run for run in runs if run.page == page]


def read_headers(grid: Grid) -> list[ColumnHeader]:
    """The header of each column of the grid."""
    headers = [ColumnHeader() for _ in grid.columns]
    amounts = [number for number, column in enumerate(grid.columns) if not column.is_note]
    lines: dict[tuple[int, int], list[HeaderRun]] = {}
    for run in grid.header:
        lines.setdefault((run.page, run.line), []).append(run)
    for runs in lines.values():
        _assign(runs, grid.columns, amounts, headers)
    return headers


def _assign(
    runs: Sequence[HeaderRun],
    columns: Sequence[GridColumn],
    amounts: Sequence[int],
    headers: Sequence[ColumnHeader],
) -> None:
    if not amounts:
        return
    edge = min(columns[number].x0 for number in amounts)
    left = edge - _reach(columns, amounts)
    over = [run for run in runs if not _is_left(run, left, columns)]
    for number in amounts:
        headers[number].left += [run for run in runs if run not in over]
    if not over:
        return
    if len(runs) == 1 and _is_title_line(runs[0], edge, len(amounts)):
        for number in amounts:
            headers[number].above.append(runs[0])
        return
    for run, numbers in _targets(over, columns, amounts):
        for number in numbers:
            header = headers[number]
            (header.spanning if len(numbers) > 1 else header.own).append(run)


def _is_left(run: HeaderRun, left: float, columns: Sequence[GridColumn]) -> bool:
    """Whether words stand left of where the header of the first column of amounts may begin."""
    if (run.x0 + run.x1) / 2 >= left:
        return False
    notes = [column for column in columns if column.is_note]
    return not any(column.x0 < run.x1 and run.x0 < column.x1 for column in notes) or bool(
        read_pieces(run.text).lengths
    )


def _is_title_line(run: HeaderRun, edge: float, columns: int) -> bool:
    """Whether a line is a sentence below the title ("for the six months ended 30 June 2022"): it
    begins far left of the columns, or it alone holds a whole date above several of them."""
    pieces = read_pieces(run.text)
    is_sentence = bool(pieces.lengths) or run.text.lower().startswith(("as at", "as of", "at "))
    is_dated = is_sentence and len(pieces.ends()) == 1 and columns > 1
    return is_dated or run.x0 < edge - 0.6 * (run.x1 - run.x0)


def _targets(
    runs: Sequence[HeaderRun], columns: Sequence[GridColumn], amounts: Sequence[int]
) -> list[tuple[HeaderRun, list[int]]]:
    """For each run of a line the columns below it."""
    if len(runs) == len(amounts):
        return [(run, [number]) for run, number in zip(runs, amounts, strict=True)]
    touched = [_touched(run, columns, amounts) for run in runs]
    pieces = [read_pieces(run.text) for run in runs]
    if (
        len(runs) == 1
        and _is_for_all(pieces[0])
        and (len(touched[0]) != 1 or _is_centred(runs[0], columns, amounts, touched[0][0]))
    ):
        return [(runs[0], list(amounts))]
    share = len(amounts) // len(runs)
    if share > 1 and len(runs) > 1 and len(amounts) % len(runs) == 0:
        groups = [list(amounts[n * share : (n + 1) * share]) for n in range(len(runs))]
        if all(set(some) <= set(group) for some, group in zip(touched, groups, strict=True)):
            return list(zip(runs, groups, strict=True))
    return [
        (run, some or _nearest(run, columns, amounts))
        for run, some in zip(runs, touched, strict=True)
    ]


def _is_centred(
    run: HeaderRun, columns: Sequence[GridColumn], amounts: Sequence[int], own: int
) -> bool:
    """Whether a run stands over the middle of all columns rather than of the one below it."""
    middle = (run.x0 + run.x1) / 2
    group = (columns[amounts[0]].x0 + columns[amounts[-1]].x1) / 2
    single = (columns[own].x0 + columns[own].x1) / 2
    return abs(middle - group) <= abs(middle - single) + _CENTRED


def _is_for_all(pieces: Pieces) -> bool:
    """Whether words name a length, or a day without its year: columns below complete them."""
    if pieces.marks:
        return False
    years = pieces.all_years()
    return len(years) > 1 or (not years and bool(pieces.lengths or pieces.dates))


def _touched(run: HeaderRun, columns: Sequence[GridColumn], amounts: Sequence[int]) -> list[int]:
    """The columns over which a run stands with a good part of its width.

    A column reaches from the right edge of the one before it to its own: headers stand centred,
    or left of the digits, or flush with them.
    """
    least = _LEAST_SHARE * (run.x1 - run.x0)
    left = min(columns[number].x0 for number in amounts) - _reach(columns, amounts)
    touched = []
    for number in amounts:
        right = columns[number].x1 + _OVERHANG
        if min(right, run.x1) - max(left, run.x0) > least:
            touched.append(number)
        left = right
    return touched


def _reach(columns: Sequence[GridColumn], amounts: Sequence[int]) -> float:
    """How far left of its digits the first column's header may begin."""
    edges = [columns[number].x1 for number in amounts]
    return min((b - a for a, b in pairwise(edges)), default=_WIDEST)


def _nearest(run: HeaderRun, columns: Sequence[GridColumn], amounts: Sequence[int]) -> list[int]:
    middle = (run.x0 + run.x1) / 2
    number = min(
        amounts, key=lambda number: abs((columns[number].x0 + columns[number].x1) / 2 - middle)
    )
    column = columns[number]
    distance = max(column.x0 - run.x1, run.x0 - column.x1)
    return [number] if distance <= _NEAR else []
