"""In which encoding a plain text was written."""

from __future__ import annotations

import codecs

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TEXT_CONTROLS = frozenset(b"\t\n\r\f\x0b\x1b")
LEGACY_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")  # no character in Windows-1252
MOST_CONTROLS = 0.002  # of the bytes
MOST_UNDEFINED = 0.01


def encoding_of(data: bytes) -> str:
    """utf-8, utf-8-sig, utf-16, utf-32 or cp1252. Any bytes can be decoded with the answer if what
    it cannot express is replaced."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return name
    if _is_utf8(data):
        return "utf-8"
    return _bare_utf16(data) or "cp1252"


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data)  # a character cut off at the end is not an error here
    except UnicodeDecodeError:
        return False
    return True


def _bare_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every other byte of Latin text."""
    sample = data[:4096]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * len(sample) / 2 > even:
        return "utf-16-le"
    if even > 0.4 * len(sample) / 2 > odd:
        return "utf-16-be"
    return None


def looks_like_text(data: bytes) -> bool:
    """Whether the bytes can be plain text: hardly a control character in their encoding."""
    encoding = encoding_of(data)
    if encoding.startswith(("utf-16", "utf-32")):
        text = data.decode(encoding, "replace")
        bad = text.count("\ufffd") + sum(ord(character) < 9 for character in text)
        return bad <= MOST_CONTROLS * len(text) + 1
    controls = sum(data.count(byte) for byte in range(32) if byte not in TEXT_CONTROLS)
    if controls > MOST_CONTROLS * len(data) or data.count(0) > 0:
        return False
    undefined = sum(data.count(byte) for byte in LEGACY_UNDEFINED)
    return encoding != "cp1252" or undefined <= MOST_UNDEFINED * len(data)


def decode(data: bytes) -> str:
    """The text with line ends as newlines, what cannot be decoded as U+FFFD."""
    text = data.decode(encoding_of(data), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
