"""Files in, parsed documents out. Knows pages and nothing of jobs."""

from apostil.documents.errors import (
    DocumentDamaged,
    DocumentError,
    DocumentTooLarge,
    EmptyFile,
    NoReadableText,
    PageNotFound,
    PageTooLarge,
    PasswordNeeded,
    TooManyPages,
    UnsupportedFormat,
)
from apostil.documents.limits import IntakeLimits, ParseLimits
from apostil.documents.locate import cite
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
from apostil.documents.reader import parse

__all__ = [
    "Block",
    "BlockKind",
    "Cell",
    "CellRole",
    "DocumentDamaged",
    "DocumentError",
    "DocumentTooLarge",
    "EmptyFile",
    "IntakeLimits",
    "Line",
    "NoReadableText",
    "Page",
    "PageNotFound",
    "PageQuality",
    "PageTooLarge",
    "ParseLimits",
    "ParsedDocument",
    "PasswordNeeded",
    "Range",
    "Region",
    "Section",
    "Table",
    "TooManyPages",
    "UnsupportedFormat",
    "Words",
    "cite",
    "parse",
]
