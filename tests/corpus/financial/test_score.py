"""Results of real reports against figures checked by hand, and each quote read again by another reader."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from apostil.applications.financial.mapping.rows import map_rows
from apostil.applications.financial.report import check, tell
from apostil.applications.financial.segments import read_statements
from apostil.documents import parse
from corpus import CORPUS, SHARED, sampled

FINANCIAL = CORPUS / "financial"
TRUTH = FINANCIAL / "GROUND_TRUTH_financial.json"
SCORERS = SHARED / "score"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not TRUTH.exists(), reason="the corpus is not beside the checkout"),
    pytest.mark.timeout(900),
]

REPORTS = sampled(sorted(FINANCIAL.glob("*.pdf")), one_in=6)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for path in REPORTS:
        document = parse(path)
        identity, statements = read_statements(document)
        reviewed = check(document, identity, [map_rows(statement) for statement in statements])
        answered = tell(
            document=document,
            name=path.name,
            identity=identity,
            statements=statements,
            reviewed=reviewed,
        )
        (folder / f"{path.stem}.json").write_bytes(msgspec.json.encode(answered))
    return folder


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ground truth of the reports that are read in this run."""
    known = json.loads(TRUTH.read_text(encoding="utf-8"))
    read = {f"financial/{path.name}" for path in REPORTS}
    known["documents"] = [one for one in known["documents"] if one["document"] in read]
    assert known["documents"]
    kept = tmp_path_factory.mktemp("truth") / "truth.json"
    kept.write_text(json.dumps(known), encoding="utf-8")
    return kept


def figures(output: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"(\w+)=(\d+\.\d+)", output)}


def score(*arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        cwd=SCORERS,
    )
    return done.stdout


def test_facts_are_right_and_what_is_absent_stays_absent(results: Path, truth: Path) -> None:
    output = score("financial.py", "--truth", truth, "--results", results, "--verbose")
    scored = figures(output)
    assert scored["precision"] >= 0.98, output
    assert scored["recall"] >= 0.95, output
    assert scored["page"] == 1.0, output
    assert "INVENTED" not in output


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_quote_stands_in_its_boxes(results: Path, path: Path) -> None:
    output = score("citations.py", results / f"{path.stem}.json", path, "--verbose")
    scored = figures(output)
    assert scored["held"] == scored["resolved"] == 1.0, output


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_an_audited_report_raises_no_false_alarm(results: Path, path: Path) -> None:
    body = json.loads((results / f"{path.stem}.json").read_bytes())["body"]
    failed = [f"{one['id']}: {one['formula']}" for one in body["checks"] if one["status"] == "fail"]
    assert failed == []
    assert body["diagnostics"]["sentences_dropped"] == 0
