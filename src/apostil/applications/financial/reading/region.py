"""Where a statement stands: its title, and the stretch of each of its pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from apostil.applications.financial.statement import StatementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a page between two heights in points, top included."""

    page: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A statement's place. ``title_words`` are indexes on the page of the first stretch.

    ``score`` is the sum of the marks that speak for it, ``company_only`` true for a statement of
    the parent company alone, ``unaudited`` when its title says so.
    """

    kind: StatementKind
    title: str
    title_words: tuple[int, ...]
    stretches: tuple[Stretch, ...]
    score: float
    company_only: bool = False
    unaudited: bool = False

    @property
    def page(self) -> int:
        return self.stretches[0].page


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The statements of a document in the order of its pages, and what was passed over."""

    regions: tuple[Region, ...]
    runners_up: tuple[Region, ...] = ()
    notes: tuple[str, ...] = field(default=())
