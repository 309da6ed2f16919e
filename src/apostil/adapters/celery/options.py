"""What Celery is told: the settings that carry the engine's guarantees stand here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kombu.entity import Exchange, Queue

from apostil.engine import LOWEST_PRIORITY, Pipeline

SCHEMES = frozenset({"redis", "rediss", "redis+socket", "sentinel"})
PRIORITY_SEPARATOR = "\x06\x16"
"""Between the name of a queue and a level of priority, in the name of a list of Redis."""
_SOCKET_SECONDS = 10.0
_CONNECT_SECONDS = 4.0
_HEALTH_CHECK_SECONDS = 25
_LEAST_VISIBILITY_SECONDS = 3600
_CHILD_KIBIBYTES = 512 * 1024
_SOFT_SHUTDOWN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class TaskNames:
    """What users of Celery see of an application: the task that advances a job, and its queue."""

    task: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOptions:
    """Where the messages go, and where final states are mirrored for users of Celery.

    Raises ValueError for a broker of another kind.
    """

    broker_url: str = field(repr=False)
    result_backend: str | None = field(default=None, repr=False)
    result_expires_seconds: int = 3600
    sentinel_master: str = "mymaster"
    concurrency: int = 2
    max_tasks_per_child: int = 1000

    def __post_init__(self) -> None:
        scheme = self.broker_url.partition("://")[0]
        if scheme not in SCHEMES:
            raise ValueError(f"a broker is redis://…, rediss://… or sentinel://…, not {scheme}://…")

    def for_transport(self, visibility_seconds: int) -> dict[str, Any]:
        """Options of the connection, explicit where a library's own have changed over time."""
        return {
            "visibility_timeout": visibility_seconds,
            "priority_steps": list(range(LOWEST_PRIORITY + 1)),
            "sep": PRIORITY_SEPARATOR,
            "socket_timeout": _SOCKET_SECONDS,
            "socket_connect_timeout": _CONNECT_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": _HEALTH_CHECK_SECONDS,
            "master_name": self.sentinel_master,
        }


def configuration(
    options: BrokerOptions, names: Iterable[TaskNames], pipelines: Mapping[str, Pipeline]
) -> dict[str, Any]:
    """Celery's settings. A message is acknowledged when its slice of work is done; the limits of
    time are the engine's, and Celery's own is a last resort far beyond them."""
    longest = max(
        (s.limits.hard_seconds for pipeline in pipelines.values() for s in pipeline.segments),
        default=0.0,
    )
    visibility = max(_LEAST_VISIBILITY_SECONDS, int(2 * longest))
    queues = sorted({one.queue for one in names})
    return {
        "broker_url": options.broker_url,
        "broker_transport_options": options.for_transport(visibility),
        "broker_connection_timeout": _CONNECT_SECONDS,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "result_backend": options.result_backend or "disabled://",
        "result_backend_transport_options": {
            "visibility_timeout": visibility,
            "master_name": options.sentinel_master,
            "retry_policy": {"max_retries": 1, "interval_start": 0.0, "interval_max": 0.1},
        },
        "visibility_timeout": visibility,
        "redis_socket_timeout": _SOCKET_SECONDS,
        "redis_socket_connect_timeout": _CONNECT_SECONDS,
        "redis_socket_keepalive": True,
        "redis_backend_health_check_interval": _HEALTH_CHECK_SECONDS,
        "result_expires": options.result_expires_seconds,
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        "enable_utc": True,
        "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in queues],
        "task_default_queue": queues[0] if queues else "celery",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_time_limit": 2 * longest + 60.0,
        "worker_pool": "prefork",
        "worker_prefetch_multiplier": 1,
        "worker_concurrency": options.concurrency,
        "worker_max_tasks_per_child": options.max_tasks_per_child,
        "worker_max_memory_per_child": _CHILD_KIBIBYTES,
        "worker_soft_shutdown_timeout": _SOFT_SHUTDOWN_SECONDS,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_send_task_events": True,
        "worker_redirect_stdouts": False,
    }
