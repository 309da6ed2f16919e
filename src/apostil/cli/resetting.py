"""``apostil db reset``: an empty data folder, with nothing of what was there."""

from __future__ import annotations

import time

import typer

from apostil.bootstrap.home import Home, open_home
from apostil.bootstrap.reset import erase
from apostil.bootstrap.scheduler import in_words, without_schedulers
from apostil.bootstrap.serving import presence
from apostil.cli.consent import Yes, require_word
from apostil.cli.failure import fail
from apostil.cli.options import Data, plainly, settings_with
from apostil.config import Settings
from apostil.engine import Cleared, StoreUnusable

SILENT_SECONDS = 15.0
"""A worker that was not heard of for so long has lost its lease."""


def reset(*, yes: Yes = False, data: Data = None) -> None:
    """Delete the database with all jobs, the documents and the images of their pages, and begin
    anew. Asks for the word “reset”; refuses while anybody works on the data folder.

    The access token and settings stay. It also helps when the database is damaged.
    """
    settings = settings_with(data=data)
    with plainly():
        home = _opened(settings)
        folder = settings.data.expanduser().absolute()
        with presence(folder, "apostil db reset") as other, without_schedulers(folder) as alone:
            if other:
                fail(f"A server works on {folder}, at {other}; stop it first.")
            if not alone:
                fail(f"A scheduler works on {folder}; stop it first.")
            found = "the damaged database and all documents"
            if home is not None:
                _require_rest(home)
                found = _what_is_there(home)
                home.close()
            typer.echo(f"To be deleted from {folder}: {found}.")
            require_word("All of it goes for good.", "reset", given=yes)
            erase(settings)
            open_home(settings).close()
    typer.echo(f"{folder} is empty.")


def _opened(settings: Settings) -> Home | None:
    """The data folder; None if its database is damaged."""
    try:
        return open_home(settings)
    except StoreUnusable:
        return None


def _what_is_there(home: Home) -> str:
    totals = home.reader.totals(time.time())
    there = Cleared(
        jobs=sum(totals.jobs.values()),
        documents=totals.documents,
        artifacts=totals.artifacts,
        bytes=totals.document_bytes + totals.artifact_bytes,
    )
    return in_words(there)


def _require_rest(home: Home) -> None:
    now = time.time()
    for worker in home.roster.workers():
        if now - worker.seen_at < SILENT_SECONDS:
            fail(
                f"Process {worker.pid} on {worker.host} works on {home.data}; stop it first. If it "
                f"was killed, wait {SILENT_SECONDS:g} seconds."
            )
