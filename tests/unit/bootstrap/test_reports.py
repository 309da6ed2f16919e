"""How the settings say that a process logs and traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from programs import environment
from pydantic import SecretStr

from apostil.bootstrap.reports import report_options
from apostil.config import Settings, SettingsInvalid

WITHOUT_OPENTELEMETRY = """
import sys
sys.modules["opentelemetry.exporter"] = None
from apostil.cli import main
main(["web", "--port", "0"])
"""


def test_what_is_set_reaches_the_processes_that_are_started() -> None:
    options = report_options(
        Settings(
            log_format="json",
            log_level="error",
            trace_endpoint="http://127.0.0.1:4318",
            trace_headers=SecretStr("a=b"),
        )
    )
    assert (options.logs.format, options.logs.threshold) == ("json", "error")
    assert options.traces is not None
    assert (options.traces.endpoint, options.traces.headers) == ("http://127.0.0.1:4318", "a=b")
    assert "a=b" not in repr(options), "headers may hold a secret"


def test_people_see_warnings_and_a_collector_sees_all_that_happens() -> None:
    levels = [report_options(Settings(log_format=f)).logs.threshold for f in ("console", "json")]
    assert levels == ["warning", "info"]
    assert report_options(Settings()).traces is None


def test_an_address_that_is_none_is_refused_when_it_is_read() -> None:
    with pytest.raises(SettingsInvalid, match="no address"):
        Settings.read(trace_endpoint="collector:4318")


def test_without_the_packages_for_traces_the_command_says_what_to_install(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_OPENTELEMETRY],
        env=environment(
            APOSTIL_DATA=str(tmp_path), OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318"
        ),
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert "apostil[tracing]" in ended.stderr
    assert "Traceback" not in ended.stderr
