"""Requests about jobs that are refused: nothing of them is kept, and the answer says what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from programs import PATIENCE_SECONDS, Running

TEXT = b"A text of no importance.\n"


@pytest.fixture
def api(server: Running) -> Iterator[httpx.Client]:
    address = f"{server.address}api/v1/"
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
        yield client


WRONG_FIELDS = [
    ({"application": "none"}, "application-unknown", "/body/application"),
    ({}, "request-invalid", "/body/application"),
    ({"application": "lines", "priority": "10"}, "request-invalid", "/body/priority"),
    ({"application": "lines", "priority": "1.5"}, "request-invalid", "/body/priority"),
    ({"application": "lines", "parallel": "perhaps"}, "request-invalid", "/body/parallel"),
    ({"application": "lines", "query": "what?"}, "request-invalid", "/body/query"),
    ({"application": ["lines", "lines"]}, "request-invalid", "/body/application"),
    ({"application": "lines", "parameters": "depth"}, "request-invalid", "/body/parameters"),
    ({"application": "lines", "parameters": "[]"}, "request-invalid", "/body/parameters"),
    ({"application": "lines", "parameters": '{"a~/b": "1"}'}, "request-invalid",
     "/body/parameters/a~0~1b"),
    ({"application": "lines", "parameters": '{"depth": 1}'}, "request-invalid",
     "/body/parameters/depth"),
    ({"application": "lines", "parameters": "[" * 90_000}, "request-invalid", "/body/parameters"),
    ({"application": "lines", "parameters": json.dumps({"depth": "x" * 70_000})}, "request-invalid",
     "/body/parameters"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "kind", "pointer"), WRONG_FIELDS)
def test_a_wrong_field_is_refused_and_pointed_at(
    api: httpx.Client, fields: dict[str, Any], kind: str, pointer: str
) -> None:
    answer = api.post("jobs", data=fields, files={"files": ("a.txt", TEXT)})
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, f"/problems/{kind}")
    assert problem["errors"][0]["pointer"] == pointer
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"priority": "10"}, "less than or equal to 9"),
        ({"priority": "-1"}, "greater than or equal to 0"),
        ({"priority": "1.5"}, "a valid integer"),
        ({"parameters": '{"dept": "1"}'}, "knows these: depth"),
        ({"application": "financial", "parameters": '{"depth": "1"}'}, "takes no parameters"),
    ],
)
def test_a_refusal_says_what_would_be_right(
    api: httpx.Client, fields: dict[str, str], said: str
) -> None:
    data = {"application": "lines", **fields}
    answer = api.post("jobs", data=data, files={"files": ("a.txt", TEXT)})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_bodies_that_are_no_submission_are_refused(api: httpx.Client) -> None:
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"data": {"application": "lines"}}, 415),
        ({}, 415),
        ({"content": "{", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": "[" * 100_000, "headers": {"Content-Type": "application/json"}}, 422),
        ({"json": ["lines"]}, 422),
        ({"json": {"application": "lines", "documents": []}}, 422),
        ({"json": {"application": "lines", "documents": ["x"] * 201}}, 422),
        ({"json": {"application": "lines", "documents": ["x"], "more": 1}}, 422),
        ({"json": {"application": "lines", "documents": ["nothing"]}}, 404),
        ({"content": "--x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"files": {"file": ("a.txt", TEXT)}, "data": {"application": "lines"}}, 422),
        ({"files": {"files": (None, "text")}, "data": {"application": "lines"}}, 422),
    ]
    for asked, status in wrong:
        answer = api.post("jobs", **asked)
        assert answer.status_code == status, (str(asked)[:100], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_is_listed_of_a_submission_that_was_refused(api: httpx.Client) -> None:
    text = b"A text that only refused submissions have.\n"
    two = [("files", ("a.txt", text)), ("files", ("b.txt", TEXT))]
    assert api.post("jobs", data={"application": "lines"}, files=two).status_code == 422
    wrong = {"application": "lines"}
    assert api.post("jobs", data=wrong, files={"files": ("a.txt", text)}).status_code == 415
    sha256 = hashlib.sha256(text).hexdigest()
    assert api.get("jobs", params={"document": sha256}).json()["items"] == []
    assert api.get(f"documents/{sha256}").status_code == 404


def test_an_address_names_all_methods_that_it_takes(api: httpx.Client) -> None:
    assert api.put("jobs").headers["allow"] == "GET, POST"
    assert api.get("jobs/batch").headers["allow"] == "POST"
    assert api.get("jobs/batch").status_code == 405
    assert api.post("jobs/some-id").headers["allow"] == "DELETE, GET"
