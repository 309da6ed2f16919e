"""Which pages hold text that a program can read, and what to say of those that do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from apostil.documents.errors import DocumentDamaged, NoReadableText
from apostil.documents.page import Page

DAMAGED = "is damaged and cannot be opened"
LEAST_READABLE = 0.2  # of the pages that show something
MOST_UNMAPPED = 0.3  # of the characters of a page

# How often letters occur in English prose, in percent. Other languages in Latin script come out
# above 0.84, tables and lists above 0.72; text whose font maps letters to others is at 0.69 and
# below, even where a third of the page is sound (measured on 2,900 pages).
LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            8.2,
            1.5,
            2.8,
            4.3,
            12.7,
            2.2,
            2.0,
            6.1,
            7.0,
            0.2,
            0.8,
            4.0,
            2.4,
            6.7,
            7.5,
            1.9,
            0.1,
            6.0,
            6.3,
            9.1,
            2.8,
            1.0,
            2.4,
            0.2,
            2.0,
            0.1,
        ),
        strict=True,
    )
)
LEAST_LIKENESS = 0.7
LEAST_LETTERS = 1_000


def likeness_to_language(text: str) -> float | None:
    """Cosine between the letters of a text and those of Latin-script prose; None if it has too few
    letters to tell."""
    counted = Counter(text.lower())
    if sum(counted[letter] for letter in LETTERS) < LEAST_LETTERS:
        return None
    product = sum(counted[letter] * share for letter, share in LETTERS.items())
    length = math.hypot(*(counted[letter] for letter in LETTERS))
    return product / length / math.hypot(*LETTERS.values())


def defect(page: Page) -> str | None:
    """What keeps the page from being read, as the end of a sentence; None when nothing does."""
    if not len(page.words):
        return "shows something but holds no text, as a scan does" if page.quality.marks else None
    if page.quality.glyph_unmapped > MOST_UNMAPPED:
        return "has a font without a map to characters, so its text is lost"
    likeness = likeness_to_language(page.text)
    if likeness is not None and likeness < LEAST_LIKENESS:
        return "has a font that maps letters to wrong ones, so its text is garbled"
    return None


def unreadable_pages(pages: Sequence[Page]) -> tuple[int, ...]:
    """The numbers of pages that show something which could not be read."""
    return tuple(page.number for page in pages if page.quality.warnings)


def require_readable(pages: Sequence[Page]) -> None:
    """Raises NoReadableText when fewer than a fifth of the pages that show anything can be read,
    DocumentDamaged when none can be opened."""
    unread = unreadable_pages(pages)
    read = sum(len(page.words) > 0 and page.number not in unread for page in pages)
    if read == 0 and not unread:
        raise NoReadableText(
            "The pages show nothing: they are blank, or damaged in a way that hides their text. "
            "Open the file to see which, and get a fresh copy if it should not be blank."
        )
    if read == 0 and all(DAMAGED in page.quality.warnings for page in pages):
        raise DocumentDamaged(
            "No page of the PDF can be opened: it is incomplete or damaged. "
            "Get a fresh copy from where it came."
        )
    if read < LEAST_READABLE * (read + len(unread)):
        first = next(page for page in pages if page.number == unread[0])
        few = f"{len(unread)} of {len(pages)} pages cannot be read; page {first.number}"
        which = few if len(pages) > 1 else "The page cannot be read: it"
        raise NoReadableText(
            f"{which} {first.quality.warnings[0]}. Scan it with text recognition, or get a PDF with text."
        )


def sentence(numbers: Sequence[int], what: str) -> str:
    """One warning for all pages with the same defect."""
    if len(numbers) == 1:
        return f"Page {numbers[0]} {what}."
    return f"Pages {_ranges(numbers)}: each {what}."


def _ranges(numbers: Sequence[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def warnings(pages: Sequence[Page]) -> tuple[str, ...]:
    """Plain sentences about everything on the pages that could not be read."""
    by_defect: dict[str, list[int]] = {}
    for page in pages:
        for what in page.quality.warnings:
            by_defect.setdefault(what, []).append(page.number)
    return tuple(sentence(numbers, what) for what, numbers in by_defect.items())
