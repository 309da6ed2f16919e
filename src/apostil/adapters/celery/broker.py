"""Whether the broker can be used, told in one sentence before anybody waits for it."""

from __future__ import annotations

from celery import Celery
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

LOCAL_INSTEAD = "or set APOSTIL_QUEUE=local to work on this machine without a broker"


class BrokerUnusable(Exception):
    """The message says why, and what to do."""


class BrokerUnreachable(BrokerUnusable):
    """It may be there later."""


def check_broker(app: Celery) -> None:
    """Raises BrokerUnreachable, or BrokerUnusable for a Redis Cluster."""
    with publishing_connection(app) as connection:
        where = connection.as_uri()
        try:
            refuse_cluster(connection)
        except (OperationalError, RedisError, OSError) as error:
            raise BrokerUnreachable(
                f"The broker {where} cannot be reached ({error}): start Redis there, set "
                f"CELERY_BROKER_URL, {LOCAL_INSTEAD}."
            ) from error


def refuse_cluster(connection: Connection) -> None:
    """BrokerUnusable if what is connected to is a node of a Redis Cluster."""
    found = connection.default_channel.client.info("cluster")
    if found.get("cluster_enabled"):
        raise BrokerUnusable(
            f"The broker {connection.as_uri()} is a node of a Redis Cluster, whose nodes each hold "
            "a part of the keys, while a queue over Celery needs all of them in one place: use a "
            f"single Redis or Redis Sentinel, {LOCAL_INSTEAD}."
        )


def publishing_connection(app: Celery) -> Connection:
    """A connection that gives up at the first refusal: what it is for can wait, or be lost."""
    at_once = {"max_retries": 1, "interval_start": 0.0, "interval_step": 0.0, "interval_max": 0.0}
    return app.connection_for_write(transport_options=at_once)
