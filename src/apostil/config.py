"""Settings, read once where a process is wired: environment, then ``.env``, then the defaults."""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
UNLIMITED = "off"
"""Said in place of a rate, or of a number of days."""


def _is_limited(value: Any) -> Any:
    return None if value == UNLIMITED else value


Days = Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_is_limited)]


class SettingsInvalid(Exception):
    """A setting has a value that cannot be used; the message names it and says why."""


def default_data_folder() -> Path:
    """Where the platform keeps a user's data: ``$XDG_DATA_HOME/apostil`` or its like."""
    import os  # noqa: PLC0415 - the only reading of the environment beside the settings' own

    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "apostil"
    chosen = os.environ.get("XDG_DATA_HOME", "")  # noqa: TID251 - this is where settings are read
    base = Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"
    return base / "apostil"


def _named(name: str, *originals: str) -> AliasChoices:
    return AliasChoices(f"APOSTIL_{name}", *originals)


class Settings(BaseSettings):
    """What an installation may decide. Names in capitals are environment variables.

    Raises SettingsInvalid by ``Settings.read`` only: a wrong value is told in one sentence.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        # An empty variable, as compose files make them, means "not set".
        env_ignore_empty=True,
    )

    data: Path = Field(
        default_factory=default_data_folder,
        validation_alias=_named("DATA"),
        description="Folder of the database, the documents and the results. Made with mode 0700.",
    )
    host: str = Field(
        default="127.0.0.1",
        validation_alias=_named("HOST", "API_HOST"),
        description="Address to listen on. Any other than loopback asks for the access token.",
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        validation_alias=_named("PORT", "API_PORT"),
        description="Port to listen on; when it is taken the next free one is used and named.",
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=64,
        validation_alias=_named("WORKERS", "CELERY_CONCURRENCY"),
        description="How many jobs are worked on at the same time.",
    )
    queue: Literal["local", "celery"] | None = Field(
        default=None,
        validation_alias=_named("QUEUE"),
        description="How workers hear of work: `local` workers are started by `serve` and watch the "
        "database, `celery` ones are told over a broker. Without it, `celery` where a broker is set.",
    )
    broker_url: SecretStr | None = Field(
        default=None,
        validation_alias=_named("BROKER_URL", "CELERY_BROKER_URL", "REDIS_URL"),
        description="Broker of Celery, as `redis://host:6379/0`, or "
        "`sentinel://host:26379;sentinel://other:26379`. No Redis Cluster.",
    )
    sentinel_master: str = Field(
        default="mymaster",
        validation_alias=_named("SENTINEL_MASTER"),
        description="Name of the master that Redis Sentinel looks after, where it is the broker.",
    )
    result_backend: SecretStr | None = Field(
        default=None,
        validation_alias=_named("RESULT_BACKEND", "CELERY_RESULT_BACKEND"),
        description="Where the final state of each job is shown to programs that ask Celery for it, "
        "as `redis://host:6379/1`.",
    )
    result_expires: int = Field(
        default=3600,
        ge=1,
        validation_alias=_named("RESULT_EXPIRES", "CELERY_RESULT_EXPIRES"),
        description="Seconds for which it is shown there.",
    )
    max_tasks_per_child: int = Field(
        default=1000,
        ge=1,
        validation_alias=_named("MAX_TASKS_PER_CHILD", "CELERY_MAX_TASKS_PER_CHILD"),
        description="Messages after which a worker process of Celery is replaced by a fresh one.",
    )
    time_limit: float | None = Field(
        default=None,
        gt=0,
        validation_alias=_named("TIME_LIMIT", "CELERY_TIME_LIMIT"),
        description="Seconds that one step of a job may take with Celery, instead of its own limit.",
    )
    database_url: str | None = Field(
        default=None,
        validation_alias=_named("DATABASE_URL", "DATABASE_URL"),
        description="Database, as `postgresql://user:password@host:5432/name` or `sqlite:///path`. "
        "Without it, `apostil.db` in the data folder.",
    )
    database_durability: Literal["strict", "relaxed"] = Field(
        default="strict",
        validation_alias=_named("DATABASE_DURABILITY"),
        description="With `relaxed`, PostgreSQL does not wait for its disk at each step of a job: a "
        "crash of the database itself may undo the newest steps, which are then done again.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        validation_alias=_named("DATABASE_POOL_SIZE"),
        description="Connections to PostgreSQL that each process keeps open, as it needs them.",
    )
    database_pool_overflow: int = Field(
        default=20,
        ge=0,
        validation_alias=_named("DATABASE_POOL_OVERFLOW"),
        description="Further connections to PostgreSQL that a process may open for a moment.",
    )
    sql_echo: bool = Field(
        default=False,
        validation_alias=_named("SQL_ECHO", "SQL_ECHO"),
        description="Tell every statement that goes to the database on stderr, without its values.",
    )
    open: bool = Field(
        default=False,
        validation_alias=_named("OPEN"),
        description="Serve a trusted network without asking for the access token.",
    )
    allowed_hosts: str = Field(
        default="",
        validation_alias=_named("ALLOWED_HOSTS"),
        description="Further host names, by comma, that requests may be sent to (a proxy's name).",
    )
    root_application: str | None = Field(
        default=None,
        validation_alias=_named("ROOT_APPLICATION"),
        description="Application (`financial`) whose own interface is served at the root as well, for "
        "programs that were written for it.",
    )
    max_upload_mb: int = Field(
        default=200,
        ge=1,
        validation_alias=_named("MAX_UPLOAD_MB"),
        description="Largest file that is taken, in MiB.",
    )
    storage_quota_mb: int | None = Field(
        default=None,
        ge=1,
        validation_alias=_named("STORAGE_QUOTA_MB"),
        description="Room for one owner's documents and results, in MiB; files beyond it are "
        "refused. Without it, there is as much as the disk has.",
    )
    keep_jobs_days: Days = Field(
        default=None,
        validation_alias=_named("KEEP_JOBS_DAYS"),
        description="Days after its end on which a job is deleted with all that only it uses. "
        "Without it, or with `off`, jobs are kept for ever.",
    )
    keep_artifacts_days: Days = Field(
        default=30,
        validation_alias=_named("KEEP_ARTIFACTS_DAYS"),
        description="Days for which what the steps of a job left is kept after its success; its "
        "result stays. `off` keeps it as long as the job.",
    )
    keep_unused_documents_days: Days = Field(
        default=7,
        validation_alias=_named("KEEP_UNUSED_DOCUMENTS_DAYS"),
        description="Days for which a document that no job uses is kept. `off` keeps it for ever.",
    )
    cleanup_at: str = Field(
        default="02:00",
        validation_alias=_named("CLEANUP_AT"),
        description="When to clean up every day, as `HH:MM` in local time.",
    )
    stall_seconds: float = Field(
        default=30.0,
        gt=0,
        validation_alias=_named("STALL_SECONDS"),
        description="How long a client may pause while it sends a request, in seconds.",
    )
    rate_limit: str | None = Field(
        default=None,
        validation_alias=_named("RATE_LIMIT"),
        description="Requests of one owner or address, as `1200/minute`; `off` for any number. "
        "Without it, none on loopback and 1200/minute elsewhere.",
    )
    submit_rate_limit: str | None = Field(
        default=None,
        validation_alias=_named("SUBMIT_RATE_LIMIT"),
        description="Submissions of one owner or address, as `120/minute`; `off` for any number. "
        "Without it, none on loopback and 120/minute elsewhere.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        validation_alias=_named("TRUSTED_PROXIES"),
        description="Addresses or networks, by comma, of the proxies whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        validation_alias=_named("LOG_FORMAT"),
        description="How servers and workers log on stderr: `console` for people, `json` for a "
        "collector of logs, one event a line.",
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None,
        validation_alias=_named("LOG_LEVEL"),
        description="From which level on. Without it, `info` for JSON and `warning` on a console. "
        "`debug` on a console also shows what libraries print that read documents.",
    )
    trace_endpoint: str | None = Field(
        default=None,
        validation_alias=_named("TRACE_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Collector of OpenTelemetry traces that takes OTLP over HTTP, as "
        "`http://127.0.0.1:4318`. Without it, none are sent.",
    )
    trace_headers: SecretStr | None = Field(
        default=None,
        validation_alias=_named("TRACE_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"),
        description="Headers to send to the collector, as `name=value,name=value`.",
    )
    url: str | None = Field(
        default=None,
        validation_alias=_named("URL"),
        description="Server that `apostil client` talks to. Without it, the one that works on the "
        "data folder.",
    )
    token: SecretStr | None = Field(
        default=None,
        validation_alias=_named("TOKEN"),
        description="Access token that `apostil client` sends, where the address does not hold it.",
    )
    password: SecretStr | None = Field(
        default=None,
        validation_alias=_named("PASSWORD"),
        description="Opens encrypted files given to a command. Never stored.",
    )

    @field_validator("cleanup_at")
    @classmethod
    def _is_time_of_day(cls, value: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("it is no time of day such as 02:00")
        return value

    @field_validator("rate_limit", "submit_rate_limit")
    @classmethod
    def _is_rate(cls, value: str | None) -> str | None:
        if value is None or value == UNLIMITED:
            return value
        import limits  # noqa: PLC0415 - a tenth of a second that only those should pay who set it

        try:
            limits.parse(value)
        except ValueError as error:
            raise ValueError("it is no rate such as 1200/minute, nor off") from error
        return value

    @field_validator("trace_endpoint")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+\S*", value):
            raise ValueError("it is no address such as http://127.0.0.1:4318")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for one in value.split(","):
            try:
                ipaddress.ip_network(one.strip())
            except ValueError as error:
                raise ValueError(f"{one.strip()!r} is no address and no network") from error
        return value

    @classmethod
    def _name_of(cls, place: str, given: Mapping[str, Any]) -> str:
        """A setting as whoever set it may know it: its option, or all its variables."""
        if place in given:
            return f"--{place}"
        for field in cls.model_fields.values():
            alias = field.validation_alias
            if isinstance(alias, AliasChoices) and place in alias.choices:
                return " or ".join(str(one) for one in alias.choices)
        return place

    @classmethod
    def read(cls, **given: Any) -> Settings:
        """The settings, where what was given on the command line wins over the environment.

        Raises SettingsInvalid.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = cls._name_of(str(first["loc"][0]), given)
            said = first["msg"].removeprefix("Value error, ")
            raise SettingsInvalid(f"The setting {name} cannot be used: {said}.") from error
        except UnicodeDecodeError as error:
            raise SettingsInvalid("The file .env in this folder is not text in UTF-8.") from error


def environment_names(name: str) -> tuple[str, ...]:
    """The variables that set the field ``name``, ours first."""
    alias = Settings.model_fields[name].validation_alias
    if not isinstance(alias, AliasChoices):
        raise TypeError(f"{name} has no list of names")
    return tuple(dict.fromkeys(str(choice) for choice in alias.choices))
