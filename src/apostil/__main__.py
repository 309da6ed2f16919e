"""``python -m apostil`` is the command ``apostil``."""

from apostil.cli import main

main()
