"""What a document may ask of the machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
LARGEST_PAGE_POINTS = 14_400.0  # 200 inches, the largest page of ISO 32000-1, annex C.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """Bounds on what is read from one document.

    ``page_points`` bounds each side of a page; ``characters`` is a sum over all pages, so that a
    small file that expands without end is stopped.
    """

    pages: int = 2_000
    page_points: float = LARGEST_PAGE_POINTS
    characters_per_page: int = 400_000
    characters: int = 40_000_000
    text_bytes: int = 20 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """Bounds on what is accepted. ``size`` is in bytes, ``name_length`` in characters."""

    size: int = 100 * MIB
    name_length: int = 200
