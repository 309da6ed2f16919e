"""What the files of deployment start exists: each command, each option, each variable."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from celery.bin.celery import celery
from tornado.options import options as flower_options

from apostil.cli.program import COMMANDS, build
from apostil.config import Settings, environment_names

import_module("flower.options")  # defines Flower's options
ROOT = Path(__file__).parent.parent.parent
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
PAGES = [ROOT / f"docs/howto/deploy-with-{how}.md" for how in ("compose", "systemd")]
IMAGES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
"""What the images of others read, and our command line of Redis."""
PYTHON = {"PATH", "PYTHONDONTWRITEBYTECODE"}
BEFORE = r"(?:docker compose exec \w+ |sudo -u \w+ env |[A-Z_]+=\S+ )*(?:/opt/apostil/bin/)?"
OURS = re.compile(BEFORE + r"((?:apostil|celery) .*)")


def of_compose() -> list[list[str]]:
    found = [one.get("command", []) for one in COMPOSE["services"].values()]
    for service in COMPOSE["services"].values():
        test = service.get("healthcheck", {}).get("test", ["NONE"])
        found.append(shlex.split(test[1]) if test[0] == "CMD-SHELL" else test[1:])
    return [words for words in found if words and words[0] in {"apostil", "celery"}]


def of_lines(text: str, before: str = "") -> list[list[str]]:
    lines = re.findall(rf"^{before}(.*)$", text, re.MULTILINE)
    named = [found[1] for line in lines if (found := OURS.fullmatch(line))]
    return [shlex.split(line, comments=True) for line in named]


def commands() -> list[list[str]]:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    found = of_compose() + [
        yaml.safe_load(line) for line in re.findall(r"^CMD (.*)", dockerfile, re.MULTILINE)
    ]
    for unit in UNITS:
        found += of_lines(unit.read_text("utf-8"), "ExecStart=")
    for page in PAGES:
        for sample in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            found += of_lines(sample)
    return found


def options_of(command: Any) -> set[str]:
    return {name for one in command.params for name in one.opts}


def given_options(words: list[str]) -> list[str]:
    return [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_exists_and_takes_its_options(words: list[str]) -> None:
    if words[0] == "apostil":
        assert words[1] in COMMANDS
        group: Any = typer.main.get_command(build(loaded=[words[1]]))
        command = group.commands[words[1]]
        known = options_of(command)
        if COMMANDS[words[1]].is_group:
            known |= options_of(command.commands[words[2]])
    else:
        assert words[words.index("-A") + 1] == "apostil.celery_app"
        name = words[words.index("-A") + 2]
        known = options_of(celery) | options_of(celery.commands[name])
        if name == "flower":
            known |= {f"--{option}" for option in flower_options._options}
    assert [option for option in given_options(words) if option not in known] == []


def test_each_process_of_ours_is_started_somewhere() -> None:
    started = {words[1] for words in commands() if words[0] == "apostil"}
    assert {"serve", "web", "worker", "scheduler"} <= started
    assert any("flower" in words for words in commands())


def variables() -> dict[str, list[str]]:
    example = (ROOT / "deploy/compose.env.example").read_text("utf-8")
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    units = "\n".join(unit.read_text("utf-8") for unit in UNITS)
    return {
        "compose.env.example": re.findall(r"^#?([A-Z][A-Z_]*)=", example, re.MULTILINE),
        "Dockerfile": [
            name
            for line in re.findall(r"^ENV (.*)$", dockerfile, re.MULTILINE)
            for name in re.findall(r"(?:^|\s)([A-Z_]+)=", line)
        ],
        "units": [
            name
            for line in re.findall(r"^Environment=(.*)$", units, re.MULTILINE)
            for name in re.findall(r"(?:^|\s)([A-Z_]+)=", line)
        ],
        "compose.yaml": [
            name for one in COMPOSE["services"].values() for name in one.get("environment", {})
        ],
    }


@pytest.mark.parametrize("place", ["compose.env.example", "Dockerfile", "units", "compose.yaml"])
def test_each_variable_is_a_setting_or_one_of_the_images(place: str) -> None:
    settings = {name for field in Settings.model_fields for name in environment_names(field)}
    of_flower = {f"FLOWER_{name.replace('-', '_').upper()}" for name in flower_options._options}
    named = variables()[place]
    assert [one for one in named if one not in settings | of_flower | IMAGES | PYTHON] == []
    assert named or place == "compose.yaml"
