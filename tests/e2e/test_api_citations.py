"""What results cite in a document, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from papers_sent import API, REPORT, done, problem_of, sent, sheet


def test_citations_are_walked_and_each_link_shows_the_quote_lit(client: httpx.Client) -> None:
    job = done(client, REPORT)
    result = client.get(job["links"]["result"]).json()
    document = client.get(f"{API}/documents/{job['documents'][0]['sha256']}").json()
    address = document["links"]["citations"] + "?limit=60"
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while address:
        page = client.get(address).json()
        assert page["job"] == job["id"]
        seen += page["items"]
        address = page["next"]
    assert {one["id"]: one["quote"] for one in seen} == {
        key: one["quote"] for key, one in result["citations"].items()
    }
    assert len(client.get(page["prev"]).json()["items"]) == 60
    first = seen[0]
    assert first["boxes"] == result["citations"][first["id"]]["boxes"]
    assert first["link"].startswith(f"{document['links']['ui']}?cite={first['id']}&")
    lit = client.get(first["link"], follow_redirects=True)
    assert str(lit.url).endswith(f"/ui/jobs/{job['id']}/result?cite={first['id']}")
    assert f">{first['quote']}<" in lit.text
    short = client.get(document["links"]["ui"], params={"cite": first["id"]})
    assert short.status_code == 303
    assert short.headers["location"] == f"/ui/jobs/{job['id']}/result?cite={first['id']}"


def test_citations_come_in_the_shape_of_hosted_extractors_too(client: httpx.Client) -> None:
    job = done(client, REPORT)
    address = f"{API}/documents/{job['documents'][0]['sha256']}/citations"
    plain = client.get(address, params={"limit": 1}).json()["items"][0]
    boxes = client.get(address, params={"limit": 1, "shape": "boxes"}).json()["items"]
    x0, y0, x1, y1 = plain["boxes"][0]
    assert boxes == [
        {
            "page": plain["page"],
            "matching_text": plain["quote"],
            "bounding_boxes": [{"x": x0, "y": y0, "w": round(x1 - x0, 4), "h": round(y1 - y0, 4)}],
            "page_dimensions": {"width": 612.0, "height": 792.0},
        }
    ]
    assert problem_of(client.get(address, params={"shape": "round"})) == (422, "request-invalid")


def test_citations_are_those_of_the_job_that_is_asked_for(
    client: httpx.Client, tmp_path: Path
) -> None:
    first, second = done(client, REPORT), done(client, REPORT)
    address = f"{API}/documents/{first['documents'][0]['sha256']}/citations"
    assert client.get(address).json()["job"] == second["id"]
    begun = client.get(address, params={"job": first["id"], "limit": 1}).json()
    assert begun["job"] == begun["items"][0]["job"] == first["id"]
    assert client.get(begun["next"]).json()["job"] == first["id"]
    other = client.get(begun["next"].replace(first["id"], second["id"]))
    assert problem_of(other) == (422, "cursor-invalid")
    elsewhere = sent(client, sheet(tmp_path, "cited by nobody"))
    none = client.get(elsewhere["links"]["citations"]).json()
    assert none == {"items": [], "job": None, "next": None, "prev": None}
    asked = client.get(elsewhere["links"]["citations"], params={"job": first["id"]})
    assert problem_of(asked) == (404, "job-not-found")
    shown = client.get(elsewhere["links"]["ui"], headers={"Accept": "text/html"})
    assert shown.status_code == 409
    for cursor in ("x", "00", "5b5d", json.dumps(["x", -1]).encode().hex()):
        answer = client.get(address, params={"cursor": cursor})
        assert problem_of(answer) == (422, "cursor-invalid")


def test_a_job_without_a_result_has_no_citations(client: httpx.Client) -> None:
    job = done(client, REPORT[:3500], expected="failed")
    address = f"{API}/documents/{job['documents'][0]['sha256']}/citations"
    assert client.get(address).json()["items"] == []
    asked = client.get(address, params={"job": job["id"]})
    assert problem_of(asked) == (409, "damaged-document")
