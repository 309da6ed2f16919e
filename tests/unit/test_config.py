"""Settings are read once, by their own names and by those that people know."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from apostil.config import Settings, SettingsInvalid, default_data_folder


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("APOSTIL_DATA", "APOSTIL_PORT", "API_PORT", "API_HOST", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_original_names_are_honoured_and_ours_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PORT", "9001")
    monkeypatch.setenv("API_HOST", "0.0.0.0")  # noqa: S104 - only read
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    settings = Settings.read()
    assert (settings.port, settings.host) == (9001, "0.0.0.0")  # noqa: S104 - only read
    assert settings.database_url == "sqlite:///x.db"
    monkeypatch.setenv("APOSTIL_PORT", "9002")
    assert Settings.read().port == 9002


def test_the_command_line_wins_and_what_it_leaves_out_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APOSTIL_PORT", "9002")
    assert Settings.read(port=1234, host=None).port == 1234
    assert Settings.read(port=None).port == 9002


def test_a_file_named_env_is_read_and_an_empty_variable_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("APOSTIL_PORT=9003\nSOMEBODY_ELSES=1\n")
    monkeypatch.setenv("APOSTIL_WORKERS", "")
    settings = Settings.read()
    assert (settings.port, settings.workers) == (9003, 2)


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.read()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_a_wrong_value_is_told_in_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APOSTIL_PORT", "99999")
    with pytest.raises(SettingsInvalid, match="APOSTIL_PORT or API_PORT cannot be used: Input"):
        Settings.read()
    with pytest.raises(SettingsInvalid, match="The setting --port cannot"):
        Settings.read(port=99_999)
    monkeypatch.setenv("APOSTIL_PORT", "8000")
    monkeypatch.setenv("APOSTIL_RATE_LIMIT", "many")
    with pytest.raises(SettingsInvalid, match="APOSTIL_RATE_LIMIT cannot be used: it is no rate"):
        Settings.read()


def test_a_password_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APOSTIL_PASSWORD", "open sesame")
    assert "sesame" not in repr(Settings.read())


def test_the_usual_data_folder_follows_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data_folder() == tmp_path / "apostil"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_data_folder() == Path.home() / ".local/share/apostil"


def test_a_file_of_settings_that_is_no_text_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsInvalid, match=r"\.env"):
        Settings.read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APOSTIL_RATE_LIMIT", "many"),
        ("APOSTIL_SUBMIT_RATE_LIMIT", "120"),
        ("APOSTIL_TRUSTED_PROXIES", "proxy.example.org"),
        ("APOSTIL_TRUSTED_PROXIES", "127.0.0.1,"),
        ("APOSTIL_STALL_SECONDS", "0"),
    ],
)
def test_a_limit_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=name):
        Settings.read()
