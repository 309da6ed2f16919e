"""What the processes of a Celery worker work with, from the settings."""

from __future__ import annotations

from apostil.adapters import open_database
from apostil.adapters.celery import BrokerOptions, TaskNames, Work
from apostil.application import Application
from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.home import (
    DataFolderUnusable,
    database_options,
    database_url,
    open_home,
)
from apostil.bootstrap.reports import check_traces, report_options
from apostil.config import Settings, SettingsInvalid
from apostil.engine import EngineError


def celery_work(settings: Settings, broker_url: str) -> Work:
    """Opens nothing yet. Raises SettingsInvalid for a broker of another kind, and as
    ``check_traces`` says."""
    check_traces(settings)
    backend = settings.result_backend
    try:
        broker = BrokerOptions(
            broker_url=broker_url,
            result_backend=backend.get_secret_value() if backend else None,
            result_expires_seconds=settings.result_expires,
            sentinel_master=settings.sentinel_master,
            concurrency=settings.workers,
            max_tasks_per_child=settings.max_tasks_per_child,
        )
    except ValueError as error:
        raise SettingsInvalid(f"The setting CELERY_BROKER_URL cannot be used: {error}.") from error
    applications = load_applications()[0].values()
    data = settings.data.expanduser().absolute()
    limit = settings.time_limit
    return Work(
        broker=broker,
        prepare=lambda: _prepare(settings),
        open_database=lambda: open_database(database_url(settings), database_options(settings)),
        files=data / "files",
        key_file=data / "queue-key",
        pipelines={
            one.name: one.pipeline.within(limit) if limit else one.pipeline for one in applications
        },
        reports=report_options(settings),
        names={one.name: task_names(one) for one in applications},
    )


def _prepare(settings: Settings) -> None:
    """Have the data folder and the database there and up to date; else end with a sentence."""
    try:
        open_home(settings).close()
    except (DataFolderUnusable, EngineError) as error:
        raise SystemExit(str(error)) from error


def task_names(application: Application) -> TaskNames:
    """Those that the application wants, or ones made of its name."""
    return TaskNames(
        task=application.task or f"{application.name}.analyze",
        queue=application.queue or application.name,
    )
