"""The engine's stores in memory: the contract of the ports in its plainest form.

As strict as a database: values are copied by being frozen, every guard is checked, and a change
that fails leaves nothing behind. All of one ``Shelf`` are one store.
"""

from apostil.adapters.memory.answers import MemoryAnswers
from apostil.adapters.memory.documents import MemoryDocuments
from apostil.adapters.memory.jobs import MemoryJobs
from apostil.adapters.memory.reading import MemoryReader
from apostil.adapters.memory.roster import MemoryRoster
from apostil.adapters.memory.shelf import Shelf

__all__ = [
    "MemoryAnswers",
    "MemoryDocuments",
    "MemoryJobs",
    "MemoryReader",
    "MemoryRoster",
    "Shelf",
]
