"""What PostgreSQL's refusals mean, and what to do about them."""

from __future__ import annotations

import psycopg

from apostil.engine import EngineError, StoreBusy, StoreFull, StoreUnusable

_BUSY = frozenset({
    "40001",  # serialization failure
    "40P01",  # deadlock
    "55P03",  # lock not had in time
    "57014",  # statement not done in time
    "25P03",  # idle for too long
    "53000", "53200", "53300", "53400",  # out of memory, of connections, of what else is counted
})  # fmt: skip
_UNREACHABLE = frozenset({"57P01", "57P02", "57P03", "57P05"})  # going down, or coming up
_FULL = frozenset({"53100", "58030"})  # disk full, or not writable
_WRONG = {
    "28": "The database {place} does not let this user in; look at user and password in "
    "DATABASE_URL.",
    "3D": "There is no database {place}; create it, or mend DATABASE_URL.",
    "42501": "This user may not use the tables of the database {place}; give it the right to "
    "create and change them.",
    "25006": "The database {place} takes no changes, as a standby does; name the one that does in "
    "DATABASE_URL.",
    "XX001": "The database {place} is damaged. Put a copy of it back.",
    "XX002": "An index of the database {place} is damaged. Rebuild it with REINDEX.",
}
"""By SQLSTATE or its class."""
_WORDS = {
    "28": ("password authentication failed", "no password supplied", "no pg_hba.conf entry",
           "authentication failed", 'role "'),
    "3D": ('database "',),
}  # fmt: skip
"""A refused connection has no SQLSTATE; as much of its text as is known."""


def explained_refusal(error: BaseException | None, place: str) -> EngineError | None:
    """The error that callers know, with a sentence for whoever runs the installation; None for one
    that is a fault of ours. ``place`` names the database without its password."""
    if isinstance(error, psycopg.Error) and error.sqlstate is not None:
        return _refused(error.sqlstate, place)
    if isinstance(error, psycopg.OperationalError):
        return _unconnected(str(error), place)
    return None


def _refused(state: str, place: str) -> EngineError | None:
    if state in _BUSY:
        return StoreBusy("The database is busy; try again shortly.")
    if state in _FULL:
        return StoreFull("There is no room left for the database.")
    if state in _UNREACHABLE or state.startswith("08"):
        return _unreachable(place)
    wrong = _WRONG.get(state) or _WRONG.get(state[:2])
    return StoreUnusable(wrong.format(place=place)) if wrong else None


def _unconnected(text: str, place: str) -> EngineError:
    for kind, words in _WORDS.items():
        if any(word in text for word in words):
            return StoreUnusable(_WRONG[kind].format(place=place))
    return _unreachable(place)


def _unreachable(place: str) -> StoreBusy:
    return StoreBusy(f"The database {place} cannot be reached; see that its server runs.")
