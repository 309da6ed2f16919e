"""What may be claimed: with citations, with a derivation that ends in citations, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class DerivationStatus(StrEnum):
    COMPUTED = "computed"
    NOT_COMPUTABLE = "not_computable"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How a value follows from other findings.

    ``operands`` are ids of findings; ``formula`` is written with their names; ``reason`` says why
    a value could not be computed; ``source`` names where the formula comes from.
    """

    formula: str
    operands: tuple[str, ...]
    status: DerivationStatus = DerivationStatus.COMPUTED
    reason: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.status is DerivationStatus.COMPUTED and not self.operands:
            raise ValueError("a computed value names its operands")
        if self.status is not DerivationStatus.COMPUTED and not self.reason:
            raise ValueError("a value that was not computed says why")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """An absence that can be audited: what was asked, where and for what it was searched."""

    question: str
    searched: tuple[str, ...]
    terms: tuple[str, ...] = ()
    unreadable_pages: tuple[int, ...] = ()
    nearest: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.question or not self.searched:
            raise ValueError("an absence says what was asked and where it was searched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Generic[T]):
    """One value or statement of a result, with exactly one kind of proof.

    ``citations`` and the values of ``support`` are ids of citations; the keys of ``support`` are
    roles: label, header, scale, unit, range, flag, method, name, passage, heading, condition,
    definition, input, contrast.
    """

    value: T | None
    citations: tuple[str, ...] = ()
    support: dict[str, str] = field(default_factory=dict)
    derivation: Derivation | None = None
    not_found: NotFound | None = None

    def __post_init__(self) -> None:
        proofs = [bool(self.citations), self.derivation is not None, self.not_found is not None]
        if sum(proofs) != 1:
            raise ValueError("a finding has citations, a derivation, or says it was not found")
        if self.not_found is not None and self.value is not None:
            raise ValueError("what was not found has no value")


class CheckStatus(StrEnum):
    PASS = "pass"  # noqa: S105 - the word printed for a check that holds
    FAIL = "fail"
    WARNING = "warning"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An identity that the document must satisfy, shown whether it holds or not.

    Amounts are in the unit of print; ``difference`` is found minus expected.
    """

    id: str
    formula: str
    operands: tuple[str, ...]
    status: CheckStatus
    period: str = ""
    expected: Decimal | None = None
    found: Decimal | None = None
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence shown to a reader; each number in it comes from the findings it names."""

    text: str
    findings: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("a statement says something")
