"""Whatever is sent, the server answers with a problem or closes, stores nothing and lives on."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from hostile import FORM, JSON, answer_of, connect, form, part, request, say, send
from programs import PATIENCE_SECONDS, Running, started

MIB = 1024 * 1024
UPLOAD_MB = 64
STALL_SECONDS = 1
SUBMIT = ("/api/v1/jobs", "/ui/jobs")
PDF = b"%PDF-1.7\n" + b"0" * 100
CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(
        tmp_path_factory.mktemp("served") / "data",
        APOSTIL_MAX_UPLOAD_MB=str(UPLOAD_MB),
        APOSTIL_STALL_SECONDS=str(STALL_SECONDS),
    ) as running:
        yield running
        assert running.stop() in {0, 130}
        assert running.process.stdout is not None
        said = running.process.stdout.read()
        assert "Traceback" not in said, said


@pytest.fixture(autouse=True)
def _nothing_is_kept_and_the_server_lives(server: Running) -> Iterator[None]:
    before = _kept(server.data)
    yield
    assert say(server.address, request("GET", "/health/live")).body == b'{"status":"ok"}'
    assert _kept(server.data) == before


def _kept(data: Path) -> tuple[list[int], list[str]]:
    """How many rows there are, and which files."""
    with sqlite3.connect(data / "apostil.db") as connection:
        rows = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of ours
            for table in ("jobs", "documents", "files", "segments", "events")
        ]
    connection.close()
    return rows, sorted(str(file) for file in (data / "files").rglob("*") if file.is_file())


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def endless(count: int, *, size: int = MIB) -> Iterator[bytes]:
    piece = chunk(b"x" * size)
    for _ in range(count):
        yield piece


FILE = part("files", PDF, file="a.pdf")
LINES = part("application", b"lines")

MALFORMED_FORMS = {
    "no boundary": (("Content-Type", "multipart/form-data"), form(LINES, FILE)),
    "empty boundary": (("Content-Type", "multipart/form-data; boundary="), form(LINES, FILE)),
    "long boundary": (("Content-Type", "multipart/form-data; boundary=" + "b" * 300), b"x"),
    "another boundary": (("Content-Type", "multipart/form-data; boundary=other"), form(LINES, FILE)),
    "nothing": (FORM, b""),
    "no last boundary": (FORM, LINES + FILE),
    "cut in a part": (FORM, (LINES + FILE)[:-30]),
    "cut in a header": (FORM, LINES + b"--b0\r\nContent-Dispo"),
    "no disposition": (FORM, b"--b0\r\nContent-Type: text/plain\r\n\r\nx\r\n--b0--\r\n"),
    "no name": (FORM, b'--b0\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n--b0--\r\n'),
    "nested": (
        FORM,
        form(LINES, part("files", form(FILE).replace(b"b0", b"b1"), more=["Content-Type: multipart/mixed; boundary=b1"])),
    ),
    "many headers in a part": (FORM, form(LINES, part("files", PDF, file="a", more=[f"X-{n}: 1" for n in range(200)]))),
    "a long header in a part": (FORM, form(LINES, part("files", PDF, file="a" * 20_000))),
    "a name that is no UTF-8": (FORM, form(LINES, part("files", PDF, more=["X: 1"]).replace(b"files", b"\xff\xfe"))),
    "many files": (FORM, form(LINES, *[FILE] * 201)),
    "many fields": (FORM, form(*[LINES] * 65, FILE)),
    "a long field": (FORM, form(LINES, part("parameters", b"x" * 300_000), FILE)),
    "a file as field": (FORM, form(part("application", b"lines", file="a"), FILE)),
    "a field as file": (FORM, form(LINES, part("files", PDF))),
    "no application": (FORM, form(FILE)),
    "no file": (FORM, form(LINES)),
    "an application that is none": (FORM, form(part("application", b"../../etc"), FILE)),
    "parameters that are no JSON": (FORM, form(LINES, FILE, part("parameters", b"{"))),
    "parameters that are a list": (FORM, form(LINES, FILE, part("parameters", b"[]"))),
    "deep parameters": (FORM, form(LINES, FILE, part("parameters", b"[" * 100_000))),
    "an empty file": (FORM, form(LINES, part("files", b"", file="a.pdf"))),
    "a program": (FORM, form(LINES, part("files", b"MZ" + bytes(100), file="a.pdf"))),
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (path, fault)
        for path in SUBMIT
        for fault in MALFORMED_FORMS
        if path != "/ui/jobs" or "parameters" not in fault  # the page has no such field
    ],
)
def test_a_malformed_form_is_refused(server: Running, path: str, fault: str) -> None:
    content_type, body = MALFORMED_FORMS[fault]
    said = say(server.address, request("POST", path, content_type, body=body))
    assert said.status in {400, 413, 415, 422}, (said.status, said.body)
    assert said.problem != "internal-error"


DEEP = b'{"parameters":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
WRONG_JSON = {
    "empty": b"",
    "cut": b'{"application": "lines", "documents": ["',
    "no object": b"[]",
    "null": b"null",
    "a number": b"1",
    "deep": DEEP,
    "not a number": b'{"application": "lines", "documents": ["x"], "priority": NaN}',
    "infinite": b'{"application": "lines", "documents": ["x"], "priority": 1e999}',
    "a huge number": b'{"application": "lines", "documents": ["x"], "priority": 1' + b"0" * 5000 + b"}",
    "a lone surrogate": b'{"application": "\\ud800", "documents": ["x"]}',
    "a null character": b'{"application": "lines\\u0000", "documents": ["x"]}',
    "no UTF-8": b'{"application": "\xff\xfe"}',
    "UTF-16": '{"application": "lines"}'.encode("utf-16"),
    "a name twice": b'{"application": "lines", "application": "lines", "documents": ["x"]}',
    "unknown names": b'{"application": "lines", "documents": ["x"], "is_admin": true}',
    "wrong types": b'{"application": 1, "documents": "x", "parameters": []}',
    "too many documents": json.dumps({"application": "lines", "documents": ["x"] * 201}).encode(),
    "documents that are none": b'{"application": "lines", "documents": ["../../x"]}',
    "a null character in a document": b'{"application": "lines", "documents": ["\\u0000"]}',
    "a surrogate in a document": b'{"application": "lines", "documents": ["\\udfff"]}',
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG_JSON)
def test_wrong_json_is_refused(server: Running, fault: str) -> None:
    said = say(server.address, request("POST", "/api/v1/jobs", JSON, body=WRONG_JSON[fault]))
    assert said.status in {400, 404, 422}, (said.status, said.body)
    assert said.problem != "internal-error"
    assert len(said.body) < 20_000, "what was sent is sent back"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b0",
     "application/octet-stream", "nonsense", "application/json; charset=\xff", ""],
)  # fmt: skip
def test_another_content_type_is_refused(server: Running, content_type: str) -> None:
    for path in SUBMIT:
        said = say(
            server.address,
            request("POST", path, ("Content-Type", content_type), body=form(LINES, FILE)),
        )
        assert said.status in {400, 415, 422}, (path, said.status, said.body)
        assert said.problem != "internal-error"


STRANGE_IDS = (
    "0", "-1", "x" * 300, "%00", "%0d%0aSet-Cookie:a=b", "%ff%fe", "%F0%9F%92%A9", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd",
    "%2fetc%2fpasswd", "%5c..%5c", "'%20OR%201=1--", "%27;DROP%20TABLE%20jobs;--", "{}", "null", "a;b", "%25s%25n",
    "0198c0de-0000-7000-8000-000000000000", "01" * 32,
)  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE_IDS)
def test_an_id_of_any_shape_is_not_found(server: Running, strange: str) -> None:
    for place in (
        "/api/v1/jobs/{}", "/api/v1/jobs/{}/result", "/api/v1/jobs/{}/segments", "/api/v1/jobs/{}/artifacts/{}",
        "/api/v1/documents/{}", "/api/v1/documents/{}/original", "/api/v1/documents/{}/pages/1.png",
        "/api/v1/applications/{}", "/ui/jobs/{}", "/ui/jobs/{}/result", "/ui/jobs/{}/result.json",
        "/ui/jobs/{}/documents/{}", "/ui/static/{}", "/{}",
    ):  # fmt: skip
        said = say(server.address, request("GET", place.replace("{}", strange)))
        assert said.status in {307, 400, 404, 405, 422}, (place, said.status, said.body)
        if said.status != 307:
            assert said.problem != "internal-error"
    for place in ("/api/v1/jobs/{}/cancel", "/api/v1/jobs/{}/retry", "/ui/jobs/{}/cancel"):
        said = say(server.address, request("POST", place.replace("{}", strange)))
        assert said.status in {404, 405, 422}, (place, said.status, said.body)


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x.pdf", ".", "..", "a\0b", "\r\nX: y", "x" * 5000, "\u202efdp.exe"],
)  # fmt: skip
def test_the_name_of_a_refused_file_leads_nowhere(server: Running, name: str) -> None:
    """Beside the data folder nothing appears; inside it nothing is kept of a refused file."""
    around = sorted(server.data.parent.rglob("*.pdf"))
    for path in SUBMIT:
        body = form(LINES, part("files", b"MZ" + bytes(20), file=name.replace("\r\n", "%0D%0A")))
        said = say(server.address, request("POST", path, FORM, body=body))
        assert said.status in {400, 415, 422}, (said.status, said.body)
    assert sorted(server.data.parent.rglob("*.pdf")) == around


HEADS = {
    "nonsense": (b"NONSENSE\r\n\r\n", 400, "bad-request"),
    "TLS": (bytes.fromhex("16030100a5010000a1030300"), 400, "bad-request"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 421, "host-unknown"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad-request"),
    "another host": (request("GET", "/", host="evil.example"), 421, "host-unknown"),
    "a strange host": (request("GET", "/", host="["), 421, "host-unknown"),
    "a null in a header": (request("GET", "/", ("X", "a\0b")), 400, "bad-request"),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\nX : y\r\n\r\n", 400, "bad-request"),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400, "bad-request"),
    "a bare line feed in a name": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX\n: y\r\n\r\n", 400, "bad-request"),
    "no UTF-8 in the address": (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad-request"),
    "a long header": (request("GET", "/", ("X", "x" * 40_000)), 431, "header-too-large"),
    "a longer header": (request("GET", "/", ("X", "x" * 400_000)), 431, "header-too-large"),
    "many headers": (request("GET", "/", *[(f"X-{n}", "y") for n in range(500)]), 431, "header-too-large"),
    "a long address": (request("GET", "/" + "a" * 20_000), 414, "address-too-long"),
    "a long query": (request("GET", "/?q=" + "a" * 20_000), 414, "address-too-long"),
    "two lengths": (request("POST", "/ui/jobs", ("Content-Length", "3"), ("Content-Length", "4"), body=b"abc"), 400, "bad-request"),
    "a negative length": (request("POST", "/ui/jobs", ("Content-Length", "-1")), 400, "bad-request"),
    "a length that is none": (request("POST", "/ui/jobs", ("Content-Length", "1e3")), 400, "bad-request"),
    "a length and chunks": (request("POST", "/ui/jobs", FORM, ("Content-Length", "5"), CHUNKED, body=b"0\r\n\r\n"), 400, "bad-request"),
    "an unknown coding": (request("POST", "/ui/jobs", ("Transfer-Encoding", "gzip, chunked"), body=b"0\r\n\r\n"), 400, "bad-request"),
    "a wrong chunk": (request("POST", "/ui/jobs", FORM, CHUNKED, body=b"zz\r\nabc\r\n"), 400, "bad-request"),
    "an endless chunk size": (request("POST", "/ui/jobs", FORM, CHUNKED, body=b"1" * 200_000), 400, "bad-request"),
    "another site": (request("POST", "/ui/jobs", ("Origin", "http://evil.example")), 403, "other-site"),
    "TRACE": (request("TRACE", "/api/v1/jobs"), 405, "method-not-allowed"),
    "OPTIONS": (request("OPTIONS", "/api/v1/jobs"), 405, "method-not-allowed"),
    "an invented method": (request("FROBNICATE", "/api/v1/jobs"), 405, "method-not-allowed"),
    "PUT": (request("PUT", "/api/v1/jobs", JSON, body=b"{}"), 405, "method-not-allowed"),
    "CONNECT": (b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 404, "not-found"),
    "an asterisk": (request("OPTIONS", "*"), 404, "not-found"),
}  # fmt: skip


@pytest.mark.parametrize("fault", HEADS)
def test_a_head_of_any_shape_gets_its_problem(server: Running, fault: str) -> None:
    sent, status, problem = HEADS[fault]
    said = say(server.address, sent)
    assert (said.status, said.problem) == (status, problem)


def test_two_lengths_end_the_connection_so_that_nothing_is_smuggled(server: Running) -> None:
    inner = request("POST", "/ui/jobs", FORM, body=form(LINES, FILE))
    with connect(server.address) as connection:
        outer = request("POST", "/ui/jobs", FORM, ("Content-Length", "4"), CHUNKED)
        send(connection, [outer, b"0\r\n\r\n", inner])
        assert answer_of(connection).problem == "bad-request"
        assert answer_of(connection).status == 0


def test_a_gigabyte_that_is_announced_is_refused_before_it_is_sent(server: Running) -> None:
    for headers, problem in ((FORM, "body-too-large"), (JSON, "body-too-large")):
        said = say(
            server.address,
            request("POST", "/api/v1/jobs", headers, ("Content-Length", str(10**9))),
        )
        assert (said.status, said.problem) == (413, problem)


def test_a_client_that_asks_first_is_not_told_to_go_on(server: Running) -> None:
    length, expects = ("Content-Length", str(10**9)), ("Expect", "100-continue")
    with connect(server.address) as connection:
        send(connection, [request("POST", "/api/v1/jobs", FORM, length, expects)])
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_gigabyte_in_chunks_is_cut_where_it_passes_the_limit(server: Running) -> None:
    for headers, most in ((JSON, 40 * MIB), (FORM, (UPLOAD_MB + 40) * MIB)):
        opening = part("files", b"", file="a.pdf")[: -len(b"\r\n")]
        with connect(server.address) as connection:
            send(connection, [request("POST", "/api/v1/jobs", headers, CHUNKED), chunk(opening)])
            sent = send(connection, endless(1024))
            assert sent < most
            assert answer_of(connection).status in {0, 413}


def test_an_honest_client_reads_the_refusal_of_a_large_body(server: Running) -> None:
    """One that sends on while it is refused, as most libraries do."""
    with httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
        answer = client.post(
            "/api/v1/jobs", content=b"x" * (UPLOAD_MB + 10) * MIB, headers=dict([FORM])
        )
    assert answer.json()["type"] == "/problems/body-too-large"


def test_uploads_in_parallel_are_not_held_in_memory(
    server: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    opening = [request("POST", "/ui/jobs", FORM, CHUNKED), chunk(LINES), chunk(FILE[:-2])]
    highest = before
    connections = [connect(server.address) for _ in range(4)]
    for connection in connections:
        send(connection, opening)
    for _ in range(UPLOAD_MB - 4):
        for connection in connections:
            send(connection, endless(1))
        highest = max(highest, process.memory_info().rss)
    for connection in connections:
        connection.close()
    grown = (highest - before) / MIB
    with capsys.disabled():
        print(f"\n4 uploads of {UPLOAD_MB} MiB at once: {before / MIB:.0f} + {grown:.0f} MiB")  # noqa: T201 - a figure to watch
    assert grown < 60


def test_a_body_that_stalls_or_never_comes_is_given_up(server: Running) -> None:
    for rest in (b"", form(LINES, FILE)[:50]):
        opening = request("POST", "/ui/jobs", FORM, ("Content-Length", "5000"))
        begun = time.monotonic()
        said = say(server.address, opening, rest)
        assert (said.status, said.problem) == (408, "body-too-slow")
        assert time.monotonic() - begun < STALL_SECONDS + 5


def test_a_client_that_leaves_within_its_body_leaves_nothing(server: Running) -> None:
    for path in SUBMIT:
        with connect(server.address) as connection:
            send(
                connection,
                [request("POST", path, FORM, ("Content-Length", "5000")), LINES, FILE[:-20]],
            )


def test_a_length_that_lies_does_not_reach_the_next_request(server: Running) -> None:
    body = form(LINES, part("files", b"MZ", file="a.pdf"))
    opening = request("POST", "/ui/jobs", FORM, ("Content-Length", str(len(body) - 8)))
    said = say(server.address, opening, body)
    assert said.status in {400, 415, 422}


def test_heads_that_are_many_and_never_end_leave_room_for_others(server: Running) -> None:
    """They are closed after half a minute, which a unit test looks at; here, that they do no harm."""
    slow = [connect(server.address) for _ in range(200)]
    for connection in slow:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    begun = time.monotonic()
    assert say(server.address, request("GET", "/health/live")).status == 200
    assert time.monotonic() - begun < 5
    for connection in slow:
        connection.close()


def test_requests_in_one_go_are_answered_in_order(server: Running) -> None:
    asked = request("GET", "/health/live") + request("GET", "/nothing") + b"NONSENSE\r\n\r\n"
    with connect(server.address) as connection:
        connection.sendall(asked)
        data = b""
        while more := connection.recv(65536):
            data += more
    assert re.findall(rb"HTTP/1.1 (\d+)", data) == [b"200", b"404", b"400"]


def test_head_is_answered_without_a_body(server: Running) -> None:
    with connect(server.address) as connection:
        connection.sendall(request("HEAD", "/api/v1/nothing", ("Connection", "close")))
        data = b""
        while more := connection.recv(65536):
            data += more
    assert data.startswith(b"HTTP/1.1 404")
    assert data.endswith(b"\r\n\r\n")
