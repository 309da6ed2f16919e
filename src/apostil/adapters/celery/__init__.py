"""The queue over Celery: messages are hints, the same supervisor runs inside each prefork child.

Needs the extra ``apostil[celery]``; nothing else imports this package but ``bootstrap``, late.
"""

from apostil.adapters.celery.broker import BrokerUnreachable, BrokerUnusable, check_broker
from apostil.adapters.celery.courier import Courier
from apostil.adapters.celery.making import make_celery
from apostil.adapters.celery.options import BrokerOptions, TaskNames
from apostil.adapters.celery.passwords import Safe
from apostil.adapters.celery.sending import CeleryQueue, Sender
from apostil.adapters.celery.telling import Teller
from apostil.adapters.celery.work import Work

__all__ = [
    "BrokerOptions",
    "BrokerUnreachable",
    "BrokerUnusable",
    "CeleryQueue",
    "Courier",
    "Safe",
    "Sender",
    "TaskNames",
    "Teller",
    "Work",
    "check_broker",
    "make_celery",
]
