"""From a file to a box on its page, through the running server."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import httpx
import psutil
import pytest
from programs import PATIENCE_SECONDS, Running, started, wait_for_status

from apostil.samples import ANNUAL_REPORT


def submit(client: httpx.Client, content: bytes, name: str = "report.pdf") -> str:
    answer = client.post(
        "/ui/jobs", data={"application": "lines"}, files={"files": (name, content)}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_an_uploaded_report_is_shown_beside_its_page_with_the_cited_box_lit(
    client: httpx.Client,
) -> None:
    job = submit(client, ANNUAL_REPORT.read_bytes())
    wait_for_status(client, job, "succeeded")
    page = client.get(f"{job}/result").text
    assert 'class="tint"' in page
    assert 'rect class="box"' in page
    citation = re.search(r'href="\?cite=(c\d+)">98,412', page)
    assert citation
    lit = client.get(f"{job}/result", params={"cite": citation[1]}).text
    tints = re.findall(r'<svg class="tint"[^>]*>(.*?)</svg>', lit, re.DOTALL)
    assert sum("<rect" in tint for tint in tints) == 1
    image = client.get(re.findall(r'src="([^"]+\.png)"', lit)[0])
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    result = client.get(f"{job}/result.json").json()
    assert result["citations"][citation[1]]["quote"] == "98,412"
    original = client.get(f"{job}/documents/{result['documents'][0]['sha256']}")
    assert original.content == ANNUAL_REPORT.read_bytes()
    assert original.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in original.headers["content-security-policy"]


def test_pages_hold_no_inline_script_or_style_and_name_no_other_host(client: httpx.Client) -> None:
    job = submit(client, ANNUAL_REPORT.read_bytes())
    wait_for_status(client, job, "succeeded")
    for path in ("/ui/", "/ui/jobs", job, f"{job}/result?cite=c5"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert "<style" not in page
        assert not re.search(r'\s(style|on[a-z]+)="', page)
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        addresses = re.findall(r'(?:href|src|action)="(https?:)?//', page)
        assert addresses == []


def test_text_of_a_document_is_text_on_the_page(client: httpx.Client) -> None:
    name = "<script>alert(1)</script>.pdf"
    job = submit(client, ANNUAL_REPORT.read_bytes(), name)
    page = wait_for_status(client, job, "succeeded")
    assert "<script>alert" not in page
    assert "<script>alert" not in client.get(f"{job}/result").text


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\x00\x01\x02binary", "neither"), (b"plain words", "cannot read")],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    client: httpx.Client, content: bytes, said: str
) -> None:
    answer = client.post(
        "/ui/jobs",
        data={"application": "lines"},
        files={"files": ("x.pdf", content)},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code in {415, 422}
    assert said in answer.text
    assert client.get("/health/ready").status_code in {200, 503}


def test_a_file_beyond_the_limit_is_told_its_limit_by_the_page(tmp_path: Path) -> None:
    with (
        started(tmp_path / "data", APOSTIL_MAX_UPLOAD_MB="1") as running,
        httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client,
    ):
        answer = client.post(
            "/ui/jobs",
            data={"application": "lines"},
            files={"files": ("x.pdf", b"%PDF-1.7\n" + bytes(3 << 20))},
            headers={"Accept": "text/html"},
        )
    assert answer.status_code == 413
    assert "APOSTIL_MAX_UPLOAD_MB" in answer.text


def test_a_document_that_is_known_is_shown_by_the_name_that_came_with_it(
    client: httpx.Client,
) -> None:
    submit(client, ANNUAL_REPORT.read_bytes(), "before.pdf")
    job = submit(client, ANNUAL_REPORT.read_bytes(), "номер 2.pdf")
    page = wait_for_status(client, job, "succeeded")
    assert "<h1>номер 2.pdf</h1>" in client.get(f"{job}/result").text
    assert "номер 2.pdf" in page


def test_a_place_that_no_list_of_jobs_has_is_refused(client: httpx.Client) -> None:
    for cursor in ("zzz", "7b7d", "00"):
        answer = client.get("/ui/jobs", params={"cursor": cursor}, headers={"Accept": "text/html"})
        assert answer.status_code == 422


def test_a_broken_pdf_fails_with_its_reason_and_can_be_retried(client: httpx.Client) -> None:
    job = submit(client, ANNUAL_REPORT.read_bytes()[:4000])
    page = wait_for_status(client, job, "failed")
    assert "Retry from here" in page
    assert client.post(f"{job}/retry").status_code == 303
    wait_for_status(client, job, "failed")


def test_nothing_of_a_job_is_found_under_a_wrong_address(client: httpx.Client) -> None:
    job = submit(client, ANNUAL_REPORT.read_bytes())
    wait_for_status(client, job, "succeeded")
    for path in ("/ui/jobs/none", "/ui/jobs/none/result", f"{job}/documents/{'0' * 64}", "/ui/x"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "<h1>" in answer.text


def test_an_address_beyond_loopback_needs_the_token(tmp_path: Path) -> None:
    everywhere = ("--host", "0.0.0.0")  # noqa: S104 - what the test is about
    with started(tmp_path / "data", *everywhere) as running:
        port = int(re.findall(r":(\d+)/", running.address)[0])
        token = running.address.partition("token=")[2]
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/ui/").json()["type"] == "/problems/token-needed"
        assert httpx.get(f"{base}/problems/token-needed").json()["status"] == 401
        page = httpx.get(f"{base}/ui/jobs?status=%22%3E", headers={"Accept": "text/html"})
        assert page.status_code == 401
        hidden = '<input type="hidden" name="status" value="&#34;&gt;">'
        assert f'<form method="get">{hidden}<input name="token"' in page.text
        style = re.findall(r'href="([^"]+\.css[^"]*)"', page.text)[0]
        assert httpx.get(base + style).status_code == 200
        with httpx.Client(base_url=base, follow_redirects=True) as client:
            assert client.get(f"/?token={token}").status_code == 200
            assert client.get("/ui/jobs").status_code == 200
        kept = running.data / "access-token"
        assert kept.read_text().strip() == token
        assert kept.stat().st_mode & 0o777 == 0o600
    with started(tmp_path / "data", *everywhere) as again:
        assert again.address.endswith(token), "the token outlives a restart"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_stop_leaves_no_process_behind(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with started(tmp_path / "data", "--demo") as running:
        family = psutil.Process(running.process.pid).children(recursive=True)
        assert family
        assert running.stop(number) == status
        _, alive = psutil.wait_procs(family, timeout=3)
        assert alive == []
        assert running.process.stdout is not None
        assert "Traceback" not in running.process.stdout.read()


def test_a_second_server_on_the_same_folder_says_so_and_shares_the_jobs(server: Running) -> None:
    with (
        started(server.data) as second,
        httpx.Client(base_url=second.address, timeout=PATIENCE_SECONDS) as client,
    ):
        assert f"Another server works on this data folder, at {server.address}" in " ".join(
            second.said
        )
        job = submit(client, ANNUAL_REPORT.read_bytes())
        wait_for_status(client, job, "succeeded")
        assert httpx.get(f"{server.address}{job.removeprefix('/')}").status_code == 200


def test_the_data_folder_is_private(server: Running) -> None:
    assert server.data.stat().st_mode & 0o777 == 0o700


def test_the_demo_shows_the_sample_report_with_its_figures_and_does_not_repeat_it(
    tmp_path: Path,
) -> None:
    def sample(running: Running) -> str:
        return next(line for line in running.said if line.startswith("Sample:")).split()[1]

    with started(tmp_path / "data", "--demo") as running:
        address = sample(running)
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            page = wait_for_status(client, address.removesuffix("/result"), "succeeded")
            assert "Finding the statements" in page
            shown = client.get(address).text
            assert "Total net sales" in shown
            assert re.search(r'href="\?cite=c\d+">509,025<sup class="p">7</sup>', shown)
            assert "Balance sheet" in shown
            assert "Agrees" in shown
    with started(tmp_path / "data", "--demo") as again:
        assert sample(again).partition("/ui/")[2] == address.partition("/ui/")[2]
