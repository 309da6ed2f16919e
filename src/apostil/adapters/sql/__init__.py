"""The engine's stores on a SQL database."""

from apostil.adapters.sql.answers import SqlAnswers
from apostil.adapters.sql.documents import SqlDocuments, describe_document
from apostil.adapters.sql.erasing import drop_tables, erase_database
from apostil.adapters.sql.jobs import SqlJobs
from apostil.adapters.sql.keeping import SqlKeeping
from apostil.adapters.sql.opening import database_file, open_database
from apostil.adapters.sql.reading import SqlReader
from apostil.adapters.sql.roster import SqlRoster
from apostil.adapters.sql.schema import is_current, upgrade
from apostil.adapters.sql.session import Database, DatabaseOptions
from apostil.adapters.sql.tables import metadata

__all__ = [
    "Database",
    "DatabaseOptions",
    "SqlAnswers",
    "SqlDocuments",
    "SqlJobs",
    "SqlKeeping",
    "SqlReader",
    "SqlRoster",
    "database_file",
    "describe_document",
    "drop_tables",
    "erase_database",
    "is_current",
    "metadata",
    "open_database",
    "upgrade",
]
