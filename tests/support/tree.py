"""A serving process with workers: ``python tree.py FOLDER WORKERS``, until stdin ends."""

from __future__ import annotations

import select
import signal
import sys
from pathlib import Path

from apostil.adapters import ContentFiles, LocalQueue, SqlJobs, WorkerSetup, open_database
from apostil.engine import Tempo

TEMPO = Tempo(heartbeat=0.3, lease=1.5, sweep=0.3, poll=0.2, lost_wake=5.0)


def setup(folder: Path) -> WorkerSetup:
    """What works on this folder: on SQLite, unless ``database-url`` in it names another database."""
    named = folder / "database-url"
    return WorkerSetup(
        database_url=named.read_text() if named.exists() else f"sqlite:///{folder / 'apostil.db'}",
        files=str(folder / "files"),
        pipelines="workload:pipelines",
        effects="workload:effects",
        tempo=TEMPO,
    )


def main() -> None:
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    wanted = setup(folder)
    jobs = SqlJobs(open_database(wanted.database_url), ContentFiles(folder / "files"))
    queue = LocalQueue(wanted, workers=workers, jobs=jobs)
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    queue.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # The end of stdin means that the test is gone, however it ended.
    while not stopped and not select.select([sys.stdin], [], [], 0.02)[0]:
        pass
    queue.stop()


if __name__ == "__main__":
    main()
