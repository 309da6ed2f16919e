"""What the documents tell a reader to type works as it is written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from programs import PATIENCE_SECONDS, environment

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
HOWTO = (ROOT / "docs/howto/write-an-application.md").read_text("utf-8")
PAGES = [
    ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
]
PAGES += sorted((ROOT / "docs").rglob("*.md"))


def samples(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def run(words: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(PATH=path, XDG_DATA_HOME=str(folder), **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def test_the_commands_of_the_readme_run_in_their_order_and_its_python_reads_the_result(
    tmp_path: Path,
) -> None:
    (tmp_path / "src").symlink_to(ROOT / "src")
    lines = [
        shlex.split(line, comments=True)
        for sample in samples(README, "sh")
        for line in sample.splitlines()
        if line.startswith("apostil ")
    ]
    assert len(lines) >= 4
    for words in lines:
        ended = run(words, tmp_path)
        assert ended.returncode == 0, (words, ended.stderr)
    (code,) = samples(README, "python")
    printed = run([sys.executable, "-W", "ignore", "-c", code], tmp_path)
    assert printed.stdout.startswith("509025 x 1000 on page 7"), printed.stderr


def test_the_make_targets_that_are_named_exist() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        name
        for page in PAGES
        for name in re.findall(
            r"`make ([a-z]+)`|^make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE
        )
        for name in name
        if name
    }
    assert named
    assert named <= made
    assert made == {
        "help", "setup", "run", "test", "corpus", "check", "bench", "chaos", "docs",
    }  # fmt: skip


def test_the_application_of_the_guide_runs_as_printed(tmp_path: Path) -> None:
    (code,) = samples(HOWTO, "python")
    (toml,) = samples(HOWTO, "toml")
    groups = tomllib.loads(toml)["project"]["entry-points"]
    (tmp_path / "totals.py").write_text(code, "utf-8")
    installed = tmp_path / "totals-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: totals\nVersion: 1\n")
    points = [f"{name} = {value}" for name, value in groups["apostil.applications"].items()]
    (installed / "entry_points.txt").write_text("[apostil.applications]\n" + "\n".join(points))
    report = ROOT / "src/apostil/samples/annual-report.pdf"
    words = ["apostil", "analyze", "totals", str(report), "--json", "out.json"]
    ended = run(words, tmp_path, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    verified = run(["apostil", "verify", "out.json", str(report)], tmp_path)
    assert verified.returncode == 0, verified.stdout
    assert "citations hold" in verified.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_named_files_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    named = re.findall(r"`((?:src|tests|scripts|docs|benchmarks)/[\w./-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    inner = re.findall(
        r"`((?:evidence|documents|engine|web|bootstrap|segments|cli)/[\w.]+\.py)`", text
    )
    assert [name for name in inner if not (ROOT / "src/apostil" / name).exists()] == []


def test_the_architecture_fits_and_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert text.count("\n") <= 200
    packages = {path.parent.name for path in (ROOT / "src/apostil").glob("*/__init__.py")}
    assert [name for name in packages if f"`{name}/`" not in text] == []


def test_decisions_are_under_a_page_and_have_their_parts() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.count("\n") <= 60, path.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, (path.name, part)
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
