"""A financial result for a person at a terminal: plain lines, one figure a line with its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.telling.narrate import TABLE

_WIDTH = 80
_GAP = 2
"""Spaces that at least stand between two cells, so that they can be told apart."""
_MOST_COLUMNS = 3
_SCALES = {1: "", 1_000: "thousand", 100_000: "lakh", 1_000_000: "million", 10_000_000: "crore"}


def summary_lines(result: Mapping[str, Any]) -> list[str]:
    """The lines for a result in the shape ``apostil.result/1``, as read from its JSON."""
    body = result.get("body") or {}
    lines = list(_head(body))
    for kind in ("duration", "instant"):
        lines.extend(_table(body, result, kind))
    lines.extend(_checks(body))
    absent = [str(one.get("title", "")) for one in body.get("not_found") or ()]
    if absent:
        lines.append("Not found: " + ", ".join(absent))
    return lines


def _head(body: Mapping[str, Any]) -> Iterator[str]:
    document = body.get("document") or {}
    told = [document.get("issuer"), document.get("document_type"), document.get("period_of_report")]
    if any(told):
        yield ", ".join(str(one) for one in told if one)
    if document.get("verdict"):
        yield f"Statements: {document['verdict']}"


def _table(body: Mapping[str, Any], result: Mapping[str, Any], kind: str) -> Iterator[str]:
    """A line for each main figure, its unit in brackets where it is not the one of the heading."""
    lines = list(_figures(body, kind))
    periods = sorted({_period(fact) for found in lines for fact in found}, reverse=True)
    if not periods:
        return
    (usual, _), *_ = Counter(_unit(found[0]) for found in lines).most_common(1)
    table = [[usual, *(" ".join(period).strip() for period in periods)]]
    for found in lines:
        title, unit = concepts()[found[0]["concept"]].title, _unit(found[0])
        cells = {_period(fact): _cell(fact, result) for fact in found}
        label = f"{title} ({unit})" if unit != usual else title
        table.append([label, *(cells.get(period, "-") for period in periods)])
    yield ""
    yield from _aligned(table)


def _figures(body: Mapping[str, Any], kind: str) -> Iterator[list[Mapping[str, Any]]]:
    """The facts of each main figure: of the first of its concepts that is printed."""
    facts = [
        fact
        for fact in body.get("facts") or ()
        if fact["period"]["kind"] == kind
        and fact.get("consolidated", True)
        and not fact.get("restated")
        and fact.get("basis") != "non-GAAP"
    ]
    for names in TABLE:
        found = ([fact for fact in facts if fact["concept"] == name] for name in names)
        if printed := next(filter(None, found), None):
            yield printed


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """The table in lines, with as many of its newest periods as fit."""
    label, *cells = (max(map(len, column)) for column in zip(*table, strict=True))
    widths = [cell + _GAP for cell in cells[:_MOST_COLUMNS]]
    while len(widths) > 1 and label + sum(widths) > _WIDTH:
        widths.pop()
    for row in table:
        numbers = "".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths, strict=False))
        yield f"{row[0]:<{label}}{numbers}"


def _period(fact: Mapping[str, Any]) -> tuple[str, str]:
    return str(fact["period"]["end"]), str(fact["period"].get("bucket") or "")


def _unit(fact: Mapping[str, Any]) -> str:
    """As the document has it; what it does not say may not be taken for something else."""
    currency, scale = fact.get("currency"), fact.get("scale")
    if scale is None:
        return f"{currency}, scale not stated" if currency else "currency and scale not stated"
    word = _SCALES.get(scale, f"x {scale:,}")
    return f"{currency or 'currency not stated,'} {word}".strip(" ,")


def _cell(fact: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    page = next(
        (
            result["citations"][name].get("page")
            for name in fact["citations"]
            if name in result["citations"]
        ),
        None,
    )
    where = f" p.{page}" if page else ""
    return f"{Decimal(str(fact['value'])):,f}{where}"


def _checks(body: Mapping[str, Any]) -> Iterator[str]:
    checks = body.get("checks") or ()
    failed = [check for check in checks if check["status"] == "fail"]
    passed = sum(check["status"] == "pass" for check in checks)
    yield ""
    yield f"Checks: {passed} passed, {len(failed)} failed"
    for check in failed:
        expected, found = check.get("expected"), check.get("found")
        yield f"Failed {check['id']}: {check['formula']}: expected {expected}, found {found}"
