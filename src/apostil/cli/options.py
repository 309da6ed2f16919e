"""Options and beginnings that several commands share."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from apostil.bootstrap.home import DataFolderUnusable, Home, open_home
from apostil.bootstrap.queueing import QueueUnusable
from apostil.bootstrap.reports import reporting_as
from apostil.cli.failure import Failed, fail, misuse
from apostil.config import Settings, SettingsInvalid
from apostil.documents import DocumentError
from apostil.engine import EngineError, JobNotFound

Data = Annotated[Path | None, typer.Option("--data", help="Data folder instead of the usual one.")]
Json = Annotated[
    str | None,
    typer.Option("--json", metavar="PATH|-", help="Write JSON to this file, or to stdout with -."),
]


def settings_with(**given: Any) -> Settings:
    """The settings with what the command line gave."""
    try:
        return Settings.read(**given)
    except SettingsInvalid as error:
        misuse(str(error))


@contextmanager
def plainly() -> Iterator[None]:
    """Turns expected errors of the layers below into one sentence and status 1."""
    try:
        yield
    except JobNotFound as error:
        raise Failed(
            f"There is no job {error}; apostil jobs list shows those there are."
        ) from error
    except (DataFolderUnusable, DocumentError, EngineError, QueueUnusable) as error:
        raise Failed(str(error)) from error
    except SettingsInvalid as error:
        misuse(str(error))


@contextmanager
def home_of(settings: Settings, *, role: str | None = None) -> Iterator[Home]:
    """The opened data folder; expected errors are told plainly. A process with a ``role`` serves or
    works, and logs and traces as set."""
    with plainly(), ExitStack() as stack:
        listeners = stack.enter_context(reporting_as(settings, role=role)) if role else ()
        home = open_home(settings, listeners=listeners)
        try:
            yield home
        finally:
            home.close()


def existing_file(path: Path) -> Path:
    """The path, if a file that can be read is there; a wrong path ends the command.

    A pipe is refused: it would be waited for, and what it gives can be read only once.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            fail(f"{path} is a folder; name a file.")
        if not stat.S_ISREG(mode):
            fail(f"{path} is a pipe or a device; store what it gives and name that file.")
        with path.open("rb"):
            return path
    except FileNotFoundError:
        fail(f"There is no file {path}.")
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}.")
