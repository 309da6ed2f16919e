"""Documents over HTTP: sent, listed, shown as bytes, as pages and as read, cited and deleted."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pypdfium2
import pytest
from papers_sent import API, REPORT, done, problem_of, sent, sheet
from programs import Running, environment

from apostil.samples import ANNUAL_REPORT

PAGES_OF_REPORT = 11


def test_the_same_bytes_are_one_document_under_the_name_that_they_first_came_with(
    client: httpx.Client, tmp_path: Path
) -> None:
    content = sheet(tmp_path, "twice")
    first = client.post(f"{API}/documents", files={"file": ("first.pdf", content)})
    assert first.status_code == 201
    assert first.headers["location"] == first.json()["links"]["self"]
    again = client.post(
        f"{API}/documents",
        files={"file": ("second.pdf", content)},
        headers={"Idempotency-Key": "not needed"},
    )
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.json()["name"] == "first.pdf"
    assert again.headers["location"] == first.headers["location"]
    by_id = client.get(first.headers["location"]).json()
    assert by_id["pages"] == 2, "counted when it is looked at"
    assert client.get(f"{API}/documents/{by_id['sha256']}").json() == by_id
    listed = client.get(f"{API}/documents", params={"limit": 200}).json()["items"]
    assert [one["id"] for one in listed].count(by_id["id"]) == 1


def test_of_many_who_send_the_same_bytes_at_once_one_has_made_the_document(
    client: httpx.Client, tmp_path: Path
) -> None:
    content = sheet(tmp_path, "at once")
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: client.post(f"{API}/documents", files={"file": (f"{n}.pdf", content)}),
                range(16),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert client.get(answers[0].json()["links"]["original"]).content == content


def test_the_list_of_documents_goes_by_pages_newest_first(
    client: httpx.Client, tmp_path: Path
) -> None:
    made = [sent(client, sheet(tmp_path, f"listed {n}"))["id"] for n in range(3)]
    first = client.get(f"{API}/documents", params={"limit": 2})
    assert [one["id"] for one in first.json()["items"]] == [made[2], made[1]]
    assert first.json()["prev"] is None
    assert f'<{first.json()["next"]}>; rel="next"' in first.headers["link"]
    second = client.get(first.json()["next"]).json()
    assert second["items"][0]["id"] == made[0]
    assert client.get(second["prev"]).json()["items"] == first.json()["items"]


def test_the_original_comes_whole_in_parts_or_not_at_all_when_it_is_known(
    client: httpx.Client,
) -> None:
    original = sent(client, REPORT)["links"]["original"]
    whole = client.get(original)
    assert whole.content == REPORT
    assert whole.headers["content-type"] == "application/pdf"
    assert "immutable" in whole.headers["cache-control"]
    assert "sandbox" in whole.headers["content-security-policy"]
    tag = whole.headers["etag"]
    known = client.get(original, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    part = client.get(original, headers={"Range": "bytes=100-199", "If-Range": tag})
    assert (part.status_code, part.content) == (206, REPORT[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(REPORT)}"
    other = client.get(original, headers={"Range": "bytes=100-199", "If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, REPORT)
    beyond = client.get(original, headers={"Range": f"bytes={len(REPORT)}-"})
    assert problem_of(beyond) == (416, "range-not-satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{len(REPORT)}"
    assert problem_of(client.get(original, headers={"Range": "bytes=b-a"})) == (400, "bad-request")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (b"../../etc/passwd", "passwd"),
        (b"..\\..\\boot.ini", "boot.ini"),
        (b'a\\"b\\".pdf', 'a"b".pdf'),
        (b"a;b=c.pdf", "a;b=c.pdf"),
        ("Bilanz für 2024, ½.pdf".encode(), "Bilanz für 2024, ½.pdf"),
        ("\u202egnp.exe\u0000.pdf".encode(), "gnp.exe.pdf"),
        (b"%0d%0aX-Made-Up: 1.pdf", "%0d%0aX-Made-Up: 1.pdf"),
        (b"<script>alert(1)</script>", "script>"),
        (b"...", "document"),
    ],
)
def test_a_name_is_only_a_name(
    client: httpx.Client, tmp_path: Path, name: bytes, kept: str
) -> None:
    content = sheet(tmp_path, f"named {kept.encode().hex()}")
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
        b"Content-Type: text/html\r\n\r\n" + content + b"\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post(f"{API}/documents", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == kept
    original = client.get(answer.json()["links"]["original"])
    said = original.headers["content-disposition"]
    assert unquote(re.findall(r"filename\*=UTF-8''(\S+)$", said)[0]) == kept
    plain = Message()
    plain["content-disposition"] = said.rpartition(";")[0]
    assert plain.get_content_disposition() == "attachment"
    assert re.fullmatch(r"[ !#-\[\]-~]+", plain.get_filename() or ""), "no quote, no backslash"
    assert "x-made-up" not in original.headers
    assert original.headers["content-type"] == "application/pdf", "whatever the sender said"


def test_a_name_that_breaks_its_header_makes_no_header(client: httpx.Client) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x\r\nX-Made-Up: 1.pdf"\r\n'
        b"\r\n" + REPORT + b"\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post(f"{API}/documents", content=body, headers=headers)
    assert answer.status_code in {200, 201, 400, 422}
    assert "x-made-up" not in answer.headers


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"files": {"file": ("x.pdf", b"")}}, (422, "empty-file")),
        ({"files": {"file": ("x.pdf", b"\x00\x01\x02")}}, (415, "unsupported-format")),
        ({"files": {"files": ("x.pdf", REPORT)}}, (422, "request-invalid")),
        ({"data": {"file": "a text"}}, (422, "request-invalid")),
        ({"json": {"file": "a text"}}, (422, "request-invalid")),
        ({"content": b"--b--", "headers": {"Content-Type": "multipart/form-data"}},
         (400, "bad-request")),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(
    client: httpx.Client, request_: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert problem_of(client.post(f"{API}/documents", **request_)) == expected


def test_a_page_is_an_image_as_wide_as_asked_for(client: httpx.Client) -> None:
    links = sent(client, REPORT)["links"]
    image = client.get(links["page"].replace("{page}", "2"), params={"width": 300})
    assert image.headers["content-type"] == "image/png"
    width, height = (int.from_bytes(image.content[at : at + 4]) for at in (16, 20))
    assert (width, height) == (300, math.ceil(300 * 792 / 612))
    tag = image.headers["etag"]
    again = client.get(image.url, headers={"If-None-Match": tag})
    assert again.status_code == 304
    usual = client.get(links["page"].replace("{page}", "2"))
    assert int.from_bytes(usual.content[16:20]) == 1000
    assert usual.headers["etag"] != tag


@pytest.mark.parametrize(
    ("page", "width", "expected"),
    [
        ("12", 100, (404, "page-not-found")),
        ("9999999", 100, (404, "page-not-found")),
        ("0", 100, (422, "request-invalid")),
        ("-1", 100, (422, "request-invalid")),
        ("99999999999999999999", 100, (422, "request-invalid")),
        ("one", 100, (422, "request-invalid")),
        ("1", 99, (422, "request-invalid")),
        ("1", 3001, (422, "request-invalid")),
        ("1", "wide", (422, "request-invalid")),
    ],
)
def test_a_page_or_a_width_that_there_is_not_is_refused(
    client: httpx.Client, page: str, width: object, expected: tuple[int, str]
) -> None:
    address = sent(client, REPORT)["links"]["page"].replace("{page}", page)
    assert problem_of(client.get(address, params={"width": str(width)})) == expected


def test_the_pages_are_listed_with_their_sizes(client: httpx.Client) -> None:
    address = sent(client, REPORT)["links"]["pages"] + "?limit=4"
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while address:
        page = client.get(address).json()
        seen += page["items"]
        address = page["next"]
    assert [one["page"] for one in seen] == list(range(1, PAGES_OF_REPORT + 1))
    assert {(one["width"], one["height"]) for one in seen} == {(612.0, 792.0)}
    assert [one["page"] for one in client.get(page["prev"]).json()["items"]] == [5, 6, 7, 8]
    assert client.get(seen[-1]["image"], params={"width": 100}).status_code == 200
    for cursor in ("x", "-1", "½", "1e3"):
        answer = client.get(page["prev"], params={"cursor": cursor})
        assert problem_of(answer) == (422, "cursor-invalid")


def test_the_parsed_document_is_what_the_command_writes(
    client: httpx.Client, tmp_path: Path
) -> None:
    written = tmp_path / "parsed.json"
    subprocess.run(
        [sys.executable, "-m", "apostil", "parse", ANNUAL_REPORT, "--json", written],
        check=True,
        capture_output=True,
        env=environment(APOSTIL_DATA=str(tmp_path / "data")),
    )
    parsed = sent(client, REPORT)["links"]["parsed"]
    answer = client.get(parsed)
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == written.read_bytes()
    assert answer.json()["schema"] == "apostil.parsed/1"
    tag = answer.headers["etag"]
    assert client.get(parsed, headers={"If-None-Match": tag}).status_code == 304
    part = client.get(parsed, headers={"Range": "bytes=0-9"})
    assert part.content == answer.content[:10]


def test_a_text_is_read_and_has_no_pages(client: httpx.Client) -> None:
    text = sent(client, "Umsätze: 12\n".encode("latin-1"), "notes.txt")
    assert text["media_type"] == "text/plain"
    assert client.get(text["links"]["original"]).headers["content-type"] == "text/plain"
    assert client.get(text["links"]["self"]).json()["pages"] is None
    assert "Umsätze" in client.get(text["links"]["parsed"]).json()["blocks"][0]["text"]
    for link in (text["links"]["pages"], text["links"]["page"].replace("{page}", "1")):
        assert problem_of(client.get(link)) == (404, "page-unavailable")


def test_an_encrypted_document_is_kept_and_says_why_it_cannot_be_shown(
    client: httpx.Client, tmp_path: Path
) -> None:
    content = sheet(tmp_path, "secret", password=("of the user", "of the owner"))
    links = sent(client, content)["links"]
    assert client.get(links["self"]).json()["pages"] is None
    page = client.get(links["page"].replace("{page}", "1"))
    assert problem_of(page) == (404, "page-unavailable")
    assert "passwords are not kept" in page.json()["detail"]
    assert client.get(links["parsed"]).json()["detail"] == page.json()["detail"]
    assert problem_of(client.get(links["pages"])) == (404, "page-unavailable")
    assert problem_of(client.get(links["parsed"])) == (422, "password-needed")
    assert client.get(links["original"]).content == content


def test_a_damaged_document_says_so(client: httpx.Client) -> None:
    links = sent(client, REPORT[:3000])["links"]
    assert client.get(links["self"]).json()["pages"] is None
    assert problem_of(client.get(links["parsed"])) == (422, "damaged-document")
    page = client.get(links["page"].replace("{page}", "1"))
    assert problem_of(page) == (404, "page-unavailable")


def test_ten_thousand_pages_stay_within_limits(client: httpx.Client) -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(10_000):
        document.new_page(612, 792)
    buffer = io.BytesIO()
    document.save(buffer)
    links = sent(client, buffer.getvalue(), "long.pdf")["links"]
    assert client.get(links["self"]).json()["pages"] == 10_000
    last = client.get(links["page"].replace("{page}", "10000"), params={"width": 100})
    assert last.content.startswith(b"\x89PNG")
    assert len(client.get(links["pages"], params={"limit": 200}).json()["items"]) == 200
    assert problem_of(client.get(links["parsed"])) == (422, "too-many-pages")
    job = done(client, buffer.getvalue(), expected="failed")
    assert job["error"]["type"] == "/problems/too-many-pages"


def test_a_document_goes_when_no_job_uses_it_and_all_that_was_made_of_it_goes_too(
    client: httpx.Client, server: Running, tmp_path: Path
) -> None:
    content = sheet(tmp_path, "to be deleted")
    document = sent(client, content)
    links = document["links"]
    assert client.get(links["page"].replace("{page}", "1")).status_code == 200
    assert client.get(links["parsed"]).status_code == 200
    sha256 = document["sha256"]
    made = list((server.data / "pages" / sha256[:2]).glob(f"{sha256[2:]}-*"))
    assert len(made) == 2
    gone = client.delete(f"{API}/documents/{sha256}")
    assert gone.status_code == 200
    assert (gone.json()["id"], gone.json()["name"]) == (document["id"], "report.pdf")
    assert not any(path.exists() for path in made)
    for link in (links["self"], links["original"], links["parsed"], links["citations"]):
        assert problem_of(client.get(link)) == (404, "document-not-found")
    assert problem_of(client.delete(links["self"])) == (404, "document-not-found")
    back = client.post(f"{API}/documents", files={"file": ("back.pdf", content)})
    assert back.status_code == 201
    assert back.json()["id"] != document["id"]
    assert client.get(back.json()["links"]["original"]).content == content


def test_with_its_last_job_goes_all_that_was_made_of_a_document(
    client: httpx.Client, server: Running, tmp_path: Path
) -> None:
    jobs = [done(client, sheet(tmp_path, "to be deleted with its jobs")) for _ in range(2)]
    sha256 = jobs[0]["documents"][0]["sha256"]
    assert client.get(f"{API}/documents/{sha256}/pages/1.png").status_code == 200
    assert client.get(f"{API}/documents/{sha256}/parsed").status_code == 200
    made = list((server.data / "pages" / sha256[:2]).glob(f"{sha256[2:]}-*"))
    assert len(made) == 2
    assert client.delete(jobs[0]["links"]["self"]).json()["documents"] == []
    assert all(path.exists() for path in made), "the other job still uses it"
    assert client.delete(jobs[1]["links"]["self"]).json()["documents"] == [sha256]
    assert not any(path.exists() for path in made)


def test_who_asks_for_the_head_of_a_file_is_told_its_size_and_gets_no_bytes(
    client: httpx.Client, tmp_path: Path
) -> None:
    content = sheet(tmp_path, "only the head")
    links = sent(client, content)["links"]
    for link in (links["original"], links["page"].replace("{page}", "1")):
        head, whole = client.head(link), client.get(link)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "cache-control"):
            assert head.headers[name] == whole.headers[name]
    assert client.head("/").headers["content-type"] == "application/json"


def test_a_document_that_a_job_uses_stays(client: httpx.Client) -> None:
    job = done(client, REPORT)
    sha256 = job["documents"][0]["sha256"]
    answer = client.delete(f"{API}/documents/{sha256}")
    assert problem_of(answer) == (409, "document-in-use")
    assert client.get(f"{API}/documents/{sha256}/original").content == REPORT


@pytest.mark.parametrize("document_id", ["none", "0" * 64, "..%2f..%2fetc%2fpasswd", "%00", "'--"])
def test_an_unknown_document_is_not_found_at_any_address(
    client: httpx.Client, document_id: str
) -> None:
    for rest in ("", "/original", "/pages", "/pages/1.png", "/parsed", "/citations"):
        answer = client.get(f"{API}/documents/{document_id}{rest}")
        assert answer.status_code == 404, (rest, answer.text)
        assert answer.json()["type"] in {"/problems/document-not-found", "/problems/not-found"}
