"""The installation of compose.yaml, as far as it can be held to its promises without an engine."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from apostil.config import Settings

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def test_compose_keeps_to_the_schema_of_such_files() -> None:
    schema = "vendor.compose-spec"
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, "compose.yaml"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_all_processes_of_an_installation_are_there() -> None:
    assert set(SERVICES) == {"web", "worker", "scheduler", "flower", "redis", "postgres"}


def test_workers_can_be_any_number() -> None:
    assert "container_name" not in SERVICES["worker"]
    assert "ports" not in SERVICES["worker"]
    assert "replicas" not in SERVICES["worker"]["deploy"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"] not in {"root", "0", "0:0"}
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= set(limits)
    assert service["restart"] == "unless-stopped"
    assert service["env_file"] == "deploy/compose.env"


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_says_whether_it_is_well(name: str) -> None:
    inherits = "HEALTHCHECK" in DOCKERFILE and name == "web"
    assert inherits or "healthcheck" in SERVICES[name]


def test_only_pages_are_reached_from_outside_and_at_first_from_this_machine_only() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert set(published) == {"web", "flower"}
    for ports in published.values():
        assert all(re.match(r"\$\{[A-Z_]+:-127\.0\.0\.1:", port) for port in ports)
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "worker", "scheduler"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_what_is_mounted_is_declared_and_what_is_kept_is_on_a_volume() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            assert mount.partition(":")[0] in COMPOSE["volumes"]
    assert SERVICES["web"]["volumes"] == SERVICES["worker"]["volumes"]
    assert SERVICES["web"]["volumes"] == ["data:/var/lib/apostil"]
    assert "APOSTIL_DATA=/var/lib/apostil" in DOCKERFILE


def test_no_secret_stands_in_the_files_and_every_interpolation_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert re.findall(r"(?<!\$)\$\{[A-Z_]+\}", text) == []
    for name in re.findall(r"\$\$([A-Z_]+)", text):
        assert name in (ROOT / "deploy/compose.env.example").read_text("utf-8") + "HOSTNAME"
    ignored = subprocess.run(
        ["git", "check-ignore", "deploy/compose.env"], cwd=ROOT, check=False, capture_output=True
    )
    assert ignored.returncode == 0


def test_the_settings_are_made_once_with_passwords_that_fit_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("make-env.sh", "compose.env.example"):
        shutil.copy(ROOT / "deploy" / name, tmp_path)
    subprocess.run(["sh", tmp_path / "make-env.sh"], check=True, capture_output=True)
    made = tmp_path / "compose.env"
    text = made.read_text("ascii")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert "change-me" not in text
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    passwords = {values["POSTGRES_PASSWORD"], values["REDIS_PASSWORD"]}
    passwords.add(values["FLOWER_BASIC_AUTH"].partition(":")[2])
    assert len(passwords) == 3
    assert all(len(password) == 48 for password in passwords)
    address = f"{values['POSTGRES_USER']}:{values['POSTGRES_PASSWORD']}@postgres:5432"
    assert values["DATABASE_URL"] == f"postgresql://{address}/{values['POSTGRES_DB']}"
    assert values["CELERY_BROKER_URL"] == f"redis://:{values['REDIS_PASSWORD']}@redis:6379/0"

    for name in [one for one in os.environ if one.startswith(("APOSTIL_", "CELERY_"))]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = Settings.read(_env_file=None)
    assert settings.database_url == values["DATABASE_URL"]
    assert settings.log_format == "json"

    subprocess.run(["sh", tmp_path / "make-env.sh"], check=True, capture_output=True)
    assert made.read_text("ascii") == text, "the database was made with these passwords"
