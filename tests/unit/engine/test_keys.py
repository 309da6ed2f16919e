"""An artifact's key follows everything that the artifact is made from, and nothing else."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from apostil.engine import Job, JobDocument, JobSegment, Need, Segment, Versions, artifact_key

SEGMENT = Segment(
    name="think", title="Think", work="json:dumps", after=("read",), parameters=("colour",)
)
JOB = Job(
    id="j",
    owner="local",
    application="a",
    version="1",
    documents=(JobDocument(sha256="d1", name="a.pdf", media_type="application/pdf", size=1),),
    parameters={"colour": "red", "unread": 1},
    segments=(
        JobSegment(name="read", title="Read", after=(), artifact_digest="abc"),
        JobSegment(name="think", title="Think", after=("read",)),
    ),
    submitted_at=1_000_000.0,
)
KEY = artifact_key(JOB, SEGMENT, "1-x")


def _renamed(name: str) -> tuple[JobDocument, ...]:
    return (changed(JOB.documents[0], name=name),)


@pytest.mark.parametrize(
    "other",
    [
        changed(JOB, owner="somebody"),
        changed(JOB, parameters={"colour": "blue", "unread": 1}),
        changed(JOB, parameters={}),
        changed(JOB, documents=(changed(JOB.documents[0], sha256="d2"),)),
        changed(JOB, documents=(changed(JOB.documents[0], media_type="text/plain"),)),
        changed(JOB, documents=JOB.documents * 2),
        JOB.with_segment(changed(JOB.segments[0], artifact_digest="def")),
    ],
)
def test_the_key_follows_every_input(other: Job) -> None:
    assert artifact_key(other, SEGMENT, "1-x") != KEY


@pytest.mark.parametrize(
    "same",
    [
        changed(JOB, id="k", application="b", submitted_at=2_000_000.0, priority=0),
        changed(JOB, parameters={"unread": 2, "colour": "red"}),
        changed(JOB, documents=_renamed("b.pdf")),
    ],
)
def test_what_a_segment_does_not_see_is_not_in_its_key(same: Job) -> None:
    assert artifact_key(same, SEGMENT, "1-x") == KEY


def test_the_key_follows_version_and_work() -> None:
    assert artifact_key(JOB, SEGMENT, "2-x") != KEY
    assert artifact_key(JOB, replace(SEGMENT, work="json:loads"), "1-x") != KEY


def test_the_day_is_in_the_key_of_those_who_need_it() -> None:
    dated = replace(SEGMENT, needs=frozenset({Need.AS_OF}))
    later = changed(JOB, submitted_at=JOB.submitted_at + 24 * 3600)
    assert artifact_key(JOB, dated, "1") != artifact_key(later, dated, "1")
    assert artifact_key(JOB, SEGMENT, "1") == artifact_key(later, SEGMENT, "1")


def test_a_version_follows_rules_and_data_of_its_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "domain_of_a_test"
    (package / "rules").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('a supervisor imports no domain')")
    (package / "segments.py").write_text("def work(): ...")
    rules = package / "rules" / "words.csv"
    rules.write_text("revenue")
    monkeypatch.syspath_prepend(str(tmp_path))
    segment = Segment(name="s", title="S", work="domain_of_a_test.segments:work")
    before = Versions().of(segment)
    assert before.startswith("1-")
    assert Versions().of(segment) == before
    rules.write_text("turnover")
    assert Versions().of(segment) != before
    assert Versions().of(replace(segment, version=2)).startswith("2-")
    assert "domain_of_a_test" not in sys.modules


def test_a_version_follows_the_packages_that_are_named() -> None:
    alone = Segment(name="s", title="S", work="json:dumps")
    assert Versions().of(alone) != Versions().of(replace(alone, sources=("csv",)))
