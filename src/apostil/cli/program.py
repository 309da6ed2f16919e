"""Puts the commands together and turns every expected error into one sentence and a status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated

import typer

from apostil import __version__
from apostil.cli.failure import FAILED, INTERRUPTED, Failed, on_one_line


@dataclass(frozen=True, slots=True)
class Command:
    """A command is the function ``run`` of its module, a group the Typer ``group`` of it.

    The module is imported when the command is called, so that help and small commands start
    without the libraries of the large ones.
    """

    module: str
    help: str
    is_group: bool = False


COMMANDS = {
    "serve": Command("apostil.cli.serve", "Start the web pages and the workers on this machine."),
    "web": Command("apostil.cli.web", "Start the web pages only; workers run elsewhere."),
    "worker": Command("apostil.cli.worker", "Start workers only, local ones or Celery's."),
    "scheduler": Command("apostil.cli.scheduler", "Do what is due by the calendar, without a server."),
    "analyze": Command("apostil.cli.analyze", "Analyse documents now and show or store the result."),
    "parse": Command("apostil.cli.parse", "Show a document as it was read: words, blocks, tables."),
    "verify": Command("apostil.cli.verify", "Check every citation of a result against its documents."),
    "client": Command("apostil.cli.client", "Submit files to a running server and watch them."),
    "jobs": Command("apostil.cli.jobs", "List, watch, cancel, retry and delete jobs.", is_group=True),
    "db": Command("apostil.cli.db", "Look after the database: count, clean up, export, reset.", is_group=True),
    "doctor": Command("apostil.cli.doctor", "What is installed, reachable, missing, and what to do."),
}  # fmt: skip


def _placeholder() -> None:
    """Stands in help for a command whose module is not loaded."""


def _version(wanted: bool) -> None:  # noqa: FBT001 - the signature of an option's callback
    if wanted:
        typer.echo(f"apostil {__version__}")
        raise typer.Exit


def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Analyses documents and proves what it says: every value with page, boxes and quote."""


def build(*, loaded: Sequence[str]) -> typer.Typer:
    """The whole program, with the modules of the ``loaded`` commands imported."""
    program = typer.Typer(
        name="apostil",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=_root,
    )
    for name, command in COMMANDS.items():
        if name not in loaded:
            program.command(name, help=command.help)(_placeholder)
        elif command.is_group:
            program.add_typer(import_module(command.module).group, name=name, help=command.help)
        else:
            program.command(name, help=command.help)(import_module(command.module).run)
    return program


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``apostil``; ends the process with the documented status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    named = next((word for word in given if not word.startswith("-")), "")
    try:
        program = build(loaded=[named])
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        program(given, prog_name="apostil")
    except Failed as failure:
        typer.echo(f"apostil: {on_one_line(str(failure))}", err=True)
        sys.exit(failure.status)
    except OSError as error:
        # A full disk, most often: behind stdout, in the folder for temporary files or the user's.
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"apostil: {on_one_line(f'{where}{error.strerror or error}')}.", err=True)
        _leave_stdout()
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _leave_stdout() -> None:
    """What stdout did not take would be tried once more, and fail once more, at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
