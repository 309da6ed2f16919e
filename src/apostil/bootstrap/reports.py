"""How this process tells of what happens in it, from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from apostil.adapters import Listener, LogOptions, ReportOptions, TraceOptions, reporting
from apostil.config import Settings, SettingsInvalid


def report_options(settings: Settings) -> ReportOptions:
    """As set; for this process and for those that it starts."""
    headers = settings.trace_headers
    return ReportOptions(
        logs=LogOptions(format=settings.log_format, level=settings.log_level),
        traces=TraceOptions(
            endpoint=settings.trace_endpoint,
            headers=headers.get_secret_value() if headers else "",
        )
        if settings.trace_endpoint
        else None,
    )


def check_traces(settings: Settings) -> None:
    """SettingsInvalid where traces are asked for and cannot be made."""
    if settings.trace_endpoint is None:
        return
    try:
        import_module("apostil.adapters.traces")
    except ModuleNotFoundError as error:
        raise SettingsInvalid(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but the package {error.name} is not installed: "
            "install apostil[tracing]."
        ) from error


@contextmanager
def reporting_as(settings: Settings, *, role: str) -> Iterator[tuple[Listener, ...]]:
    """Have this process log, and trace, as set. SettingsInvalid as ``check_traces`` says."""
    check_traces(settings)
    with reporting(report_options(settings), role=role) as listeners:
        yield listeners
