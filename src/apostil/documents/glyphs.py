"""The characters of a PDF page with their boxes, read from PDFium in bulk.

PDFium is called through plain ctypes prototypes over one array a page: per-character calls with
wrapped arguments take longer than all the rest of the parsing.
"""

from __future__ import annotations

import ctypes
import math
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

FORCE_BOLD = 1 << 18  # font flags of ISO 32000-1, table 123
ITALIC = 1 << 6
STROKED_TOO = 2  # text render mode "fill, then stroke": a way to imitate bold
BOLD_NAMES = ("bold", "black", "heavy", "semibd", "demi")
ITALIC_NAMES = ("italic", "oblique")
FONT_NAME_BYTES = 256
BOX_BYTES = 16  # four floats: left, top, right, bottom


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    prototype = ctypes.PYFUNCTYPE(result, *arguments)
    return prototype(address or 0)


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_loose_box = _function("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
_tight_box = _function("FPDFText_GetCharBox", _INT, _POINTER, _INT, *[_POINTER] * 4)
_origin = _function("FPDFText_GetCharOrigin", _INT, _POINTER, _INT, _POINTER, _POINTER)
_unicode = _function("FPDFText_GetUnicode", ctypes.c_uint, _POINTER, _INT)
_unmapped = _function("FPDFText_HasUnicodeMapError", _INT, _POINTER, _INT)
_text_object = _function("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)
_font_size = _function("FPDFText_GetFontSize", ctypes.c_double, _POINTER, _INT)
_matrix = _function("FPDFText_GetMatrix", _INT, _POINTER, _INT, _POINTER)
_font = _function("FPDFTextObj_GetFont", _POINTER, _POINTER)
_render_mode = _function("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
_base_name = _function(
    "FPDFFont_GetBaseFontName", ctypes.c_size_t, _POINTER, _POINTER, ctypes.c_size_t
)
_flags = _function("FPDFFont_GetFlags", _INT, _POINTER)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page's own coordinates become points of the page as displayed.

    ``left``, ``bottom``, ``right`` and ``top`` bound the visible part in the page's own space;
    ``turns`` is the number of clockwise quarter turns applied for display.
    """

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of characters is set. ``turns`` counts the clockwise quarter turns of its baseline
    against the page as displayed, 0 for upright text; ``font`` indexes the document's fonts."""

    size: float
    bold: bool
    italic: bool
    font: int
    turns: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page in content order, boxes as high as the font, as displayed.

    PDFium expands ligatures to several characters with one box. A character that PDFium made up
    (a space between two words, a line end) has a box without height.
    """

    text: str
    x0: list[float]
    y0: list[float]
    x1: list[float]
    y1: list[float]
    baselines: Callable[[Iterable[int]], list[tuple[float, float]]]
    style: Callable[[int], Style]
    unmapped: Callable[[Iterable[int]], int]


@dataclass(slots=True)
class FontTable:
    """The fonts of a document by name, with what their names and flags say about weight."""

    names: list[str] = field(default_factory=list)
    _index: dict[str, int] = field(default_factory=dict)

    def look_up(self, font: int | None) -> tuple[int, bool, bool]:
        """(index, bold, italic) of the font with this PDFium handle."""
        if not font:
            return self._number(""), False, False
        buffer = ctypes.create_string_buffer(FONT_NAME_BYTES)
        _base_name(font, ctypes.addressof(buffer), FONT_NAME_BYTES)
        name = buffer.value.decode("utf-8", "replace")
        if len(name) > 7 and name[6] == "+":  # the tag of an embedded subset
            name = name[7:]
        lowered, flags = name.lower(), max(0, _flags(font))
        bold = bool(flags & FORCE_BOLD) or any(part in lowered for part in BOLD_NAMES)
        italic = bool(flags & ITALIC) or any(part in lowered for part in ITALIC_NAMES)
        return self._number(name), bold, italic

    def _number(self, name: str) -> int:
        if name not in self._index:
            self._index[name] = len(self.names)
            self.names.append(name)
        return self._index[name]


class StyleReader:
    """Looks styles up by text object: a page has far fewer of these than characters."""

    def __init__(self, text_page: int, frame: Frame, fonts: FontTable) -> None:
        self._page = text_page
        self._frame = frame
        self._fonts = fonts
        self._by_object: dict[int, Style] = {}
        self._by_font: dict[int, tuple[int, bool, bool]] = {}
        self._values = (ctypes.c_float * 6)()

    def __call__(self, index: int) -> Style:
        handle = _text_object(self._page, index) or 0
        style = self._by_object.get(handle)
        if style is None:
            style = self._by_object[handle] = self._read(index, handle)
        return style

    def _read(self, index: int, handle: int) -> Style:
        _matrix(self._page, index, ctypes.addressof(self._values))
        a, b, c, d, _, _ = self._values
        scale = _font_size(self._page, index)
        if scale < 0:  # written backwards and turned by the matrix
            a, b = -a, -b
        size = abs(scale) * math.hypot(c, d)
        font = (_font(handle) if handle else 0) or 0
        if font not in self._by_font:
            self._by_font[font] = self._fonts.look_up(font)
        number, bold, italic = self._by_font[font]
        if handle and _render_mode(handle) == STROKED_TOO:
            bold = True
        counterclockwise = round(math.atan2(b, a) / (math.pi / 2))
        turns = (self._frame.turns - counterclockwise) % 4
        return Style(round(size, 2), bold, italic, number, turns)


def read_glyphs(text_page: int, frame: Frame, fonts: FontTable, *, count: int) -> Glyphs:
    """All ``count`` characters of the page that this PDFium text page handle stands for."""
    boxes = array("f", bytes(BOX_BYTES * count))
    start = boxes.buffer_info()[0]
    places = range(start, start + BOX_BYTES * count, BOX_BYTES)
    deque(map(_loose_box, repeat(text_page), range(count), places), maxlen=0)
    x0, y0, x1, y1 = _displayed(boxes, frame)

    def baselines(indexes: Iterable[int]) -> list[tuple[float, float]]:
        x, y = ctypes.c_double(), ctypes.c_double()
        at_x, at_y = ctypes.addressof(x), ctypes.addressof(y)
        points = []
        for index in indexes:
            _origin(text_page, index, at_x, at_y)
            points.append(frame.point(x.value, y.value))
        return points

    def unmapped(indexes: Iterable[int]) -> int:
        return sum(_unmapped(text_page, index) == 1 for index in indexes)

    style = StyleReader(text_page, frame, fonts)
    text = _read_text(text_page, count)
    return Glyphs(text, x0, y0, x1, y1, baselines, style, unmapped)


def _read_text(text_page: int, count: int) -> str:
    buffer = (ctypes.c_ushort * (count + 1))()
    read = pdfium.FPDFText_GetText(ctypes.cast(text_page, pdfium.FPDF_TEXTPAGE), 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, read - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    # Beyond the basic plane PDFium counts the halves of a pair as characters of their own.
    codes = list(map(_unicode, repeat(text_page), range(count)))
    return "".join(map(_character, codes, [*codes[1:], 0]))


def _character(code: int, following: int) -> str:
    """The character of a code; of a surrogate pair the whole for the first half, and U+FFFD, which
    words leave out, for the second."""
    if 0xD800 <= code < 0xDC00 and 0xDC00 <= following < 0xE000:
        return chr(0x10000 + ((code - 0xD800) << 10) + (following - 0xDC00))
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd"


def _displayed(flat: array[float], frame: Frame) -> tuple[list[float], ...]:
    left, top, right, bottom = flat[0::4], flat[1::4], flat[2::4], flat[3::4]
    if frame.turns == 0:
        return (
            [x - frame.left for x in left] if frame.left else left.tolist(),
            [frame.top - y for y in top],
            [x - frame.left for x in right] if frame.left else right.tolist(),
            [frame.top - y for y in bottom],
        )
    if frame.turns == 1:
        return (
            [y - frame.bottom for y in bottom],
            [x - frame.left for x in left],
            [y - frame.bottom for y in top],
            [x - frame.left for x in right],
        )
    if frame.turns == 2:
        return (
            [frame.right - x for x in right],
            [y - frame.bottom for y in bottom],
            [frame.right - x for x in left],
            [y - frame.bottom for y in top],
        )
    return (
        [frame.top - y for y in top],
        [frame.right - x for x in right],
        [frame.top - y for y in bottom],
        [frame.right - x for x in left],
    )
