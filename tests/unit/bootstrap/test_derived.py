"""What is made of documents for showing: once, in turn, by a child process that can be ended."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import workload

from apostil.adapters import ContentFiles
from apostil.application import TEXT
from apostil.bootstrap.derived import Derived, Making
from apostil.bootstrap.parsing import ParsedFiles
from apostil.engine import Document, DocumentGone, Limits, SegmentFailed
from apostil.web import ReaderBusy

TIGHT = Limits(soft_seconds=0.5, hard_seconds=1.0)
LONG = Limits(soft_seconds=200.0, hard_seconds=200.0)
PATIENCE_SECONDS = 60.0


@pytest.fixture
def files(tmp_path: Path) -> ContentFiles:
    return ContentFiles(tmp_path / "files")


@pytest.fixture
def derived(
    files: ContentFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Derived]:
    monkeypatch.setenv("PYTHONPATH", str(Path(workload.__file__).parent))
    made = Derived(files, tmp_path / "made", waiting=2, fresh_after=100)
    yield made
    made.close()


def making(
    sha256: str, work: str = "count", *, limits: Limits = LONG, **parameters: object
) -> Making:
    return Making(
        sha256=sha256,
        media_type=TEXT,
        ending=f"{work}.json",
        work=f"workload:{work}",
        limits=limits,
        parameters=parameters,
    )


def test_what_is_there_is_not_made_again(files: ContentFiles, derived: Derived) -> None:
    sha256 = files.put(b"one")
    first = derived.path(making(sha256))
    written = first.stat().st_mtime_ns
    assert derived.path(making(sha256)) == first
    assert first.stat().st_mtime_ns == written
    files.remove(sha256)
    assert derived.path(making(sha256)) == first, "it is asked for by those who may see it only"


def test_two_who_ask_at_once_share_what_is_made(files: ContentFiles, derived: Derived) -> None:
    slow = making(files.put(b"one"), seconds=0.5)
    with ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        paths = list(pool.map(derived.path, [slow, slow]))
    assert paths[0] == paths[1]
    assert derived._calls == 1
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_who_does_not_wait_for_a_turn_has_what_is_there_or_is_told_at_once(
    files: ContentFiles, derived: Derived
) -> None:
    there, missing = (making(files.put(paper)) for paper in (b"there", b"missing"))
    made = derived.path(there, in_turn=False)
    with derived._turn:
        assert derived.path(there, in_turn=False) == made
        with pytest.raises(ReaderBusy):
            derived.path(missing, in_turn=False)
    assert derived.path(missing, in_turn=False).is_file()


def test_more_than_may_wait_are_told_to_come_back(files: ContentFiles, derived: Derived) -> None:
    hanging = making(files.put(b"one"), "misbehave", how="hang")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(derived.path, hanging) for _ in range(2)]
        wait_until_taken(derived)
        with pytest.raises(ReaderBusy, match="ask again"):
            derived.path(making(files.put(b"two")))
        derived.stop()
        for one in asked:
            assert isinstance(one.exception(PATIENCE_SECONDS), ReaderBusy)


def wait_until_taken(derived: Derived) -> None:
    """Until both places are taken."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while derived._places.acquire(blocking=False):
        derived._places.release()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_stop_interrupts_what_is_being_made_and_nothing_new_begins(
    files: ContentFiles, derived: Derived
) -> None:
    derived.path(making(files.put(b"one")))  # the process has loaded by then
    with ThreadPoolExecutor(1) as pool:
        hanging: Future[Path] = pool.submit(
            derived.path, making(files.put(b"two"), "misbehave", how="hang")
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while derived._calls < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        derived.stop()
        assert isinstance(hanging.exception(PATIENCE_SECONDS), ReaderBusy)
    with pytest.raises(ReaderBusy, match="stopped"):
        derived.path(making(files.put(b"three")))


def test_a_document_that_took_all_its_time_is_not_tried_again_at_once(
    files: ContentFiles, derived: Derived
) -> None:
    hanging = making(files.put(b"one"), "misbehave", limits=TIGHT, how="hang")
    for _ in range(3):
        with pytest.raises(SegmentFailed) as failed:
            derived.path(hanging)
        assert failed.value.problem == "/problems/time-limit"
    assert derived._calls == 1
    assert derived.path(making(files.put(b"two"))).is_file()


def test_a_document_that_cannot_be_read_may_be_tried_again(
    files: ContentFiles, derived: Derived
) -> None:
    refused = making(files.put(b"one"), "misbehave", how="refuse")
    for _ in range(2):
        with pytest.raises(SegmentFailed, match="no text"):
            derived.path(refused)
    assert derived._calls == 2


def test_a_document_whose_file_is_gone_is_said_to_be(derived: Derived) -> None:
    with pytest.raises(DocumentGone):
        derived.path(making("0" * 64))


def test_forgetting_a_document_leaves_the_others_and_what_another_server_writes(
    files: ContentFiles, derived: Derived, tmp_path: Path
) -> None:
    kept, gone = derived.path(making(files.put(b"one"))), derived.path(making(files.put(b"two")))
    sha256 = hashlib.sha256(b"two").hexdigest()
    neighbour = gone.with_name(f"{'0' * 62}-1.png")
    unfinished = gone.with_name(f"{sha256[2:]}-2.png.123.{threading.get_ident()}")
    for path in (neighbour, unfinished):
        path.write_bytes(b"")
    derived.forget(sha256)
    assert [path.exists() for path in (gone, kept, neighbour, unfinished)] == [
        False, True, True, True,
    ]  # fmt: skip


def test_what_an_older_parser_has_read_goes_when_the_document_is_read_anew(
    files: ContentFiles, tmp_path: Path
) -> None:
    sha256 = files.put(b"plain words\n")
    document = Document(
        id="d", owner="o", sha256=sha256, name="n", media_type=TEXT, size=12, created_at=0.0
    )
    older = tmp_path / "made" / sha256[:2] / f"{sha256[2:]}-parsed-0-abc.json"
    image = older.with_name(f"{sha256[2:]}-1-1000.png")
    older.parent.mkdir(parents=True)
    for path in (older, image):
        path.write_bytes(b"")
    parsed = ParsedFiles(files, tmp_path / "made")
    try:
        read = parsed.path(document)
    finally:
        parsed.close()
    assert b"plain words" in read.read_bytes()
    assert not older.exists()
    assert image.exists()
