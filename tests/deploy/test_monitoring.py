"""The dashboard and the alerts ask for numbers that a server gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from programs import PATIENCE_SECONDS, ended, started
from prometheus_client.parser import text_string_to_metric_families

from apostil.samples import ANNUAL_REPORT

ROOT = Path(__file__).parent.parent.parent
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/apostil.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "deploy/prometheus/apostil.rules.yml").read_text("utf-8"))
SCRAPE = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"\b(apostil_[a-z_]+)\b(\{[^}]*\})?")
GROUPING = re.compile(r"\bby \(([^)]*)\)")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The labels of each metric of a server that has done a job."""
    with (
        started(tmp_path_factory.mktemp("served") / "data") as running,
        httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client,
    ):
        sent = {"files": ("report.pdf", ANNUAL_REPORT.read_bytes())}
        answer = client.post("/api/v1/jobs", data={"application": "lines"}, files=sent)
        assert ended(client, answer.json())["status"] == "succeeded"
        text = client.get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def asked() -> list[str]:
    return QUERIES + [alert["expr"] for alert in ALERTS]


def test_each_metric_and_label_asked_for_is_given(samples: dict[str, set[str]]) -> None:
    for query in asked():
        named = METRIC.findall(query)
        for name, selector in named:
            assert name in samples, query
            labels = set(re.findall(r"(\w+)=~?", selector))
            assert labels <= samples[name], query
        for grouping in GROUPING.findall(query):
            by = {label.strip() for label in grouping.split(",")}
            assert any(by <= samples[name] for name, _ in named), query


def test_every_number_that_a_server_gives_is_shown(samples: dict[str, set[str]]) -> None:
    shown = {name for query in QUERIES for name, _ in METRIC.findall(query)}
    plain = {name for name in samples if name.startswith("apostil_")}
    assert plain - shown == {"apostil_attempt_seconds_gcount"}


def test_gauges_are_not_taken_for_counters() -> None:
    assert [query for query in asked() if re.search(r"\b(rate|irate|increase)\(", query)] == []


def test_each_alert_says_what_is_the_matter_and_what_to_do() -> None:
    names = [alert["alert"] for alert in ALERTS]
    assert len(names) == len(set(names))
    for alert in ALERTS:
        assert alert["labels"]["severity"] in {"critical", "warning"}
        assert {"summary", "description"} == set(alert["annotations"])
    wanted = {"apostil_workers", "apostil_oldest_ready_seconds", "apostil_dead_letters"}
    wanted |= {"apostil_free_bytes"}
    assert wanted == {name for a in ALERTS for name, _ in METRIC.findall(a["expr"])}
    assert SCRAPE["rule_files"] == ["apostil.rules.yml"]


def test_the_panels_of_the_dashboard_do_not_lie_on_each_other() -> None:
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        covered = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not covered & places, panel["title"]
        assert max(x for x, _ in covered) < 24
        places |= covered
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
