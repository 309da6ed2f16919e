"""The command line. ``main`` is the program ``apostil``; a command is imported when it is asked for."""

from apostil.cli.program import main

__all__ = ["main"]
