"""The Python client against a real server: every call, lost lines, killed servers, large files."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from papers import plain_pages, text, write_pdf
from programs import PATIENCE_SECONDS, Running, environment, started

from apostil.client import Client, Conflict, Denied, Invalid, Job, JobFailed, NotFound
from apostil.client.events import SegmentFinished, SegmentProgressed
from apostil.samples import ANNUAL_REPORT

MIB = 1024 * 1024
PASSWORD = "let me in"  # noqa: S105 - of a document made here


@pytest.fixture
def apostil(server: Running) -> Iterator[Client]:
    with Client(server.address) as made:
        yield made


@pytest.fixture
def done(apostil: Client) -> Job:
    return apostil.wait(apostil.submit("lines", ANNUAL_REPORT), PATIENCE_SECONDS)


def test_a_document_is_submitted_followed_and_its_result_proven(
    apostil: Client, tmp_path: Path
) -> None:
    job = apostil.submit("lines", [ANNUAL_REPORT], parameters={"depth": "two"}, priority=1)
    events = list(apostil.follow(job))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "job_succeeded"
    assert any(isinstance(event, SegmentFinished) for event in events)
    assert apostil.events(job) == events
    assert list(apostil.follow(job, after=events[-2].seq)) == events[-1:]
    result = apostil.result(job)
    fact = next(one for one in result.body["facts"] if one["raw"] == "509,025")
    (citation,) = result.proof(fact)
    assert (citation.page, citation.quote) == (7, "509,025")
    found = apostil.job(job.id)
    assert found.has_succeeded
    assert (found.parameters, found.priority, found.names) == (
        {"depth": "two"},
        1,
        "annual-report.pdf",
    )
    stored = tmp_path / "result.json"
    stored.write_bytes(apostil.result_bytes(job))
    verify = [sys.executable, "-m", "apostil", "verify", str(stored), str(ANNUAL_REPORT)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0


def test_a_job_can_be_looked_into_and_deleted(apostil: Client, done: Job) -> None:
    read, collect = apostil.segments(done)
    assert (read.name, read.status, collect.after) == ("read", "finished", ("read",))
    assert read.artifact is not None
    assert b"509,025" in apostil.artifact(done, "read")
    with pytest.raises(NotFound):
        apostil.artifact(done, "none")
    again = apostil.submit("lines", ANNUAL_REPORT)
    again = apostil.wait(again)
    assert again.cached
    assert again.duplicate_of is not None
    assert apostil.cancel(again).status == "succeeded"
    with pytest.raises(Conflict, match="only a failed job"):
        apostil.retry(again)
    receipt = apostil.delete(again)
    assert (receipt.job, receipt.events > 0) == (again.id, True)
    assert apostil.delete(again.id) == receipt
    with pytest.raises(NotFound):
        apostil.job(again)
    with pytest.raises(NotFound):
        list(apostil.follow(again))


def test_a_failed_job_says_why_and_goes_on_with_its_password(
    apostil: Client, tmp_path: Path
) -> None:
    locked = write_pdf(
        tmp_path / "locked.pdf", text((72, 72, "Total 1,234")), password=(PASSWORD, "owner")
    )
    job = apostil.submit("lines", locked)
    with pytest.raises(JobFailed) as raised:
        apostil.result(job, PATIENCE_SECONDS)
    failure = raised.value
    assert (failure.type, failure.segment) == ("/problems/password-needed", "read")
    assert job.id in [one.id for one in apostil.jobs(status=["failed", "cancelled"])]
    retried = apostil.retry(job, password=PASSWORD)
    assert apostil.result(retried, PATIENCE_SECONDS).body["facts"][0]["raw"] == "1,234"
    types = [event.type for event in apostil.follow(job)]
    assert (types.count("job_failed"), types[-1]) == (1, "job_succeeded")
    opened = apostil.submit("lines", locked, password=PASSWORD)
    assert apostil.wait(opened, PATIENCE_SECONDS).has_succeeded
    assert apostil.retry_dead_letters() == []


def test_a_batch_makes_a_job_of_each_document_and_lists_the_refused_apart(
    apostil: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apostil.client.sending.MOST_FILES", 2)
    one, two = ("one.pdf", ANNUAL_REPORT.read_bytes()), ("two.pdf", ANNUAL_REPORT.read_bytes())
    batch = apostil.batch("lines", [one, ("empty.pdf", b""), ("none.pdf", b""), two, ("x", b"")])
    assert [(item.index, item.name) for item in batch.items] == [(0, "one.pdf"), (3, "two.pdf")]
    assert [(item.index, item.name) for item in batch.failed] == [
        (1, "empty.pdf"),
        (2, "none.pdf"),
        (4, "x"),
    ]
    assert "empty" in batch.failed[0].detail
    for item in batch.items:
        assert apostil.wait(item.job, PATIENCE_SECONDS).has_succeeded


def test_documents_are_kept_shown_and_used_again(
    apostil: Client, done: Job, tmp_path: Path
) -> None:
    kept = apostil.upload(ANNUAL_REPORT)
    assert apostil.upload(("other name.pdf", ANNUAL_REPORT.read_bytes())).id == kept.id
    assert kept.id in [one.id for one in apostil.documents()]
    assert apostil.document(kept.sha256).pages == 11
    stored = apostil.original(kept.id, tmp_path / "copy.pdf")
    assert stored.read_bytes() == ANNUAL_REPORT.read_bytes()
    assert apostil.page_image(kept.id, 7, width=200).startswith(b"\x89PNG")
    assert apostil.pages(kept.id)[6].width == 612.0
    assert apostil.parsed(kept.id)["schema"] == "apostil.parsed/1"
    cited = apostil.citations(kept.id, job=done)
    assert len(cited) > 200, "more than a page of the list"
    assert any((one.page, one.quote) == (7, "509,025") for one in cited)
    assert len(apostil.highlights(kept.id, job=done)) == len(cited)
    job = apostil.submit_documents("lines", [kept.sha256], priority=0)
    assert apostil.wait(job, PATIENCE_SECONDS).names == "annual-report.pdf"
    with pytest.raises(Conflict, match="use"):
        apostil.delete_document(kept.id)
    alone = apostil.upload(("alone.txt", b"Nobody uses this."))
    assert apostil.delete_document(alone.id).name == "alone.txt"
    with pytest.raises(NotFound):
        apostil.document(alone.id)


def test_the_server_tells_what_it_can_do_and_how_it_is(apostil: Client) -> None:
    assert "lines" in [one.name for one in apostil.applications()]
    lines = apostil.application("lines")
    assert (lines.documents, lines.parameters[0].name) == ((1, 1), "depth")
    assert apostil.health().is_healthy
    assert all(worker.is_alive for worker in apostil.workers())


def test_faults_are_named_with_their_places(apostil: Client) -> None:
    with pytest.raises(Invalid) as raised:
        apostil.submit("lines", ANNUAL_REPORT, parameters={"width": "3"}, priority=5)
    assert [error.pointer for error in raised.value.errors] == ["/body/parameters/width"]
    with pytest.raises(Invalid, match="not installed"):
        apostil.submit("nonsense", ANNUAL_REPORT)


class DeafLine:
    """A proxy that lets requests through and, the first so many times, loses the answer."""

    def __init__(self, address: str, *, times: int) -> None:
        parts = urlsplit(address)
        self._far = (str(parts.hostname), int(parts.port or 80))
        self._times = times
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.passed = 0
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self.passed += 1
            is_heard = self.passed > self._times
            threading.Thread(target=self._carry, args=(near, is_heard), daemon=True).start()

    def _carry(self, near: socket.socket, is_heard: bool) -> None:  # noqa: FBT001 - one of two ways
        with near, socket.create_connection(self._far) as far:
            sending = threading.Thread(target=pump, args=(near, far))
            sending.start()
            if is_heard:
                pump(far, near)
            else:
                far.recv(1)  # the server has done it, and nobody will know
                near.shutdown(socket.SHUT_RDWR)
            sending.join()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._listener.join(PATIENCE_SECONDS)


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_a_submission_whose_answer_is_lost_makes_one_job(
    server: Running, apostil: Client, tmp_path: Path
) -> None:
    file = write_pdf(tmp_path / "unheard.pdf", text((72, 72, "Total 5,678")))
    with closing(DeafLine(server.address, times=2)) as line, Client(line.url) as far:
        job = far.submit("lines", file)
    assert line.passed >= 3
    made = [one.id for one in apostil.jobs() if one.names == "unheard.pdf"]
    assert made == [job.id]


class Fatal(io.BytesIO):
    """A file during whose sending the server is killed and started anew, once."""

    def __init__(self, content: bytes, restart: Callable[[], None]) -> None:
        super().__init__(content)
        self._restart: Callable[[], None] | None = restart

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() and self._restart is not None:
            restart, self._restart = self._restart, None
            restart()
        return super().read(size)


def test_submitting_and_following_go_on_over_the_death_of_the_server(tmp_path: Path) -> None:
    file = write_pdf(tmp_path / "long.pdf", *plain_pages(400))
    content = file.read_bytes().ljust(5 * MIB, b"\n")
    with ExitStack() as stack:
        running = [stack.enter_context(started(tmp_path / "data"))]
        port = str(urlsplit(running[0].address).port)

        def restart() -> None:
            running[-1].stop(signal.SIGKILL)
            running.append(stack.enter_context(started(tmp_path / "data", "--port", port)))

        with Client(running[0].address) as apostil:
            apostil.applications()
            job = apostil.submit("lines", ("long.pdf", Fatal(content, restart)))
            assert [one.id for one in apostil.jobs()] == [job.id]
            events = []
            for event in apostil.follow(job):
                if isinstance(event, SegmentProgressed) and len(running) == 2:
                    restart()
                events.append(event)
    assert [one.address for one in running] == [running[0].address] * 3
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "job_succeeded"


UPLOAD = """
import resource, sys
from apostil.client import Client, Invalid
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with Client(sys.argv[1]) as apostil:
    apostil.applications()
    before = peak()
    try: said = apostil.upload(sys.argv[2]).size
    except Invalid as refusal: said = refusal.status
    print(said, peak() - before)
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(100 * MIB)
    return path


def test_a_large_file_is_never_whole_in_memory(server: Running, large: Path) -> None:
    size, grown_kib = run_program(UPLOAD, server.address, str(large)).split()
    assert int(size) == 100 * MIB
    assert int(grown_kib) < 16 * 1024


def test_a_server_on_a_network_asks_for_its_token_and_tells_what_is_too_large(
    tmp_path: Path, large: Path
) -> None:
    everywhere = ("--host", "0.0.0.0")  # noqa: S104 - that is the case
    with started(tmp_path / "data", *everywhere, APOSTIL_MAX_UPLOAD_MB="1") as running:
        parts = urlsplit(running.address)
        here = f"http://127.0.0.1:{parts.port}/"
        with Client(here) as apostil, pytest.raises(Denied, match="token"):
            apostil.applications()
        with Client(here, token=parts.query.partition("=")[2]) as apostil:
            assert apostil.applications()
        said = run_program(UPLOAD, f"{here}?{parts.query}", str(large))
        assert said.split()[0] == "413"


def run_program(program: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
