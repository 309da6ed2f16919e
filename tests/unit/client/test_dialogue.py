"""``apostil client`` with servers that say what they should not."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from apostil.cli.client import server_of
from apostil.cli.dialogue import Dialogue
from apostil.cli.lines import _paths
from apostil.cli.showing import print_lines
from apostil.cli.wording import files_named, plain, unused_name
from apostil.client import Client, Job, JobDocument
from apostil.config import Settings

from .conftest import Scripted, said, told

ID = "01a20312-f870-7e00-878a-bdb5e5c45dd5"
NASTY = "\x1b[31mred[bold]\r\n\x9b2J\u202etxt.pdf"
JOB = {
    "id": ID,
    "status": "succeeded",
    "application": "lines\x1b]0;title\x07",
    "documents": [{"sha256": "a" * 64, "name": NASTY}],
}


@pytest.fixture
def dialogue(apostil: Client) -> Dialogue:
    return Dialogue(apostil, ["lines"], is_talk=False)


def test_nothing_that_a_server_says_steers_the_terminal(
    scripted: Scripted, dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"type": "segment_reused", "seq": 1, "segment": NASTY}
    failed = JOB | {"status": "failed", "error": {"detail": f"Because {NASTY}"}}
    result = {"schema": "s", "body": {"facts": [{"id": "f", "value": NASTY, "citations": ["c"]}]}}
    scripted.replies = [
        said({"items": [JOB]}),
        said(failed),
        said({"items": []}),
        told(event, {"type": "job_failed", "seq": 2}),
        told(),
        said(failed),
        said(JOB),
        said(result),
        said({"detail": NASTY}, 404),
    ]
    assert not dialogue.follow_commands(["list", f"watch {ID}", f"result {ID}", "status"])
    shown = capsys.readouterr()
    for stream in (shown.out, shown.err):
        assert "red[bold]" in stream
        assert all(one.isprintable() for one in stream.replace("\n", ""))


def test_a_command_that_cannot_be_read_stops_no_other(
    scripted: Scripted, dialogue: Dialogue, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    scripted.replies = [said({"items": [JOB]})]
    lines = ["what", 'submit "', "", "# a note", f"submit {tmp_path}", "delete", "list x", "list"]
    assert not dialogue.follow_commands([*lines, "quit", "list"])
    shown = capsys.readouterr()
    assert shown.out.count(ID) == 1
    for said_of in ("no command what", "quotation", "Is a directory", "Say which", "no status"):
        assert said_of in shown.err


def test_a_job_is_meant_by_its_beginning_or_by_being_the_last(
    scripted: Scripted, dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    other = JOB | {"id": ID[:8] + "-0000"}
    both = said({"items": [JOB, other]})
    scripted.replies = [both, both, said(JOB), both, both, said({"items": []})]
    good = [f"status {ID[:12]}", "list", "status 1"]
    assert dialogue.follow_commands(good)
    assert capsys.readouterr().out.count(ID) == 3
    assert not dialogue.follow_commands([f"status {ID[:8]}"])
    assert not dialogue.follow_commands(["status ffff"])
    shown = capsys.readouterr().err
    assert "2 jobs begin with" in shown
    assert "no job ffff" in shown


def test_words_with_an_equals_sign_are_parameters_and_patterns_are_files(
    scripted: Scripted, dialogue: Dialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.pdf", "a.pdf", "x=y.pdf", "q.txt"):
        (tmp_path / name).write_bytes(name.encode())
    scripted.replies = [said(JOB, 202)]
    assert dialogue.follow_commands(["submit lines ?.pdf x=y.pdf query='two words'"])
    body = scripted.asked[0].body
    assert [name for name in (b"a.pdf", b"b.pdf", b"x=y.pdf") if b'name="%b"' % name in body]
    assert json.dumps({"query": "two words"}).encode() in body
    assert body.index(b'"a.pdf"') < body.index(b'"b.pdf"') < body.index(b'"x=y.pdf"')
    assert [path.name for path in files_named("*.pdf")] == ["a.pdf", "b.pdf", "x=y.pdf"]


def test_the_name_of_a_stored_result_is_a_new_one_in_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def named(name: str) -> str:
        return unused_name(Job(id="j", status="s", documents=(JobDocument(sha256="a", name=name),)))

    assert named("report 2024.pdf") == "report-2024.json"
    (tmp_path / "report-2024.json").touch()
    assert named("report 2024.pdf") == "report-2024-2.json"
    for name in ("../../etc/passwd", "..", "\x1b[2J", "", "/"):
        assert "/" not in named(name)
        assert named(name)[0].isalnum()
    assert unused_name(Job(id="j", status="s")) == "result.json"


def test_text_is_shown_without_what_cannot_be_seen() -> None:
    assert plain("a\u00a0b\u00adc\u200bd\te\x00\x7f") == "a bcd e??"


def test_the_tabulator_completes_files_and_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "one.pdf").touch()
    (tmp_path / ".hidden").touch()
    assert _paths("") == ["reports/"]
    assert _paths("rep") == ["reports/"]
    assert _paths("reports/o") == ["reports/one.pdf "]
    assert _paths(f"{tmp_path}/.h") == [f"{tmp_path}/.hidden "]
    assert _paths("none/x") == []


def test_the_server_is_the_one_that_was_named_or_the_one_on_the_data_folder(
    tmp_path: Path,
) -> None:
    def meant(url: str | None = None, **settings: str) -> tuple[str, str | None]:
        read = Settings.read(data=tmp_path, **settings)
        return server_of(read, url=url, token=None)

    assert meant() == ("http://127.0.0.1:8000", None)
    (tmp_path / "server.json").write_text('{"pid": 1, "address": "http://desk:9/?token=t"}')
    assert meant() == ("http://desk:9/?token=t", None)
    assert meant(token="set") == ("http://desk:9/?token=t", "set")  # noqa: S106 - of no server
    assert meant(url="http://other:1") == ("http://other:1", None)
    (tmp_path / "server.json").write_text("")
    assert meant() == ("http://127.0.0.1:8000", None)


def test_a_result_that_cannot_be_shown_is_said_to_be(
    scripted: Scripted, dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = {"schema": "s", "body": {"facts": [{"period": 3}], "checks": 5}, "documents": [4]}
    job = JOB | {"application": "financial"}
    scripted.replies = [said(job), said(strange), said(job), said(strange)]
    assert not dialogue.follow_commands([f"result {ID}", "result all"])
    assert capsys.readouterr().err.count("download stores it") == 2


def test_the_table_of_a_summary_fits_the_terminal_and_stays_as_it_is_in_a_pipe() -> None:
    label = "Cash flow from operating activities (USD thousand)"
    lines = ["A title", "", f"{'':<44}{'2024':>20}", f"{label:<44}{'76,600 p.9':>20}", "Checks: 1"]
    piped, shown = io.StringIO(), io.StringIO()
    print_lines(lines, Console(file=piped, width=40))
    assert piped.getvalue().splitlines() == lines
    print_lines(lines, Console(file=shown, width=40, force_terminal=True, color_system=None))
    laid_out = shown.getvalue().splitlines()
    assert max(map(len, laid_out)) <= 40
    assert [line.split()[-2:] for line in laid_out if "p.9" in line] == [["76,600", "p.9"]]
    assert (laid_out[0], laid_out[-1]) == ("A title", "Checks: 1")
