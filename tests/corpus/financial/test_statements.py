"""Statements of real reports: each figure checked by hand stands in its row, column and scale."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from apostil.applications.financial.rules.titles import squeeze
from apostil.applications.financial.segments import read_statements
from apostil.applications.financial.statement import Amount, Column, ColumnKind, Row, Statement
from apostil.documents import parse
from corpus import CORPUS, sampled

TRUTH = CORPUS / "financial" / "GROUND_TRUTH_financial.json"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not TRUTH.exists(), reason="the corpus is not beside the checkout"),
]

DAYS = {"12 weeks": 84, "13 weeks": 91, "three months": 91, "quarter": 91, "nine months": 273}


def truth() -> list[dict[str, Any]]:
    if not TRUTH.exists():
        return []
    documents: list[dict[str, Any]] = json.loads(TRUTH.read_text(encoding="utf-8"))["documents"]
    return sampled(documents, one_in=4)


@cache
def statements_of(name: str) -> tuple[Statement, ...]:
    return read_statements(parse(CORPUS / name))[1]


def cells(statements: tuple[Statement, ...]) -> Iterator[tuple[Statement, Row, Amount, Column]]:
    for statement in statements:
        for row in statement.rows:
            for amount in row.amounts:
                yield statement, row, amount, statement.columns[amount.column]


def is_period(column: Column, text: str) -> bool:
    """Whether a column is for the period that the ground truth names ("13 weeks ended 2023-01-28")."""
    day = re.search(r"\d{4}-\d\d-\d\d", text)
    if column.period is None or column.kind is not ColumnKind.AMOUNT or day is None:
        return False
    if column.period.end != dt.date.fromisoformat(day.group()):
        return False
    length = text[: day.start()].replace("ended", "").strip()
    if not length:
        return column.period.start is None
    if column.period.start is None:
        return False
    days = (column.period.end - column.period.start).days + 1
    return abs(days - DAYS.get(length, 365)) <= 8


def scale_of(statement: Statement, metric: str) -> Decimal | None:
    if metric.startswith("eps"):
        return statement.scale.per_share
    amounts = statement.scale.amounts
    return None if amounts is None else Decimal(amounts)


def holds(fact: dict[str, Any], statements: tuple[Statement, ...]) -> bool:
    label = squeeze(fact["label_as_printed"])
    return any(
        amount.raw.replace(" ", "") == fact["value_printed"].replace(" ", "")
        and row.page == fact["page"]
        and (label in squeeze(row.label) or squeeze(row.label) in label)
        and is_period(column, fact["period"])
        and scale_of(statement, fact["metric"]) == Decimal(str(fact["scale"]))
        for statement, row, amount, column in cells(statements)
    )


@pytest.mark.parametrize("document", truth(), ids=lambda document: Path(document["document"]).stem)
def test_every_true_figure_stands_in_its_row_column_and_scale(document: dict[str, Any]) -> None:
    statements = statements_of(document["document"])
    facts = [fact for fact in document["facts"] if fact["value"] is not None]
    lost = [
        f"{fact['metric']} {fact['value_printed']} {fact['period']}"
        for fact in facts
        if not holds(fact, statements)
    ]
    assert not lost


@pytest.mark.parametrize(
    "name",
    [path.name for path in sorted((CORPUS / "financial").glob("*_8K_*.pdf"))]
    if TRUTH.exists()
    else [],
)
def test_report_of_an_event_has_no_statements(name: str) -> None:
    assert statements_of(f"financial/{name}") == ()


def test_every_amount_is_quoted_as_printed() -> None:
    for document in truth():
        for _, _, amount, _ in cells(statements_of(document["document"])):
            assert amount.citation.quote == amount.raw
