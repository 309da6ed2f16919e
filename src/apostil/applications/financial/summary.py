"""A financial result for a person at a terminal: plain lines, one figure a line with its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.telling.narrate import TABLE

_LABEL_WIDTH = 44
_CELL_WIDTH = 20
_MOST_COLUMNS = 3
_SCALES = {1: "", 1_000: " thousand", 100_000: " lakh", 1_000_000: " million", 10_000_000: " crore"}


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
    yield ", ".join(str(one) for one in told if one)
    if document.get("verdict"):
        yield f"Statements: {document['verdict']}"


def _table(body: Mapping[str, Any], result: Mapping[str, Any], kind: str) -> Iterator[str]:
    facts = [
        fact
        for fact in body.get("facts") or ()
        if fact["period"]["kind"] == kind
        and fact.get("consolidated", True)
        and not fact.get("restated")
        and fact.get("basis") != "non-GAAP"
    ]
    lines = [
        (names, [fact for fact in facts if fact["concept"] == name])
        for names in TABLE
        for name in names
    ]
    shown = [(names, found) for names, found in lines if found]
    columns = sorted({_column(fact) for _, found in shown for fact in found}, reverse=True)[
        :_MOST_COLUMNS
    ]
    if not columns:
        return
    yield ""
    yield " " * _LABEL_WIDTH + "".join(
        f"{' '.join(column).strip():>{_CELL_WIDTH}}" for column in columns
    )
    told: set[tuple[str, ...]] = set()
    for names, found in shown:
        if names in told:
            continue
        told.add(names)
        cells = {_column(fact): _cell(fact, result) for fact in found}
        title = concepts()[found[0]["concept"]].title + _unit(found[0])
        yield f"{title:<{_LABEL_WIDTH}}" + "".join(
            f"{cells.get(column, '-'):>{_CELL_WIDTH}}" for column in columns
        )


def _column(fact: Mapping[str, Any]) -> tuple[str, str]:
    return str(fact["period"]["end"]), str(fact["period"].get("bucket") or "")


def _unit(fact: Mapping[str, Any]) -> str:
    scale = fact.get("scale")
    word = _SCALES.get(scale, "") if isinstance(scale, int) else ""
    unit = " ".join(part for part in (str(fact.get("currency") or ""), word.strip()) if part)
    return f" ({unit})" if unit else ""


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
        yield f"  failed {check['id']}: {check['formula']}: expected {check.get('expected')}, found {check.get('found')}"
