"""Files in, parsed documents out. Knows pages and nothing of jobs."""

from apostil.documents.page import (
    Block,
    BlockKind,
    Cell,
    CellRole,
    Line,
    Page,
    PageQuality,
    ParsedDocument,
    Range,
    Region,
    Section,
    Table,
    Words,
)

__all__ = [
    "Block",
    "BlockKind",
    "Cell",
    "CellRole",
    "Line",
    "Page",
    "PageQuality",
    "ParsedDocument",
    "Range",
    "Region",
    "Section",
    "Table",
    "Words",
]
