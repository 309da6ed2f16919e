"""Which headings stand above a row, from wording, indent and order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apostil.applications.financial.reading.table import GridRow
from apostil.applications.financial.rules.titles import squeeze

#: Headings that open a part of a statement, with their depth; all others go below them.
_PARTS = (
    (re.compile(r"^(?:total)?assets$|^(?:total)?assetsemployed$"), 0),
    (re.compile(r"^(?:total)?(?:liabilities|equity|capital[a-z]*)(?:&|and)[a-z]*$"), 0),
    (re.compile(r"^(?:non)?(?:current|fixed|longterm)assets$"), 1),
    (re.compile(r"^(?:total)?liabilities$"), 1),
    (re.compile(r"^(?:non)?(?:current|longterm)liabilities$|^creditors[a-z]*$"), 2),
    (re.compile(r"^[a-z]{0,40}(?:equity|deficit|capitalandreserves)(?:deficit)?$"), 1),
    (re.compile(r"^(?:net)?cash[a-z]{0,30}(?:operating|investing|financing)[a-z]{0,12}$"), 0),
    (re.compile(r"^(?:operating|investing|financing)(?:activities|transactions)$"), 0),
    (
        re.compile(
            r"^supplement[a-z]*$|^cashpaid[a-z]*$|^noncash[a-z]*(?:activities|transactions)$"
        ),
        0,
    ),
    (re.compile(r"^othercomprehensive[a-z]*$|^discontinuedoperations$"), 0),
)
_CLOSING = re.compile(
    r"^(?:total|net cash|cash flows? (?:from|used)|cash (?:generated|used|provided))", re.IGNORECASE
)
#: Lines that are printed without amounts and head nothing.
_NO_HEADING = re.compile(r"^commitments?(?:and|,)|^contingen|^seenote|^thereof")
_SHARE_COUNT = re.compile(
    r"(?i)\d.*\b(?:authori[sz]ed|issued|outstanding)|\b(?:authori[sz]ed|issued|outstanding)\b.*\d"
)
#: Headings whose word is part of the totals of their own parts.
_BROAD = frozenset({"assets", "liabilities", "equity"})
_INDENT_SLACK = 2.0


@dataclass(slots=True)
class _Open:
    """A heading that is open, with what stood below it so far."""

    label: str
    indent: float
    depth: int | None
    has_rows: bool = False
    children_indented: bool | None = None


def with_sections(rows: Iterable[GridRow]) -> tuple[GridRow, ...]:
    """The rows, each with the path of headings above it, outermost first.

    A heading is closed by its total, by a heading of its own rank, and by a row that stands at
    its indent when its own rows are set in.
    """
    stack: list[_Open] = []
    result = []
    for row in rows:
        if row.cells:
            _close_for_row(stack, row)
            result.append(replace(row, section=tuple(heading.label for heading in stack)))
            _close_after_total(stack, row)
            for heading in stack:
                heading.has_rows = True
        else:
            _close_for_heading(stack, row)
            result.append(replace(row, section=tuple(heading.label for heading in stack)))
            if _NO_HEADING.match(squeeze(row.label)) or _SHARE_COUNT.search(row.label):
                continue
            stack.append(_Open(row.label.rstrip(" :"), row.indent, _depth(row.label)))
    return tuple(result)


def _depth(label: str) -> int | None:
    letters = squeeze(label)
    return next((depth for pattern, depth in _PARTS if pattern.search(letters)), None)


def _close_for_heading(stack: list[_Open], row: GridRow) -> None:
    depth = _depth(row.label)
    while stack:
        top = stack[-1]
        if depth is not None:
            stays = top.depth is not None and top.depth < depth
        elif top.depth is not None:
            stays = True
        else:
            stays = row.indent > top.indent + _INDENT_SLACK or not top.has_rows
        if stays:
            return
        stack.pop()


def _close_for_row(stack: list[_Open], row: GridRow) -> None:
    while stack:
        top = stack[-1]
        deeper = row.indent > top.indent + _INDENT_SLACK
        if top.children_indented is None:
            top.children_indented = deeper
            return
        if deeper or not top.children_indented or top.depth is not None or not row.label:
            return
        stack.pop()


def _close_after_total(stack: list[_Open], row: GridRow) -> None:
    """A total closes its heading: "Total current assets" closes "Current assets"."""
    if not _CLOSING.match(row.label):
        return
    label = squeeze(row.label)
    for number in range(len(stack) - 1, -1, -1):
        if _is_total_of(label, squeeze(stack[number].label)):
            del stack[number:]
            return


def _is_total_of(total: str, heading: str) -> bool:
    rest = total.removeprefix("total")
    if heading and (rest.startswith(heading) or (heading not in _BROAD and heading in rest)):
        return True
    for word in ("operating", "investing", "financing"):
        if word in heading and word in total:
            return True
    return False
