"""The daily clean-up over a real data folder, with a clock that the test drives."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from apostil.adapters import SqlKeeping
from apostil.bootstrap.home import Home, open_home
from apostil.bootstrap.scheduler import LEASE_SECONDS, Scheduler, in_words, scheduling
from apostil.config import Settings
from apostil.engine import Cleared, NewDocument, Place, Step, StoreBusy

HOUR = 3600.0
NOON = time.mktime((2031, 3, 3, 12, 0, 0, 0, 0, -1))


@dataclass
class Hand:
    """What moves the clock, a data folder, and what the schedulers have said."""

    settings: Settings
    home: Home
    now: float = NOON
    said: list[str] = field(default_factory=list)
    sent: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def clock(self) -> float:
        return self.now

    def scheduler(self, home: Home | None = None) -> Scheduler:
        return Scheduler(self.settings, home or self.home, clock=self.clock, tell=self.said.append)

    def send_old(self, count: int = 1) -> None:
        """Documents that nobody uses, older than such are kept."""
        at = self.now - 8 * 24 * HOUR
        new = []
        for _ in range(count):
            self.sent += 1
            data = b"paper %3d" % self.sent
            sha256 = hashlib.sha256(data).hexdigest()
            file = self.home.files.path(sha256)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
            os.utime(file, (at, at))
            new.append(NewDocument(sha256=sha256, name="p", media_type="text/plain", size=9))
        self.home.documents.register("local", new, now=at)

    def documents(self) -> int:
        return self.home.reader.stats("local").documents


@pytest.fixture
def hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read(data=tmp_path / "data")
    home = open_home(settings)
    yield Hand(settings, home)
    home.close()


def at_clock(hand: Hand) -> str:
    return time.strftime("%d %H:%M", time.localtime(hand.now))


def test_it_is_done_at_the_first_start_and_then_once_a_day_at_the_time(hand: Hand) -> None:
    done = []
    scheduler = hand.scheduler()
    for quarter in range(4 * 24 * 3):
        if quarter % 40 == 0:
            hand.send_old()
        if scheduler.look(hand.stop) is not None:
            done.append(at_clock(hand))
            assert hand.documents() == 0
        hand.now += HOUR / 4
    assert hand.sent == 8
    assert done == ["03 12:00", "04 02:00", "05 02:00", "06 02:00"]


def test_another_time_of_day_can_be_set(hand: Hand) -> None:
    hand.settings = hand.settings.model_copy(update={"cleanup_at": "23:30"})
    scheduler = hand.scheduler()
    assert scheduler.look(hand.stop) is not None
    hand.now = dt.datetime.fromtimestamp(NOON).replace(hour=23, minute=29).timestamp()  # noqa: DTZ006 - a clock on the wall
    assert scheduler.look(hand.stop) is None
    hand.now += 60
    assert scheduler.look(hand.stop) is not None


def test_a_time_that_was_missed_is_made_up_at_the_next_start(hand: Hand) -> None:
    assert hand.scheduler().look(hand.stop) is not None
    hand.now += 40 * HOUR
    hand.send_old()
    assert hand.scheduler().look(hand.stop) == Cleared(documents=1, bytes=9)
    assert hand.said == ["Cleaned up: 1 document, 0.0 MB."]
    hand.now = NOON + 38 * HOUR
    assert hand.scheduler().look(hand.stop) is None, "the times in between are not made up"


def test_of_many_processes_one_does_it(hand: Hand) -> None:
    others = [open_home(hand.settings) for _ in range(3)]
    for day in range(3):
        hand.now = NOON + 24 * HOUR * day
        done = [hand.scheduler(home).look(hand.stop) for home in [hand.home, *others]]
        assert sum(one is not None for one in done) == 1
    for home in others:
        home.close()


def test_what_was_left_off_is_gone_on_with_when_the_lease_has_run_out(hand: Hand) -> None:
    hand.settings = hand.settings.model_copy(update={"keep_artifacts_days": None})
    hand.send_old(250)
    hand.stop.set()
    assert hand.scheduler().look(hand.stop) == Cleared(documents=100, bytes=900)
    assert hand.documents() == 150
    hand.stop.clear()
    assert hand.scheduler().look(hand.stop) is None, "whoever began may still be at it"
    hand.now += LEASE_SECONDS
    assert hand.scheduler().look(hand.stop) == Cleared(documents=150, bytes=1350)
    assert hand.documents() == 0


class BusyKeeping(SqlKeeping):
    """A database that is busy when told so."""

    is_busy = True

    def remove_documents(self, *, sent_before: float, after: Place, now: float) -> Step:
        if self.is_busy:
            raise StoreBusy("The database is busy; try again shortly.")
        return super().remove_documents(sent_before=sent_before, after=after, now=now)


def test_a_busy_database_is_told_and_tried_again(hand: Hand) -> None:
    hand.send_old()
    keeping = BusyKeeping(hand.home.database, hand.home.files)
    scheduler = hand.scheduler(replace(hand.home, keeping=keeping))
    stop = threading.Event()
    running = threading.Thread(target=scheduler.run, args=(stop,))
    running.start()
    deadline = time.monotonic() + 20
    while not hand.said and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    running.join(5)
    assert not running.is_alive()
    assert hand.said == [
        "The clean-up was broken off and is tried again: The database is busy; try again shortly."
    ]
    keeping.is_busy = False
    hand.now += LEASE_SECONDS
    assert scheduler.look(hand.stop) == Cleared(documents=1, bytes=9)


def test_the_thread_of_a_server_ends_with_it_at_once(hand: Hand) -> None:
    hand.now = time.time()
    hand.send_old()
    with scheduling(hand.settings, hand.home, tell=hand.said.append):
        deadline = time.monotonic() + 20
        while hand.documents() and time.monotonic() < deadline:
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert hand.documents() == 0
    assert "scheduler" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize(
    ("cleared", "said"),
    [
        (Cleared(), "nothing"),
        (Cleared(jobs=1, documents=2, bytes=2_500_000), "1 job, 2 documents, 2.5 MB"),
        (
            Cleared(derived=1200, received=1),
            "1,200 derived files, 1 unfinished file, 0.0 MB",
        ),
    ],
)
def test_what_went_is_told_in_words(cleared: Cleared, said: str) -> None:
    assert in_words(cleared) == said
