"""``apostil doctor``: what is installed, reachable, missing, and what to do about it."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

from apostil import __version__
from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.home import DataFolderUnusable, open_home
from apostil.bootstrap.queueing import QueueUnusable, check_celery, queue_mode
from apostil.bootstrap.serving import is_loopback
from apostil.cli.failure import FAILED
from apostil.cli.options import Data, settings_with
from apostil.config import MIB, Settings, SettingsInvalid
from apostil.engine import EngineError

OLDEST_SQLITE = (3, 35, 0)  # the first that can UPDATE … RETURNING
LITTLE_SPACE_BYTES = 1024 * MIB
SILENT_SECONDS = 30.0


class Verdict(StrEnum):
    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the report."""

    verdict: Verdict
    text: str


def run(*, data: Data = None) -> None:
    """Look at this installation and say what to do; 1 if something needed is missing."""
    settings = settings_with(data=data)
    remarks = list(examine(settings))
    for remark in remarks:
        typer.echo(f"{remark.verdict:<5} {remark.text}")
    if any(remark.verdict is Verdict.BAD for remark in remarks):
        raise typer.Exit(FAILED)


def examine(settings: Settings) -> Iterator[Remark]:
    """Everything that is worth knowing before one asks for help."""
    yield Remark(
        Verdict.GOOD,
        f"apostil {__version__}, Python {platform.python_version()}, {platform.system()}",
    )
    yield _sqlite(sqlite3.sqlite_version)
    yield from _applications()
    yield from _data_folder(settings)
    yield from _broker(settings)
    if not is_loopback(settings.host):
        rule = "everyone may use it (APOSTIL_OPEN)" if settings.open else "with the access token"
        yield Remark(Verdict.NOTE, f"serve listens on {settings.host}: {rule}")


def _sqlite(version: str) -> Remark:
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        return Remark(Verdict.BAD, f"SQLite {version} is too old; a Python with {needed} is needed")
    return Remark(Verdict.GOOD, f"SQLite {version}")


def _applications() -> Iterator[Remark]:
    loaded, broken = load_applications()
    for slug, application in loaded.items():
        yield Remark(Verdict.GOOD, f"application {slug} {application.version}: {application.title}")
    for report in broken:
        yield Remark(Verdict.BAD, f"application {report}; mend or remove its package")
    if not loaded and not broken:
        yield Remark(Verdict.BAD, "no application is installed; run make setup again")


def _data_folder(settings: Settings) -> Iterator[Remark]:
    try:
        home = open_home(settings)
    except (DataFolderUnusable, EngineError) as error:
        yield Remark(Verdict.BAD, str(error))
        return
    try:
        yield Remark(Verdict.GOOD, f"data folder {home.data}")
        yield _space(home.data)
        yield Remark(Verdict.GOOD, f"database {home.database.describe()}")
        for caution in home.database.cautions():
            yield Remark(Verdict.NOTE, caution)
        now = time.time()
        alive = [one for one in home.roster.workers() if now - one.seen_at < SILENT_SECONDS]
        if alive:
            yield Remark(Verdict.GOOD, f"{len(alive)} workers are at work")
        else:
            yield Remark(Verdict.NOTE, "no worker is running; apostil serve starts them")
    finally:
        home.close()


def _broker(settings: Settings) -> Iterator[Remark]:
    if queue_mode(settings) == "celery":
        try:
            check_celery(settings)
        except (QueueUnusable, SettingsInvalid) as unusable:
            yield Remark(Verdict.BAD, str(unusable))
        else:
            yield Remark(Verdict.GOOD, "the broker answers")


def _space(folder: Path) -> Remark:
    free = shutil.disk_usage(folder).free
    verdict = Verdict.GOOD if free > LITTLE_SPACE_BYTES else Verdict.NOTE
    return Remark(verdict, f"{free // MIB:,} MiB are free there")
