"""One coordinate system: PDF points, origin at the top left of the page as displayed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """An upright rectangle on a page.

    PDF points (1/72 inch), y grows downwards, crop box and page rotation already applied.
    In JSON it is the array ``[x0, y0, x1, y1]``.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    def is_upright(self) -> bool:
        """Whether the corners are in order; a box that is not proves nothing."""
        return self.x0 <= self.x1 and self.y0 <= self.y1

    def rounded(self) -> Box:
        """The box at the stored precision of 0.01 point."""
        return Box(round(self.x0, 2), round(self.y0, 2), round(self.x1, 2), round(self.y1, 2))

    def intersection_area(self, other: Box) -> float:
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def contains_point(self, x: float, y: float, *, slack: float = 0.0) -> bool:
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= y <= self.y1 + slack


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; at least one is needed."""
    members = list(boxes)
    if not members:
        raise ValueError("the union of no boxes is undefined")
    return Box(
        min(box.x0 for box in members),
        min(box.y0 for box in members),
        max(box.x1 for box in members),
        max(box.y1 for box in members),
    )
