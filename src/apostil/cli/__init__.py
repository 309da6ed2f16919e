"""The command line. ``main`` is the program ``apostil``; a command is imported when it is asked for."""

from __future__ import annotations

import signal
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``apostil``; ends the process with the documented status.

    A Ctrl-C while it is still loading ends it at once: nothing has begun that could be left behind.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from apostil.cli.program import main as run  # noqa: PLC0415 - a Ctrl-C counts from here on

    run(arguments)


__all__ = ["main"]
