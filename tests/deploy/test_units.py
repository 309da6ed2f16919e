"""The units of systemd: well formed, confined, and of the same mind."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
UNITS = {path.name: path.read_text("utf-8") for path in (ROOT / "deploy/systemd").glob("*.service")}
SECTIONS = {
    "Unit": {"Description", "After", "Wants", "Conflicts"},
    "Service": {
        "Type", "User", "Group", "EnvironmentFile", "Environment", "ExecStart", "WorkingDirectory",
        "StateDirectory", "StateDirectoryMode", "Restart", "RestartSec",
        "RestartPreventExitStatus", "KillMode", "TimeoutStopSec", "LimitNOFILE", "TasksMax",
        "MemoryMax", "NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities",
        "ProtectSystem", "ProtectHome", "ProtectClock", "ProtectControlGroups", "ProtectHostname",
        "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc",
        "PrivateDevices", "PrivateTmp", "RestrictAddressFamilies", "RestrictNamespaces",
        "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "RemoveIPC",
        "SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber", "UMask",
    },
    "Install": {"WantedBy"},
}  # fmt: skip
"""The directives in use, as systemd spells them (systemd.exec, systemd.service, 247 and later)."""
CONFINED = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict",
    "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "RestrictSUIDSGID": "yes",
    "UMask": "0077", "User": "apostil", "KillMode": "mixed", "StateDirectory": "apostil",
}  # fmt: skip


def directives(text: str) -> dict[str, dict[str, list[str]]]:
    """By section and name. ValueError for a line that is none."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
            found[section] = {}
        elif directive := re.fullmatch(r"(\w+)=(.*\S)?", line):
            found[section].setdefault(directive[1], []).append(directive[2] or "")
        elif line and not line.startswith("# "):
            raise ValueError(line)
    return found


def test_there_is_a_unit_for_all_in_one_and_one_for_each_process() -> None:
    assert set(UNITS) == {
        "apostil.service", "apostil-web.service", "apostil-worker@.service",
        "apostil-scheduler.service",
    }  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_each_line_is_a_directive_that_systemd_knows_in_its_section(name: str) -> None:
    for section, lines in directives(UNITS[name]).items():
        assert set(lines) <= SECTIONS[section]


@pytest.mark.parametrize("name", UNITS)
def test_each_process_is_confined_and_keeps_to_its_folder(name: str) -> None:
    service = directives(UNITS[name])["Service"]
    assert {key: service[key][-1] for key in CONFINED} == CONFINED
    assert {"MemoryMax", "TasksMax", "TimeoutStopSec"} <= set(service)
    assert service["EnvironmentFile"] == ["-/etc/apostil/apostil.env"]
    [command] = service["ExecStart"]
    assert command.startswith("/opt/apostil/bin/apostil ")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_itself_finds_no_fault_where_it_is_installed(name: str, tmp_path: Path) -> None:
    """Elsewhere the tests above have to do."""
    if (analyse := shutil.which("systemd-analyze")) is None:
        return
    program = tmp_path / "apostil"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / name.replace("@.", "@1.")
    unit.write_text(UNITS[name].replace("/opt/apostil/bin/apostil", str(program)))
    (tmp_path / name).write_text(unit.read_text())
    said = subprocess.run(
        [analyse, "verify", unit], check=False, capture_output=True, text=True
    ).stderr
    ours = [line for line in said.splitlines() if name.partition(".")[0] in line]
    assert ours == []
