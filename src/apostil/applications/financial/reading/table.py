"""The grid of a statement: rows, columns and header words, before anyone knows what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apostil.applications.financial.reading.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """An amount in a column. ``words`` are indexes on the row's page."""

    column: int
    raw: str
    value: Decimal | None
    words: tuple[int, ...]
    is_percent: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row; ``label_words`` are indexes on ``page``. ``extra`` is text among the amounts."""

    page: int
    top: float
    bottom: float
    label: str
    label_words: tuple[int, ...]
    indent: float
    bold: bool
    cells: tuple[GridCell, ...]
    extra: str = ""
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRun:
    """Words of one header line that stand together; ``line`` counts from the title down."""

    page: int
    line: int
    text: str
    words: tuple[int, ...]
    x0: float
    x1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GridColumn:
    """A column on the first page: the left edge of its widest cell, its right edge."""

    x0: float
    x1: float
    is_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    region: Region
    columns: tuple[GridColumn, ...]
    header: tuple[HeaderRun, ...]
    rows: tuple[GridRow, ...]
