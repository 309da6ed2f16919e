from __future__ import annotations

from typing import Any

from apostil.applications.financial.summary import summary_lines


def fact(concept: str, value: str, *, end: str = "2024-12-31", **more: Any) -> dict[str, Any]:
    period = {"kind": "duration", "end": end, "bucket": "FY"}
    return {
        "concept": concept,
        "value": value,
        "scale": 1_000,
        "currency": "USD",
        "period": period,
        "citations": ["c1"],
    } | more


def told(*facts: dict[str, Any], **body: Any) -> list[str]:
    citations = {"c1": {"page": 107}}
    return summary_lines({"citations": citations, "body": {"facts": list(facts), **body}})


def test_a_unit_is_said_once_and_again_where_it_differs() -> None:
    lines = told(
        fact("revenue", "509025"),
        fact("net_income", "50815"),
        fact("eps_basic", "1.63", scale=1),
        fact("cfo", "7", scale=None),
        fact("cfi", "8", scale=None, currency=None),
        fact("cff", "9", currency=None),
    )
    assert [line.split("  ")[0] for line in lines[1:8]] == [
        "USD thousand",
        "Revenue",
        "Net income",
        "Basic earnings per share (USD)",
        "Cash flow from operating activities (USD, scale not stated)",
        "Cash flow from investing activities (currency and scale not stated)",
        "Cash flow from financing activities (currency not stated, thousand)",
    ]


def test_as_many_of_the_newest_periods_are_shown_as_fit_a_terminal() -> None:
    years = [f"{year}-12-31" for year in (2024, 2023, 2022, 2021)]
    small = told(*(fact("revenue", "509025", end=year) for year in years))
    assert small[1].split("  ")[-3:] == [f"{year} FY" for year in years[:3]]
    large = told(*(fact("cfo", "-509025000000000", end=year) for year in years))
    assert "2024-12-31" in large[1]
    assert "2022-12-31" not in large[1]
    assert all(len(line) <= 80 for line in small + large)


def test_a_report_in_which_nothing_was_found_begins_with_its_verdict() -> None:
    lines = told(document={"verdict": "not verified"}, not_found=[{"title": "Revenue"}])
    assert lines == [
        "Statements: not verified",
        "",
        "Checks: 0 passed, 0 failed",
        "Not found: Revenue",
    ]
