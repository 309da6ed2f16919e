"""``apostil parse``: a document as it was read."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from apostil.adapters import Caller
from apostil.cli.failure import fail
from apostil.cli.options import Json, existing_file, plainly, settings_with
from apostil.cli.output import write_json
from apostil.cli.password import PASSWORD_NEEDED, WITHOUT_TERMINAL, ask_password
from apostil.cli.received import received_in
from apostil.documents import ParsedDocument
from apostil.engine import DocumentFile, Inputs, SegmentFailed

PARSE = "apostil.segments.parse:read_first"


def run(
    file: Annotated[Path, typer.Argument(help="The document.", metavar="FILE")],
    *,
    json: Json = None,
) -> None:
    """Read a document and show its pages, blocks and tables; with --json all of it."""
    settings = settings_with()
    path = existing_file(file)
    with plainly(), received_in(settings, path) as document, closing(Caller()) as caller:
        password = settings.password.get_secret_value() if settings.password else None
        data = _parse(caller, document, password)
    if json is not None:
        write_json(data, json)
        return
    _show(msgspec.json.decode(data, type=ParsedDocument))


def _parse(caller: Caller, document: DocumentFile, password: str | None) -> bytes:
    while True:
        inputs = Inputs(documents=(document,), parameters={}, artifacts={}, password=password)
        try:
            return caller.call(PARSE, inputs)
        except SegmentFailed as failed:
            if failed.problem != PASSWORD_NEEDED:
                raise
            password = ask_password(failed.detail)
            if not password:
                fail(f"{failed.detail} {WITHOUT_TERMINAL}")


def _show(document: ParsedDocument) -> None:
    words = sum(len(page.words) for page in document.pages)
    typer.echo(f"{document.media_type}, {len(document.pages)} pages, {words:,} words")
    typer.echo(f"read by {document.parser}")
    kinds = Counter(str(block.kind) for block in document.blocks)
    for kind, count in kinds.most_common():
        typer.echo(f"  {count:>6} {kind}")
    for section in document.sections:
        if section.title:
            typer.echo(f"{'  ' * section.level}{section.title}")
    for warning in document.warnings:
        typer.echo(f"! {warning}")
