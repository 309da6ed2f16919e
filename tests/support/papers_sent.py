"""Documents sent to a running server, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from papers import plain_pages, write_pdf
from programs import ended

from apostil.samples import ANNUAL_REPORT

API = "/api/v1"
REPORT = ANNUAL_REPORT.read_bytes()


def sent(client: httpx.Client, content: bytes, name: str = "report.pdf") -> dict[str, Any]:
    answer = client.post(f"{API}/documents", files={"file": (name, content)})
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def done(client: httpx.Client, content: bytes, *, expected: str = "succeeded") -> dict[str, Any]:
    """A job on these bytes once it has ended."""
    answer = client.post(
        f"{API}/jobs",
        data={"application": "lines"},
        files={"files": ("report.pdf", content)},
        headers={"Prefer": "wait=30"},
    )
    job = ended(client, answer.json())
    assert job["status"] == expected, job
    return job


def sheet(tmp_path: Path, title: str, *, password: tuple[str, str] | None = None) -> bytes:
    """A PDF that no other test sends."""
    path = write_pdf(tmp_path / f"{title}.pdf", *plain_pages(2), password=password)
    return path.read_bytes() + f"\n% {title}\n".encode()


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:300]
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")
