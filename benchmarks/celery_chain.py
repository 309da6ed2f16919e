"""The same as a plain Celery chain: one message a step, results in Redis."""

from __future__ import annotations

import time

from celery import Celery, chain

REDIS = "redis://127.0.0.1:6379/15"

celery = Celery("celery_chain", broker=REDIS, backend=REDIS)
celery.conf.update(worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)


@celery.task(name="look")  # type: ignore[untyped-decorator]  # Celery has no types
def look(earlier: list[float]) -> list[float]:
    return [*earlier, time.time()]


def steps(length: int) -> chain:
    return chain(look.s([]), *[look.s() for _ in range(length - 1)])
