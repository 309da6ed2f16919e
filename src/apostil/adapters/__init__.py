"""One infrastructure library, one file or folder. Nothing here is imported but by ``bootstrap``.

How the pieces are wired for one machine::

    database = open_database(f"sqlite:///{data / 'apostil.db'}")
    upgrade(database)                                   # migrations, at every start
    files = ContentFiles(data / "files")                # received files: files.incoming, files.adopt
    jobs, reader = SqlJobs(database, files), SqlReader(database, files)
    documents, roster = SqlDocuments(database, files), SqlRoster(database)
    answers = SqlAnswers(database)
    setup = WorkerSetup(
        database_url=url, files=str(data / "files"), pipelines="apostil.bootstrap:pipelines"
    )
    queue = LocalQueue(setup, workers=2, jobs=jobs)
    queue.start(); …; queue.stop()                      # NoQueue() for a process without workers
    caller = Caller()                                   # one-off calls in a child under limits
    data = caller.call("apostil.segments.parse:parse", Inputs(…), Limits(…))

``pipelines`` names a function without arguments that gives ``{application name: Pipeline}``; it is
called in each worker. Nothing of a worker may be made before its process has started.
"""

from apostil.adapters.files import ContentFiles
from apostil.adapters.local import LocalQueue, NoQueue
from apostil.adapters.local_worker import WorkerSetup
from apostil.adapters.logs import LogOptions, is_json
from apostil.adapters.process import Caller, ExecutorProcess, Reuse
from apostil.adapters.reporting import (
    Listener,
    ReportingJobs,
    ReportOptions,
    TraceOptions,
    reporting,
)
from apostil.adapters.sql import (
    Database,
    DatabaseOptions,
    SqlAnswers,
    SqlDocuments,
    SqlJobs,
    SqlKeeping,
    SqlReader,
    SqlRoster,
    database_file,
    erase_database,
    is_current,
    open_database,
    upgrade,
)

__all__ = [
    "Caller",
    "ContentFiles",
    "Database",
    "DatabaseOptions",
    "ExecutorProcess",
    "Listener",
    "LocalQueue",
    "LogOptions",
    "NoQueue",
    "ReportOptions",
    "ReportingJobs",
    "Reuse",
    "SqlAnswers",
    "SqlDocuments",
    "SqlJobs",
    "SqlKeeping",
    "SqlReader",
    "SqlRoster",
    "TraceOptions",
    "WorkerSetup",
    "database_file",
    "erase_database",
    "is_current",
    "is_json",
    "open_database",
    "reporting",
    "upgrade",
]
