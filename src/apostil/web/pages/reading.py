"""Reads any result made of findings, whatever its application, into what the page shows.

A finding is an object with ``citations``, ``derivation`` or ``not_found``; its words are found under
the keys that all applications share. Nothing here knows a domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from apostil.evidence import Box

LABEL_KEYS = ("label", "name", "title", "question", "concept", "id")
VALUE_KEYS = ("raw", "value", "text", "statement", "answer")
POINTS = frozenset({"pp", "percentage points", "points"})
ROUND_FROM = 1_000
"""A computed number from here on is shown without decimals."""
CHECK_ORDER = {"fail": 0, "warning": 1, "pass": 2, "not_applicable": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A citation as the page needs it. Without a page (DOCX, TXT) only the quote can be shown."""

    id: str
    document: str
    quote: str
    page: int | None
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A finding: what it is called, what was printed and where. ``group`` is the list it is in."""

    id: str
    label: str
    text: str
    group: str
    detail: str = ""
    citations: tuple[str, ...] = ()
    support: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""
    operands: tuple[str, ...] = ()
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check of the result; ``operands`` are the values that it compares."""

    id: str
    status: str
    formula: str
    period: str
    found: str
    expected: str
    difference: str
    note: str
    operands: tuple[Value, ...]

    @property
    def is_failed(self) -> bool:
        return self.status == "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Something that was asked for and is not there."""

    question: str
    searched: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A result, read for showing."""

    application: str
    documents: tuple[Mapping[str, Any], ...]
    proofs: Mapping[str, Proof]
    values: tuple[Value, ...]
    checks: tuple[Checked, ...]
    absences: tuple[Absence, ...]
    body: Mapping[str, Any]

    @property
    def failed_checks(self) -> tuple[Checked, ...]:
        return tuple(check for check in self.checks if check.is_failed)

    def by_id(self) -> dict[str, Value]:
        return {value.id: value for value in self.values if value.id}


def read_result(result: Mapping[str, Any]) -> Reading:
    """What the page shows of a result in the shape ``apostil.result/1``."""
    body = result.get("body") or {}
    values: list[Value] = []
    absences: list[Absence] = []
    for group, node in _nodes(body):
        if _is_absence(node):
            absences.append(_absence(node))
        elif _is_finding(node):
            values.append(_value(node, group))
    named = {value.id: value for value in values if value.id}
    checks = [_checked(node, named) for node in body.get("checks") or [] if isinstance(node, dict)]
    return Reading(
        application=str(result.get("application", "")),
        documents=tuple(result.get("documents") or ()),
        proofs={key: _proof(key, node) for key, node in (result.get("citations") or {}).items()},
        values=tuple(values),
        checks=tuple(sorted(checks, key=lambda check: CHECK_ORDER.get(check.status, 9))),
        absences=tuple(dict.fromkeys(absences)),
        body=body,
    )


def _nodes(node: object, group: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object below, with the key of the outermost list or object that it is in."""
    if isinstance(node, Mapping):
        if group:
            yield group, node
        for key, child in node.items():
            if key not in {"support", "derivation"} and not (group == "" and key == "checks"):
                yield from _nodes(child, group or str(key))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for child in node:
            yield from _nodes(child, group)


def _is_absence(node: Mapping[str, Any]) -> bool:
    return bool(node.get("question")) and "searched" in node


def _is_finding(node: Mapping[str, Any]) -> bool:
    return bool(node.get("citations")) or isinstance(node.get("derivation"), Mapping)


def _proof(key: str, node: Mapping[str, Any]) -> Proof:
    return Proof(
        id=key,
        document=str(node.get("document", "")),
        quote=str(node.get("quote", "")),
        page=node.get("page"),
        boxes=tuple(Box(*(float(edge) for edge in box)) for box in node.get("boxes") or ()),
    )


def _value(node: Mapping[str, Any], group: str) -> Value:
    derivation = node.get("derivation") or {}
    period = node.get("period")
    detail = period.get("label", "") if isinstance(period, Mapping) else period or ""
    text = _first(node, VALUE_KEYS)
    return Value(
        id=str(node.get("id") or ""),
        label=spoken(_first(node, LABEL_KEYS)) or spoken(group),
        text=rounded(text, str(node.get("unit") or "")) if derivation else text,
        group=group,
        detail=str(detail),
        citations=tuple(node.get("citations") or ()),
        support=dict(node.get("support") or {}),
        formula=str(derivation.get("formula") or ""),
        operands=tuple(derivation.get("operands") or ()),
        reason=str(derivation.get("reason") or ""),
        facts=node,
    )


def _first(node: Mapping[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        found = node.get(key)
        if isinstance(found, str | int | float) and str(found):
            return str(found)
    return ""


def spoken(name: str) -> str:
    """``operating_income`` as a person writes it; words with a space are left as they are."""
    if " " in name or not name.islower():
        return name
    return name.replace("_", " ").capitalize()


def _absence(node: Mapping[str, Any]) -> Absence:
    return Absence(
        question=spoken(str(node["question"])),
        searched=tuple(str(place) for place in node.get("searched") or ()),
        terms=tuple(str(term) for term in node.get("terms") or ()),
    )


def _checked(node: Mapping[str, Any], named: Mapping[str, Value]) -> Checked:
    return Checked(
        id=str(node.get("id", "")),
        status=str(node.get("status", "")),
        formula=str(node.get("formula", "")),
        period=str(node.get("period") or ""),
        found=grouped(node.get("found")),
        expected=grouped(node.get("expected")),
        difference=grouped(node.get("difference")),
        note=str(node.get("note") or ""),
        operands=tuple(named[one] for one in node.get("operands") or () if one in named),
    )


def rounded(value: str, unit: str) -> str:
    """A computed number at the precision that a reader can use; a fraction in percent as such."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if unit in POINTS:
        return f"{number * 100:+,.1f} points"
    if unit == "%":
        return f"{number * 100:,.1f} %"
    return f"{number:,.2f}" if abs(number) < ROUND_FROM else f"{number:,.0f}"


def grouped(value: object) -> str:
    """A number with its thousands apart; anything else as it is, nothing for None."""
    if value is None:
        return ""
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)
