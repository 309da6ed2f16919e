from __future__ import annotations

import asyncio
from contextlib import closing
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from apostil.engine import Job, JobReader, StoreBusy
from apostil.web import Hub, Services
from apostil.web.api.preferences import LONGEST_WAIT, Preference, has_ended, read_preference


@pytest.mark.parametrize(
    ("header", "wait", "is_async"),
    [
        ("", None, False),
        ("wait=10", 10, False),
        ("Wait = 10", 10, False),
        ('wait="10"', 10, False),
        ("respond-async, wait=10", 10, True),
        ("wait=10; kind=polite, RESPOND-ASYNC", 10, True),
        ("wait=5, wait=20", 5, False),
        ("wait=3600", LONGEST_WAIT, False),
        ("wait=0", 0, False),
        ('return=minimal; note="a, wait=7", respond-async', None, True),
        ("wait", None, False),
        ("wait=-1", None, False),
        ("wait=1.5", None, False),
        ("wait=\u0661", None, False),
        ("wait=" + "9" * 400, None, False),
        ('wait="10', None, False),
        (",,;=", None, False),
    ],
)
def test_a_preference_is_read_as_the_rfc_says_and_passed_over_where_it_cannot_be(
    header: str, wait: int | None, *, is_async: bool
) -> None:
    assert read_preference(header) == Preference(wait_seconds=wait, is_async=is_async)


def test_only_what_is_followed_is_said_to_be_applied() -> None:
    assert read_preference("handling=strict").applied is None
    assert read_preference("wait=90, respond-async").applied == "respond-async, wait=30"


def test_a_job_that_is_stored_is_told_even_when_it_cannot_be_waited_for() -> None:
    class Busy:
        def get(self, *_: Any) -> NoReturn:
            raise StoreBusy("The database is busy; try again shortly.")

    job = cast("Job", SimpleNamespace(owner="local", id="1"))
    with closing(Hub(cast("JobReader", Busy()))) as hub:
        services = cast("Services", SimpleNamespace(hub=hub))
        assert asyncio.run(has_ended(services, job, Preference(wait_seconds=1))) is False
