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
from apostil.documents.intake import Received, receive
from apostil.documents.limits import IntakeLimits, ParseLimits
from apostil.documents.locate import cite, cite_span
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
from apostil.documents.readability import unreadable_pages
from apostil.documents.reader import parse
from apostil.documents.render import render_page

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
    "Received",
    "Region",
    "Section",
    "Table",
    "TooManyPages",
    "UnsupportedFormat",
    "Words",
    "cite",
    "cite_span",
    "parse",
    "receive",
    "render_page",
    "unreadable_pages",
]
