"""The packaged sample report, whose figures its maker knows, through the whole pipeline."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apostil.applications.financial.result import DISCLAIMER
from apostil.applications.financial.summary import summary_lines
from apostil.samples import ANNUAL_REPORT

ROOT = Path(__file__).parents[3]
Result = dict[str, Any]


@pytest.fixture(scope="module")
def result(analyse: Callable[[Path], Result]) -> Result:
    return analyse(ANNUAL_REPORT)


@pytest.fixture(scope="module")
def figures() -> Iterator[Any]:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from sample_report.figures import (  # noqa: PLC0415 - the scripts are no package of ours
            statements,
        )

        yield statements()
    finally:
        sys.path.pop(0)


def values(result: Result, concept: str) -> list[int]:
    """The values of a concept, the newest first."""
    facts = [fact for fact in result["body"]["facts"] if fact["concept"] == concept]
    return [
        int(fact["value"]) for fact in sorted(facts, key=lambda f: f["period"]["end"], reverse=True)
    ]


def test_the_figures_are_those_that_the_maker_chose(result: Result, figures: Any) -> None:
    income, _, _ = figures
    assert values(result, "revenue") == list(income.sales)
    assert values(result, "gross_profit") == list(income.gross_profit)
    assert values(result, "operating_income") == list(income.operating_income)
    assert values(result, "income_tax") == list(income.taxes)
    assert values(result, "net_income") == list(income.net_income)
    assert values(result, "interest_expense") == [-amount for amount in income.interest_expense]
    assert values(result, "shares_basic") == list(income.basic_shares)
    assert {fact["scale"] for fact in result["body"]["facts"] if fact["concept"] == "revenue"} == {
        1000
    }


def test_all_checks_of_a_report_that_ties_hold(result: Result) -> None:
    body = result["body"]
    assert [check["id"] for check in body["checks"] if check["status"] in {"fail", "warning"}] == []
    assert body["document"]["verdict"] == "verified"
    assert body["not_found"] == []
    passed = {
        check["id"].partition("@")[0] for check in body["checks"] if check["status"] == "pass"
    }
    assert {"B1", "B2", "I1", "I2", "I3", "I4", "I6", "C1", "C2", "C3", "C4"} <= passed


def test_every_finding_has_its_proof_and_no_citation_is_idle(result: Result) -> None:
    used: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            used.update(node.get("citations") or ())
            used.update((node.get("support") or {}).values())
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(result["body"])
    assert used == set(result["citations"])
    for fact in [*result["body"]["facts"], *result["body"]["unmapped"]]:
        (citation,) = fact["citations"]
        assert result["citations"][citation]["quote"] == fact["raw"]
        assert {"label", "header", "scale"} <= set(fact["support"]) or fact["derived_label"]


def test_operands_of_checks_and_computed_values_exist(result: Result) -> None:
    body = result["body"]
    known = {item["id"] for name in ("facts", "unmapped", "derived") for item in body[name]}
    for check in body["checks"]:
        assert set(check["operands"]) <= known, check["id"]
    for derived in body["derived"]:
        assert set(derived["derivation"]["operands"]) <= known
        assert derived["derivation"]["formula"]
    known |= {check["id"] for check in body["checks"]}
    for sentences in body["sections"].values():
        for sentence in sentences:
            assert set(sentence["findings"]) <= known


def test_there_is_one_fact_for_a_concept_and_period(result: Result) -> None:
    keys = [
        (fact["concept"], fact["period"]["kind"], fact["period"]["start"], fact["period"]["end"])
        for fact in result["body"]["facts"]
        if fact["consolidated"] and not fact["restated"]
    ]
    assert len(keys) == len(set(keys))


def test_the_result_is_small_and_says_what_it_is_not(result: Result) -> None:
    assert len(json.dumps(result)) < 2_000_000
    assert result["body"]["disclaimer"] == DISCLAIMER
    assert [one["text"] for one in result["body"]["sections"]["disclaimer"]] == [DISCLAIMER]
    assert result["body"]["diagnostics"]["sentences_dropped"] == 0


def test_the_result_names_the_document_by_its_bytes(result: Result) -> None:
    (document,) = result["documents"]
    assert document["sha256"] == hashlib.sha256(ANNUAL_REPORT.read_bytes()).hexdigest()
    assert document["name"] == ANNUAL_REPORT.name
    assert {one["document"] for one in result["citations"].values()} == {document["sha256"]}


def test_the_summary_shows_figures_with_pages(result: Result) -> None:
    lines = summary_lines(result)
    revenue = next(line for line in lines if line.startswith("Revenue"))
    assert re.search(r"509,025 p\.7", revenue)
    assert any(line.startswith("Checks: ") and line.endswith("0 failed") for line in lines)
    assert not any(line.startswith("Not found") for line in lines)
