"""The OpenAPI document says of every operation what a program that uses it wants to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from programs import PATIENCE_SECONDS, Running, started

Operation = dict[str, Any]
PROBLEM = {"$ref": "#/components/schemas/Problem"}


@pytest.fixture(scope="module")
def document(server: Running) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(
        f"{server.address}openapi.json", timeout=PATIENCE_SECONDS
    ).json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def has_example(part: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether an answer, its schema or, where that is made of parts, one of these shows one."""
    if name := part.get("$ref", "").rpartition("/")[2]:
        return has_example(document["components"]["schemas"][name], document)
    inner = [part.get("schema"), part.get("items"), *part.get("anyOf", ())]
    inner += part.get("properties", {}).values()
    is_shown = not {"example", "examples", "const"}.isdisjoint(part)
    return is_shown or any(has_example(one, document) for one in inner if one)


def test_every_operation_has_a_name_of_its_own_and_words_for_people(
    document: dict[str, Any],
) -> None:
    assert document["openapi"].startswith("3.1")
    found = list(operations(document))
    assert len(found) > 30
    names = Counter(operation["operationId"] for _, operation in found)
    assert [name for name, count in names.items() if count > 1] == []
    for place, operation in found:
        assert operation["operationId"].isidentifier(), place
        for word in ("summary", "description", "tags"):
            assert operation.get(word), f"{place} has no {word}"


def test_every_json_answer_has_an_example(document: dict[str, Any]) -> None:
    without = [
        (place, status)
        for place, operation in operations(document)
        for status, answer in operation["responses"].items()
        for media_type, media in answer.get("content", {}).items()
        if status.startswith("2") and media_type == "application/json"
        if not has_example(media, document)
    ]
    assert without == []


def test_every_body_that_is_sent_as_json_has_an_example(document: dict[str, Any]) -> None:
    without = [
        place
        for place, operation in operations(document)
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items()
        if media_type == "application/json" and not has_example(media, document)
    ]
    assert without == []


def test_every_error_is_a_problem_and_the_usual_ones_are_told_of_each_operation(
    document: dict[str, Any],
) -> None:
    for place, operation in operations(document):
        answers = operation["responses"]
        assert "default" in answers, place
        told = answers["default"]["content"]["application/problem+json"]["examples"]
        assert {"token-needed", "rate-limited", "internal-error"} <= set(told), place
        for status, answer in answers.items():
            # Whether the server is well is told in one shape, well or not.
            if status[0] in "45d" and not (status == "503" and "health" in place):
                content = answer["content"]
                assert content["application/problem+json"]["schema"] == PROBLEM, (place, status)
                for example in content["application/problem+json"].get("examples", {}).values():
                    assert example["value"]["type"].startswith("/problems/")


def test_both_bodies_of_a_submission_are_described(document: dict[str, Any]) -> None:
    for path in ("/api/v1/jobs", "/api/v1/jobs/batch"):
        content = document["paths"][path]["post"]["requestBody"]["content"]
        form = content["multipart/form-data"]["schema"]
        assert set(form["required"]) == {"application", "files"}
        assert "documents" in content["application/json"]["schema"]["required"]


def test_a_token_is_asked_for_wherever_the_document_says_so(tmp_path: Path) -> None:
    everywhere = ("--host", "0.0.0.0")  # noqa: S104 - what the test is about
    with started(tmp_path / "data", *everywhere, APOSTIL_RATE_LIMIT="off") as running:
        said = urlsplit(running.address)
        shown = {"Authorization": f"Bearer {said.query.partition('=')[2]}"}
        here = f"http://127.0.0.1:{said.port}"
        with httpx.Client(base_url=here, timeout=PATIENCE_SECONDS) as client:
            found = client.get("/openapi.json", headers=shown).json()
            assert found["security"] == [{"token": []}]
            asked = {
                place: client.request(*place.split()).status_code
                for place, operation in operations(found)
                if operation.get("security", found["security"])
            }
            assert set(asked.values()) == {401}
            free = [place for place, _ in operations(found) if place not in asked]
            assert free == ["GET /problems", "GET /problems/{name}", "GET /health/live"]
            assert client.get("/health/live").status_code == 200


def test_no_token_is_needed_where_the_document_says_so(document: dict[str, Any]) -> None:
    assert {} in document["security"]
