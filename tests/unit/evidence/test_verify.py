"""A result verifies against the file it was made from, and against nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import statement, text, together, two_columns, write_pdf

from apostil.documents import ParsedDocument, SecondReader, cite, parse
from apostil.evidence import Citation, VerdictStatus, Verification, verify

JsonObject = dict[str, Any]


def result_about(document: ParsedDocument) -> JsonObject:
    """Every figure of the document as a fact with its citation."""
    citations: dict[str, Citation] = {}
    facts = []
    for page in document.pages:
        for index, word in enumerate(page.words.text):
            digits = "".join(filter(str.isdigit, word))
            if digits:
                name = f"c{len(citations) + 1}"
                citations[name] = cite(document, page.number, [index])
                facts.append({"value": digits, "raw": word, "citations": [name], "support": {}})
    decoded: JsonObject = json.loads(
        msgspec.json.encode(
            {
                "schema": "apostil.result/1",
                "documents": [{"sha256": document.sha256, "name": "paper.pdf"}],
                "citations": citations,
                "body": {"facts": facts},
            }
        )
    )
    return decoded


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "paper.pdf"
    return write_pdf(path, statement, two_columns)


@pytest.fixture(scope="module")
def honest(paper: Path) -> JsonObject:
    return result_about(parse(paper))


def statuses(verification: Verification) -> dict[str, VerdictStatus]:
    return {verdict.subject: verdict.status for verdict in verification.failures}


def test_an_honest_result_holds(paper: Path, honest: JsonObject) -> None:
    verification = verify(honest, SecondReader([paper]))
    assert verification.holds
    assert len(verification.verdicts) == len(honest["citations"]) > 5


def changed_quote(result: JsonObject) -> None:
    result["citations"]["c3"]["quote"] = result["citations"]["c3"]["quote"].replace("2", "3", 1)


def moved_box(result: JsonObject) -> None:
    result["citations"]["c3"]["boxes"][0][0] += 40
    result["citations"]["c3"]["boxes"][0][2] += 40


def wider_box(result: JsonObject) -> None:
    result["citations"]["c3"]["boxes"][0][0] -= 120


def box_over_blank_paper(result: JsonObject) -> None:
    result["citations"]["c3"]["boxes"][0][2] += 60


def second_box(result: JsonObject) -> None:
    result["citations"]["c3"]["boxes"].append([10, 700, 60, 712])


def other_page(result: JsonObject) -> None:
    result["citations"]["c3"]["page"] = 2


@pytest.mark.parametrize(
    "plant",
    [changed_quote, moved_box, wider_box, box_over_blank_paper, second_box, other_page],
)
def test_a_planted_change_of_a_citation_is_found(
    paper: Path, honest: JsonObject, plant: Callable[[JsonObject], None]
) -> None:
    result = copy.deepcopy(honest)
    plant(result)
    found = statuses(verify(result, SecondReader([paper])))
    assert found["c3"] is VerdictStatus.ALTERED


@pytest.mark.parametrize("field", ["value", "raw"])
def test_a_planted_digit_in_the_body_is_found(paper: Path, honest: JsonObject, field: str) -> None:
    result = copy.deepcopy(honest)
    fact = result["body"]["facts"][3]
    last = next(digit for digit in reversed(fact[field]) if digit.isdigit())
    fact[field] = fact[field].replace(last, str((int(last) + 1) % 10))
    found = statuses(verify(result, SecondReader([paper])))
    assert found == {f"body.facts[3].{field}": VerdictStatus.VALUE_UNSUPPORTED}


def test_a_dash_is_zero_and_nothing_else(paper: Path) -> None:
    document = parse(paper)
    words = document.page(1).words
    dash = words.text.index("\u2014")
    result = result_about(document)
    citation = cite(document, 1, [dash])
    result["citations"]["d"] = json.loads(msgspec.json.encode(citation))
    result["body"]["zero"] = {"value": "0", "citations": ["d"]}
    assert verify(result, SecondReader([paper])).holds
    result["body"]["zero"]["value"] = "7"
    assert not verify(result, SecondReader([paper])).holds


@pytest.mark.parametrize("key", ["citations", "support"])
def test_a_citation_that_is_named_but_missing_is_found(
    paper: Path, honest: JsonObject, key: str
) -> None:
    result = copy.deepcopy(honest)
    result["body"]["facts"][0][key] = ["c999"] if key == "citations" else {"label": "c999"}
    found = statuses(verify(result, SecondReader([paper])))
    assert found == {f"body.facts[0].{key}": VerdictStatus.CITATION_MISSING}


def test_another_file_proves_nothing(tmp_path: Path, honest: JsonObject) -> None:
    other = write_pdf(tmp_path / "other.pdf", statement)
    verification = verify(honest, SecondReader([other]))
    assert {verdict.status for verdict in verification.verdicts} == {VerdictStatus.DOCUMENT_MISSING}


def test_a_wrong_hash_is_found(paper: Path, honest: JsonObject) -> None:
    result = copy.deepcopy(honest)
    result["citations"]["c1"]["document"] = "0" * 64
    found = statuses(verify(result, SecondReader([paper])))
    assert found == {"c1": VerdictStatus.DOCUMENT_MISSING}


def test_a_page_that_does_not_exist_is_found(paper: Path, honest: JsonObject) -> None:
    result = copy.deepcopy(honest)
    result["citations"]["c1"]["page"] = 99
    found = statuses(verify(result, SecondReader([paper])))
    assert found == {"c1": VerdictStatus.PAGE_MISSING}


def test_a_citation_without_boxes_is_called_malformed(paper: Path, honest: JsonObject) -> None:
    result = copy.deepcopy(honest)
    result["citations"]["c1"]["boxes"] = []
    found = statuses(verify(result, SecondReader([paper])))
    assert found == {"c1": VerdictStatus.MALFORMED}


def test_what_is_no_result_is_refused(paper: Path) -> None:
    with pytest.raises(ValueError, match="not a result"):
        verify({"facts": []}, SecondReader([paper]))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30.0, 50.0, 600.0, 780.0)])
def test_turned_and_cropped_pages_hold_too(
    tmp_path: Path, rotation: int, crop: tuple[float, float, float, float] | None
) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, rotation=rotation, crop=crop)
    assert verify(result_about(parse(path)), SecondReader([path])).holds


def test_an_encrypted_file_is_read_again_with_its_password(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "paper.pdf", statement, password=("secret", "owner"))
    result = result_about(parse(path, password="secret"))  # noqa: S106 - of the file above
    locked = verify(result, SecondReader([path]))
    assert {verdict.status for verdict in locked.verdicts} == {VerdictStatus.UNREADABLE}
    opened = SecondReader([path], password="secret")  # noqa: S106 - of the file above
    assert verify(result, opened).holds


PROSE = together(statement, text((72, 400, "A profit of 1,234 and a loss of 86 in one year.")))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_cited_can_be_verified(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / "prose.pdf"
    if not path.exists():
        write_pdf(path, PROSE, two_columns)
    document = parse(path)
    citations = {}
    for number in range(data.draw(st.integers(1, 8))):
        page = data.draw(st.sampled_from(document.pages))
        words = data.draw(st.sets(st.integers(0, len(page.words) - 1), min_size=1, max_size=12))
        citations[f"c{number}"] = cite(document, page.number, words)
    result = json.loads(msgspec.json.encode({"citations": citations, "body": {}}))
    assert verify(result, SecondReader([path])).failures == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "apostil.parsed/1"}, "only apostil.result/1"),
        ({"body": None}, "no citations or no body"),
        ({"documents": [5]}, "list of documents is malformed"),
        ({"documents": [{"sha256": 5, "name": "x"}]}, "list of documents is malformed"),
    ],
)
def test_what_is_no_result_of_ours_is_refused(
    honest: JsonObject, paper: Path, change: JsonObject, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        verify({**honest, **change}, SecondReader([paper]))


def test_a_number_with_neither_citation_nor_derivation_is_found(
    honest: JsonObject, paper: Path
) -> None:
    changed = copy.deepcopy(honest)
    changed["body"]["facts"][0]["citations"] = []
    changed["body"]["facts"].append(
        {"value": "7", "citations": [], "derivation": {"formula": "a + b", "operands": ["f1"]}}
    )
    assert statuses(verify(changed, SecondReader([paper]))) == {
        "body.facts[0].value": VerdictStatus.VALUE_UNSUPPORTED
    }
