"""``apostil web``: the pages without workers."""

from __future__ import annotations

from typing import Annotated

import typer

from apostil.cli.options import Data, settings_with
from apostil.cli.serve import serve


def run(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; when taken, the next free one.")] = None,
    data: Data = None,
) -> None:
    """Start the web pages only. The jobs are done by apostil worker, on this machine or, with a
    broker, on others."""
    settings = settings_with(host=host, port=port, data=data)
    serve(settings, with_workers=False, with_demo=False)
