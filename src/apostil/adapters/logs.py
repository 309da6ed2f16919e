"""Logs: one event a line on stderr, for people or as JSON, ours and the libraries' alike.

No value of an exception is written, since it may quote a document, a name or a password: its type
and the places where it passed are. What libraries say is written without what they put into it
when they speak of an exception.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from typing import Any, Literal, cast, get_args

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
LIBRARIES_HEARD = ("alembic", "celery", "uvicorn")
"""Libraries that tell of their work at the level info; of others only warnings are worth a line."""
LIBRARIES_PATIENT = ("opentelemetry",)
"""They warn before each of many tries; it is enough to hear that they gave up."""
MOST_FRAMES = 20
_OURS = "apostil"
_LIBRARY_EVENT = "library_said"


class LogOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a process logs. Without a ``level``, everything that happens in JSON, and on a console
    what somebody should look at."""

    format: Literal["console", "json"] = "console"
    level: Level | None = None

    @property
    def threshold(self) -> Level:
        return self.level or ("info" if self.format == "json" else "warning")


class _Lines(logging.StreamHandler[Any]):
    """Writes to whatever stderr is at that time."""

    def __init__(self, options: LogOptions) -> None:
        super().__init__()
        self.options = options
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[structlog.contextvars.merge_contextvars, _quoted],
                processors=[
                    structlog.stdlib.add_log_level,
                    _without_values,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    *_renderers(options),
                ],
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure(options: LogOptions) -> None:
    """Have everything in this process log so. May be called again."""
    threshold = level_number(options.threshold)
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _Lines):
            root.removeHandler(handler)
    root.addHandler(_Lines(options))
    root.setLevel(max(threshold, logging.WARNING))
    for library in LIBRARIES_HEARD:
        logging.getLogger(library).setLevel(max(threshold, logging.INFO))
    for library in LIBRARIES_PATIENT:
        logging.getLogger(library).setLevel(logging.ERROR)
    ours = logging.getLogger(_OURS)
    ours.setLevel(threshold)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=lambda *_: ours,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
    )


def level_number(level: Level) -> int:
    """The number that the standard library has for it."""
    return logging.getLevelNamesMapping()[level.upper()]


def level_named(number: int) -> Level:
    """The level of this number, or the next above."""
    levels: tuple[Level, ...] = get_args(Level)
    return next((one for one in levels if level_number(one) >= number), "error")


def is_json() -> bool:
    """Whether this process logs JSON, so that nothing else should stand between the lines."""
    options = _options()
    return options is not None and options.format == "json"


def executor_stderr() -> int | None:
    """Where what segments print goes, as ``subprocess`` takes it. It may quote documents: it is
    shown to those only who asked to hear everything, on a console."""
    options = _options()
    is_shown = options is None or (options.format == "console" and options.level == "debug")
    return None if is_shown else subprocess.DEVNULL


def _options() -> LogOptions | None:
    found = (one.options for one in logging.getLogger().handlers if isinstance(one, _Lines))
    return next(found, None)


def _renderers(options: LogOptions) -> list[Any]:
    if options.format == "json":
        return [structlog.processors.JSONRenderer(serializer=_encoded)]
    return [
        _on_one_line,
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, sort_keys=False),
    ]


def _encoded(event: EventDict, **_: Any) -> str:
    """In the order of reading: when, what, and then the facts."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return msgspec.json.encode(first | dict(event), enc_hook=str).decode()


def _quoted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's sentence, as a fact. With an exception it is left as the library's authors wrote
    it, without what was to be put into it."""
    record: logging.LogRecord = event["_record"]
    message = str(record.msg) if record.exc_info else event["event"]
    event.update(event=_LIBRARY_EVENT, logger=record.name, message=message.strip())
    return event


def _without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Whatever stands for an exception becomes types and places."""
    said = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if said is True:
        said = sys.exception()
    elif isinstance(said, tuple):
        said = said[1]
    if isinstance(said, BaseException):
        event["error"] = causes(said)
    return event


def causes(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what it came from, the outermost first; frames innermost first, as
    ``file:line function``."""
    told: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(told) < MOST_FRAMES:
        frames = traceback.StackSummary.extract(
            traceback.walk_tb(current.__traceback__), lookup_lines=False
        )
        places = [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in reversed(frames)]
        kind = type(current)
        told.append({"type": f"{kind.__module__}.{kind.__qualname__}", "at": places[:MOST_FRAMES]})
        following = current.__cause__
        if following is None and not current.__suppress_context__:
            following = current.__context__
        current = following
    return told


def _short(path: str) -> str:
    """The path from the package on: where it is installed says nothing."""
    for mark in ("/site-packages/", "/src/", "/lib/"):
        _, found, rest = path.rpartition(mark)
        if found:
            return rest
    return path.rpartition("/")[2]


def _on_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if "error" in event:
        told = cast("list[dict[str, Any]]", event["error"])
        event["error"] = " from ".join(f"{one['type']} at {', '.join(one['at'])}" for one in told)
    return event
