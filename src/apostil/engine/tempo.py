"""How fast the engine's clocks tick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """All in seconds. A lease must outlast several heartbeats, else a busy machine loses work.

    ``slice`` is how long a worker goes on with one job while others wait; ``tick`` how often it
    looks at limits while a segment runs; ``poll`` how often it looks for work that nobody
    announced; ``sweep`` how often some worker returns what was lost.
    """

    heartbeat: float = 2.0
    lease: float = 15.0
    slice: float = 2.0
    tick: float = 0.1
    poll: float = 1.0
    sweep: float = 2.0
    progress: float = 0.5
    lost_wake: float = 30.0
