"""One order under limits: what an executor may use, and what its end means."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from apostil.engine.errors import ExecutorDied
from apostil.engine.job import Conclusion, Failure, Finished
from apostil.engine.pipeline import MIB, Limits
from apostil.engine.ports import Executor
from apostil.engine.states import Outcome
from apostil.engine.wire import Made, Progressed, Refused, Run, Stop
from apostil.engine.work import Effect

Attend = Callable[[Progressed | None], None]
"""Called with every report and at every tick. What it raises ends the executor."""


@dataclass(slots=True)
class _Allowance:
    """What is left of the limits."""

    limits: Limits
    began: float = field(default_factory=time.monotonic)
    is_stopped: bool = False

    def overdrawn(self, executor: Executor) -> Failure | None:
        """Ask the segment to stop at the soft limit; say which hard limit is passed."""
        used = time.monotonic() - self.began
        if used >= self.limits.hard_seconds:
            return _time_limit(self.limits.hard_seconds)
        if used >= self.limits.soft_seconds and not self.is_stopped:
            self.is_stopped = True
            executor.send(Stop())
        if executor.rss_bytes() > self.limits.memory_bytes:
            return _memory_limit(self.limits.memory_bytes)
        return None


def run_order(
    executor: Executor, order: Run, limits: Limits, *, tick_seconds: float, attend: Attend
) -> Conclusion:
    """Let the executor run a segment. Whatever happens to it, there is a conclusion; and it is
    dead or idle afterwards."""
    try:
        executor.send(order)
        allowance = _Allowance(limits)  # a process that loads first has used up nothing
        while True:
            reply = executor.receive(tick_seconds)
            if isinstance(reply, Made):
                return _finished(reply)
            if isinstance(reply, Refused):
                return _failure(reply, limits)
            attend(reply if isinstance(reply, Progressed) else None)
            if (failure := allowance.overdrawn(executor)) is not None:
                executor.kill()
                return failure
    except ExecutorDied as died:
        executor.kill()
        return _died(died)
    except BaseException:
        executor.kill()
        raise


def _finished(reply: Made) -> Finished:
    effects = tuple(Effect(name, data) for name, data in reply.effects)
    return Finished(reply.digest, reply.data, effects)


def _failure(reply: Refused, limits: Limits) -> Failure:
    if reply.stopped:
        return _time_limit(limits.soft_seconds)
    return Failure(
        outcome=Outcome.FAILED,
        problem=reply.problem,
        detail=reply.detail,
        transient=reply.transient,
        log=reply.log or None,
    )


def _time_limit(seconds: float) -> Failure:
    return Failure(
        outcome=Outcome.TIMED_OUT,
        problem="/problems/time-limit",
        detail=f"This step did not end within the {seconds:g} seconds allowed for it.",
    )


def _memory_limit(limit: int) -> Failure:
    return Failure(
        outcome=Outcome.EXECUTOR_DIED,
        problem="/problems/memory-limit",
        detail=f"This step needed more than the {limit // MIB} MiB of memory allowed for it.",
    )


def _died(died: ExecutorDied) -> Failure:
    code = died.returncode
    how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
    return Failure(
        outcome=Outcome.EXECUTOR_DIED,
        problem="/problems/executor-died",
        detail=f"The process that worked on this step ended unexpectedly, {how}.",
    )
