"""The body of a financial result (``apostil.result/1``): facts, checks and sentences, each proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apostil.applications.financial.statement import Period
from apostil.evidence import Check, Derivation, NotFound, Statement

DISCLAIMER = (
    "Automatic extraction from the document supplied. Not investment advice; figures may be wrong: "
    "follow the citation to the page before relying on one."
)


class State(StrEnum):
    """What is known of a value. ``not_reported`` needs a complete statement without the line;
    ``not_found`` means that the reading was not complete."""

    REPORTED = "reported"
    DERIVED = "derived"
    NOT_REPORTED = "not_reported"
    NOT_FOUND = "not_found"
    NOT_COMPUTABLE = "not_computable"
    CONFLICTING = "conflicting"


class Basis(StrEnum):
    GAAP = "GAAP"
    IFRS = "IFRS"
    NON_GAAP = "non-GAAP"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """Whether the identities that tie the latest period together hold; ``NOT`` when none of any
    period does."""

    VERIFIED = "verified"
    PARTLY = "partly verified"
    NOT = "not verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A printed number with its place.

    ``value`` times ``scale`` is the amount in ``unit``; ``scale`` is None when the document does not
    say it, 0.01 for pence and cents. ``raw`` is the print; the sign of ``value`` follows the
    concept. ``us_gaap`` and ``ifrs`` are local names of the taxonomies. ``citations`` prove the
    value; ``support`` the words around it: label, header, scale.
    """

    id: str
    concept: str | None
    us_gaap: str | None
    ifrs: str | None
    label: str
    statement: str
    section: tuple[str, ...]
    period: Period
    value: Decimal | None
    raw: str
    scale: int | float | None
    unit: str
    currency: str | None
    state: State = State.REPORTED
    consolidated: bool = True
    restated: bool = False
    basis: Basis = Basis.UNKNOWN
    how: str = ""
    confidence: float
    derived_label: bool = False
    citations: tuple[str, ...]
    support: dict[str, str] = field(default_factory=dict)

    @property
    def absolute(self) -> Decimal | None:
        """The amount in units of currency, shares or currency per share; None if scale is unknown."""
        if self.value is None or self.scale is None:
            return None
        return self.value * Decimal(str(self.scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A computed number; its proof is that of its operands. Percentages are fractions of 1.
    ``name`` is for programs, ``label`` for people."""

    id: str
    name: str
    label: str = ""
    period: str
    value: Decimal | None
    unit: str
    derivation: Derivation
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A main figure that is not among the facts, with what was searched for it."""

    id: str
    concept: str
    title: str
    state: State
    not_found: NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPlace:
    """Where a statement stands; its title is cited."""

    kind: str
    title: str
    pages: tuple[int, ...]
    confidence: float
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocInfo:
    """What the document is. Each field that is stated has its citation in ``support``."""

    document_type: str | None = None
    issuer: str | None = None
    period_of_report: str | None = None
    fiscal_year_end: str | None = None
    currency: str | None = None
    basis: Basis = Basis.UNKNOWN
    audited: bool | None = None
    verdict: Verdict | None = None
    pages: int = 0
    statements: tuple[StatementPlace, ...] = ()
    support: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancialResult:
    """Everything that is said about a document. ``derived`` and ``answer`` hold only what was
    computed from facts of it."""

    document: DocInfo
    facts: tuple[Fact, ...]
    unmapped: tuple[Fact, ...]
    checks: tuple[Check, ...]
    derived: tuple[Derived, ...]
    not_found: tuple[Missing, ...]
    passages: tuple[Any, ...] = ()
    sections: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    answer: Any | None = None
    diagnostics: dict[str, Any] = field(default_factory=dict)
    disclaimer: str = DISCLAIMER
