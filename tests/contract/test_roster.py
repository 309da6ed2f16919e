"""What every ``Roster`` promises."""

from __future__ import annotations

from desk import Desk, Store

from apostil.engine import WorkerState


def test_a_worker_is_seen_until_it_leaves(store: Store) -> None:
    desk = Desk(store)
    state = WorkerState(id="w", host="h", pid=1, started_at=desk.now, seen_at=desk.now)
    desk.store.roster.report(state)
    desk.store.roster.report(state)
    assert list(desk.store.roster.workers()) == [state]
    desk.store.roster.leave("w")
    assert list(desk.store.roster.workers()) == []
