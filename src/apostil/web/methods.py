"""Which methods an address takes, over all operations that share it.

The framework's own header ``Allow`` names those of the first operation with this path, and the
others only if they are declared together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path


class MethodTable:
    """The methods of all paths of a server."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        by_path: dict[str, set[str]] = defaultdict(set)
        for found in iter_route_contexts(routes):
            if found.path and found.methods:
                by_path[found.path] |= found.methods
        self._methods: list[tuple[re.Pattern[str], frozenset[str]]] = [
            (compile_path(path)[0], frozenset(methods)) for path, methods in by_path.items()
        ]

    def allow(self, path: str) -> str | None:
        """The value of ``Allow`` for this address; None if no operation has it."""
        taken = {
            method
            for pattern, methods in self._methods
            if pattern.match(path)
            for method in methods
        }
        return ", ".join(sorted(taken)) or None
