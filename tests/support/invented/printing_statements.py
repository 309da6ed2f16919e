"""From a statement's content to rows and heads for the press, and to the truth about it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from invented.heads import heads
from invented.layout import Layout
from invented.lines import Content, Line, Moment, TrueFact
from invented.style import HeadWord, PrintedRow, PrintedTable

_PER_SHARE_PLACES = {Decimal(1): 2, Decimal("0.01"): 1}


def rows(layout: Layout, content: Content, *, extra: str = "none") -> list[PrintedRow]:
    """The rows of a statement; ``extra`` columns stand beside the amounts."""
    printed = []
    revenue = next((line for line in content.lines if line.concept == "revenue"), None)
    firsts = {_first(content.lines)}
    for number, line in enumerate(content.lines):
        cells = [_text(layout, line, cell) for cell in line.cells]
        if extra != "none" and cells:
            cells = _with_extra(layout, line, cells, extra=extra, revenue=revenue)
        if layout.notes and line.cells:
            cells = [line.note, *cells]
        has_sign = line.unit in {"amount", "per_share"} and (
            layout.numbers.dollar in {"apart", "glued"} and (line.dollar or line.last)
        )
        ends = layout.numbers.dollar == "ends" and (line.last or number in firsts)
        printed.append(
            PrintedRow(
                label=line.label,
                cells=tuple(cells),
                dollars=has_sign or ends,
                indent=line.indent,
                bold=line.total and bool(line.label) and layout.page.font == "Helvetica",
                rule=line.total,
                double=line.last,
            )
        )
    return printed


def _first(lines: tuple[Line, ...]) -> int:
    return next(number for number, line in enumerate(lines) if line.cells)


def _text(layout: Layout, line: Line, cell: int | Decimal | None) -> str:
    if cell is None:
        return ""
    if line.unit == "per_share":
        return layout.numbers.text(Decimal(cell), _PER_SHARE_PLACES[layout.scaling.per_share])
    if line.unit == "shares":
        return layout.numbers.text(Decimal(cell), 0)
    places = layout.numbers.decimals
    return layout.numbers.text(Decimal(cell).scaleb(-places), places)


def _with_extra(
    layout: Layout, line: Line, cells: list[str], *, extra: str, revenue: Line | None
) -> list[str]:
    """Adds the change between two columns, or each amount's share of revenue."""
    values = [Decimal(cell or 0) for cell in line.cells]
    if extra == "of-revenue":
        if line.unit != "amount" or revenue is None:
            return [text for cell in cells for text in (cell, "")]
        shares = [
            value * 100 / Decimal(base or 1)
            for value, base in zip(values, revenue.cells, strict=True)
        ]
        return [
            text
            for cell, share in zip(cells, shares, strict=True)
            for text in (
                cell,
                f"{share:.1f} %".replace("-", "\u2212") if share > 0 else f"({-share:.1f})%",
            )
        ]
    newer, older = values if layout.newest_first else values[::-1]
    percent = "" if older <= 0 or newer < 0 else _percent((newer - older) / older)
    if extra == "percent":
        return [*cells, percent]
    difference = newer - older
    return [
        *cells,
        _text(layout, line, difference if line.unit != "amount" else int(difference)),
        percent,
    ]


def _percent(share: Decimal) -> str:
    text = f"{abs(share) * 100:.1f}%"
    return f"({text[:-1]})%" if share < 0 else text


def table(
    layout: Layout,
    content: Content,
    printed: list[PrintedRow],
    *,
    extra: str = "none",
    words: str = "",
    unit: str = "",
) -> PrintedTable:
    """The table with its heads; ``words`` is the unit that stands over every amount column."""
    first = 1 if layout.notes else 0
    count = len(content.moments)
    moments = list(content.moments)
    if layout.pair:
        moments *= 2
    head = heads(layout, content.kind, moments, first=first)
    if extra == "of-revenue":
        head = [tuple(_doubled(word) for word in words) for words in head]
    elif extra in {"change", "percent"}:
        labels = ["$ Change", "% Change"] if extra == "change" else ["% Change"]
        aside = tuple(
            HeadWord(text=label, first=first + count + n, last=first + count + n)
            for n, label in enumerate(labels)
        )
        head = [*head[:-1], (*head[-1], *aside)]
    if layout.pair:
        head = [_pair(first, count), *head]
    if layout.restated:
        head.append(_restated(content.moments, first))
    if words:
        columns = range(first, first + len(moments))
        head.append(tuple(HeadWord(text=words, first=n, last=n) for n in columns))
    if layout.notes:
        head[-1] = (HeadWord(text="Note", first=0, last=0), *head[-1])
    widest = max(len(row.cells) for row in printed)
    return PrintedTable(
        head=tuple(head), rows=tuple(printed), columns=widest, notes=layout.notes, unit=unit
    )


def _doubled(word: HeadWord) -> HeadWord:
    return replace(word, first=word.first * 2, last=word.last * 2 + (word.last > word.first))


def _pair(first: int, count: int) -> tuple[HeadWord, ...]:
    return (
        HeadWord(text="Standalone", first=first, last=first + count - 1),
        HeadWord(text="Consolidated", first=first + count, last=first + 2 * count - 1),
    )


def _restated(moments: tuple[Moment, ...], first: int) -> tuple[HeadWord, ...]:
    latest = max(moment.end for moment in moments)
    return tuple(
        HeadWord(text="(Restated)", first=first + n, last=first + n)
        for n, moment in enumerate(moments)
        if moment.end < latest
    )


def truths(
    layout: Layout, content: Content, pages: list[int], *, consolidated: bool = True
) -> list[TrueFact]:
    """The true facts of a statement; ``pages`` gives the page of each line."""
    facts = []
    latest = max(moment.end for moment in content.moments)
    for line, page in zip(content.lines, pages, strict=True):
        for concept in (line.concept, line.also):
            for cell, moment in zip(line.cells, content.moments, strict=concept is not None):
                if concept is None or cell is None:
                    continue
                facts.append(
                    TrueFact(
                        concept=concept,
                        moment=_moment(concept, moment),
                        value=_worth(layout, line, cell),
                        page=page,
                        consolidated=consolidated,
                        restated=layout.restated and moment.end < latest,
                    )
                )
    return facts


def _moment(concept: str, moment: Moment) -> Moment:
    if concept == "cash_begin" and moment.start is not None:
        return Moment(moment.start.fromordinal(moment.start.toordinal() - 1))
    return Moment(moment.end) if concept == "cash_end" else moment


def _worth(layout: Layout, line: Line, cell: int | Decimal) -> Decimal:
    factor = {
        "per_share": layout.scaling.per_share,
        "shares": Decimal(layout.scaling.shares),
    }.get(line.unit, layout.scaling.tick)
    return Decimal(cell) * factor * line.flip
