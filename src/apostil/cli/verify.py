"""``apostil verify``: a result read again from its documents, by a reader of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from apostil.cli.failure import FAILED, fail
from apostil.cli.options import existing_file, settings_with
from apostil.config import MIB
from apostil.documents import SecondReader
from apostil.evidence import VerdictStatus, verify

LARGEST_RESULT = 256 * MIB


def run(
    result: Annotated[Path, typer.Argument(help="The result JSON.", metavar="RESULT.json")],
    files: Annotated[list[Path], typer.Argument(help="Its documents.", metavar="FILE")],
) -> None:
    """Check that every quote stands inside its boxes and every number in its quotes.

    Ends with 0 if all holds, else with 1 and a line for each citation or value that does not.
    """
    settings = settings_with()
    password = settings.password.get_secret_value() if settings.password else None
    stored = existing_file(result)
    reader = SecondReader([existing_file(path) for path in files], password=password)
    if stored.stat().st_size > LARGEST_RESULT:
        fail(f"{result} is larger than any result: more than {LARGEST_RESULT // MIB} MiB.")
    try:
        decoded = msgspec.json.decode(stored.read_bytes())
        if not isinstance(decoded, dict):
            fail(f"{result} is not a result of Apostil.")
        verification = verify(decoded, reader)
    except RecursionError:
        fail(f"{result} cannot be verified: it is nested deeper than any result.")
    except (msgspec.DecodeError, ValueError) as error:
        fail(f"{result} cannot be verified: {error}")
    if verification.verdicts and all(
        one.status is VerdictStatus.DOCUMENT_MISSING
        for one in verification.verdicts[: len(decoded["citations"])]
    ):
        names = ", ".join(f"{one['name']} ({one['sha256'][:12]}…)" for one in decoded["documents"])
        fail(f"None of the files is a document of this result; it was made from {names}.")
    for failure in verification.failures:
        typer.echo(f"{failure.subject}: {failure.status.replace('_', ' ')}: {failure.reason}")
    if not verification.holds:
        typer.echo(f"{len(verification.failures)} do not hold.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"All {len(verification.verdicts)} citations hold.")
