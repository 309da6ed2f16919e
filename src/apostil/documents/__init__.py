"""Files in, parsed documents out. Knows pages and nothing of jobs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

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
from apostil.documents.render import page_sizes, render_page

if TYPE_CHECKING:
    from apostil.documents.second_reader import SecondReader

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
    "SecondReader",
    "Section",
    "Table",
    "TooManyPages",
    "UnsupportedFormat",
    "Words",
    "cite",
    "cite_span",
    "page_sizes",
    "parse",
    "receive",
    "render_page",
    "unreadable_pages",
]


def __getattr__(name: str) -> Any:
    """The second reader is loaded when it is first asked for: its libraries take longer to load
    than all the rest, and no segment needs them."""
    if name == "SecondReader":
        return importlib.import_module("apostil.documents.second_reader").SecondReader
    raise AttributeError(name)
