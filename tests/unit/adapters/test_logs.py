"""Lines of a log: their shape, and what never gets into them."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from apostil.adapters.logs import LogOptions, configure, executor_stderr, level_named

MARKER = "Zwetschgenmus"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def spill() -> None:
    try:
        int(MARKER)
    except ValueError as error:
        raise LookupError(MARKER) from error


def test_an_event_is_a_line_with_its_facts_and_those_that_are_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(LogOptions(format="json"))
    with structlog.contextvars.bound_contextvars(job_id="j", attempt=2):
        structlog.get_logger().info("segment_finished", seconds=0.5, odd="a\nb")
    structlog.get_logger().debug("not_asked_for")
    [event] = lines(capsys)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "level": "info",
        "event": "segment_finished",
        "seconds": 0.5,
        "odd": "a\nb",
        "job_id": "j",
        "attempt": 2,
    }


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_told_by_its_type_and_its_places_never_by_its_values(
    form: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(LogOptions(format=form))
    try:
        spill()
    except LookupError:
        structlog.get_logger().exception("hub_failed")
        logging.getLogger("uvicorn.error").exception("It failed: %s", MARKER)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert MARKER not in said
    for line in said.splitlines():
        assert "builtins.LookupError" in line
        assert "builtins.ValueError" in line
        assert "test_logs.py:" in line
        assert " spill" in line


def test_libraries_speak_in_the_same_shape(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogOptions(format="json"))
    logging.getLogger("celery.worker").info("ready with %s", "two")
    logging.getLogger("httpx").info("of no interest")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("this goes away", DeprecationWarning, stacklevel=1)
    told, warned = lines(capsys)
    assert (told["event"], told["logger"]) == ("library_said", "celery.worker")
    assert told["message"] == "ready with two"
    assert (warned["level"], warned["logger"]) == ("warning", "py.warnings")


def test_a_console_shows_what_somebody_should_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogOptions())
    structlog.get_logger().info("job_submitted")
    structlog.get_logger().warning("job_failed", problem="a\x1b[31m\nb")
    [line] = capsys.readouterr().err.splitlines()
    assert "job_failed" in line
    assert "\x1b" not in line


def test_configuring_again_replaces_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogOptions())
    configure(LogOptions(format="json", level="error"))
    structlog.get_logger().warning("not_asked_for")
    structlog.get_logger().error("once")
    assert [event["event"] for event in lines(capsys)] == ["once"]


def test_what_segments_print_is_shown_only_to_who_asks_for_everything_on_a_console() -> None:
    shown = {}
    for form in ("json", "console"):
        for level in (None, "debug"):
            configure(LogOptions(format=form, level=level))
            shown[form, level] = executor_stderr() is None
    assert [which for which, is_shown in shown.items() if is_shown] == [("console", "debug")]


def test_levels_by_number_are_those_of_the_standard_library_or_the_next_above() -> None:
    assert [level_named(n) for n in (5, 10, 20, 25, 30, 40, 50)] == [
        "debug", "debug", "info", "warning", "warning", "error", "error"
    ]  # fmt: skip
