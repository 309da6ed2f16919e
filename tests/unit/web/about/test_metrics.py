"""Totals as metrics, read back by Prometheus' own reader."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from apostil.engine import DURATION_BOUNDS, AttemptTotals, JobStatus, Outcome, Totals
from apostil.web.about.metrics import Numbers

ODD = 'quo"ted\\back\nline{}'


def ended(segment: str, outcome: Outcome, within: tuple[int, ...], seconds: float) -> AttemptTotals:
    return AttemptTotals(
        application="blood_test",
        segment=segment,
        outcome=outcome,
        count=within[-1],
        seconds=seconds,
        within=within,
    )


TOTALS = Totals(
    jobs={("blood_test", JobStatus.FAILED): 3, (ODD, JobStatus.QUEUED): 1},
    dead_letters={"blood_test": 2},
    segments_ready=4,
    segments_running=1,
    oldest_ready_seconds=12.5,
    attempts=[
        ended("parse", Outcome.FINISHED, (0, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3), 1.5),
        ended("parse", Outcome.FAILED, (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2), 301.0),
        ended(ODD, Outcome.FINISHED, (1,) * 11, 0.001),
    ],
    documents=5,
    document_bytes=10**12 + 1,
    artifacts=6,
    artifact_bytes=7,
    events=8,
)


def read_back(applications: tuple[str, ...] = ()) -> dict[tuple[str, ...], float]:
    """Samples by name and the values of their labels, sorted by the labels' names."""
    registry = CollectorRegistry()
    registry.register(Numbers(TOTALS, workers=2, free_bytes=9, applications=applications))
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }


def test_a_job_is_counted_under_its_applications_slug_and_its_status() -> None:
    found = read_back()
    assert found["apostil_jobs", "blood-test", "failed"] == 3
    assert found["apostil_jobs", "blood-test", "succeeded"] == 0
    assert found["apostil_dead_letters", "blood-test"] == 2


def test_an_installed_application_is_shown_before_its_first_job() -> None:
    found = read_back(applications=("financial",))
    assert found["apostil_jobs", "financial", "queued"] == 0
    assert found["apostil_dead_letters", "financial"] == 0


def test_an_odd_name_comes_back_whole() -> None:
    found = read_back()
    assert found["apostil_jobs", ODD, "queued"] == 1
    assert found["apostil_attempts", "blood-test", "finished", ODD] == 1


def test_the_durations_of_a_segment_are_summed_over_outcomes() -> None:
    found = read_back()
    buckets = [
        found["apostil_attempt_seconds_bucket", "blood-test", str(bound), "parse"]
        for bound in (*DURATION_BOUNDS, "+Inf")
    ]
    assert buckets == [1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5]
    assert found["apostil_attempt_seconds_gsum", "blood-test", "parse"] == 302.5
    assert found["apostil_attempts", "blood-test", "failed", "parse"] == 2


def test_sizes_keep_every_digit() -> None:
    found = read_back()
    assert found["apostil_document_bytes",] == 10**12 + 1
    assert found["apostil_oldest_ready_seconds",] == 12.5
    assert found["apostil_segments_ready",] == 4
    assert found["apostil_workers",] == 2


def test_the_guide_names_every_metric_and_no_other() -> None:
    guide = (Path(__file__).parents[4] / "docs/howto/watch-a-server.md").read_text("utf-8")
    totals = Numbers(TOTALS, workers=2, free_bytes=9, applications=())
    assert set(re.findall(r"\bapostil_[a-z_]+", guide)) == {one.name for one in totals.collect()}
