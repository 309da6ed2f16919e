"""Emptying a data folder."""

from __future__ import annotations

from apostil.adapters import erase_database
from apostil.bootstrap.home import database_url
from apostil.bootstrap.leftovers import remove_everything
from apostil.config import Settings


def erase(settings: Settings) -> None:
    """Delete the database, the files and what was made of them. Nobody may be working on them.

    The database goes first: if this is broken off, no row is left that names a file that went, and
    files without rows go by themselves.
    """
    erase_database(database_url(settings))
    data = settings.data.expanduser().absolute()
    remove_everything(data / "files", data / "pages")
