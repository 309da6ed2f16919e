"""Where a server listens and who may come in."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from apostil.bootstrap.home import DataFolderUnusable, open_home
from apostil.bootstrap.place import file_system
from apostil.bootstrap.serving import (
    PortUnavailable,
    access,
    access_token,
    is_loopback,
    listen,
    presence,
)
from apostil.config import Settings
from apostil.engine import EngineError
from apostil.web.gate.guard import Guard

MOUNTS = [("/", "ext4"), ("/share", "nfs4"), ("/share/me/disk", "ext4"), ("/sh", "cifs")]


def settings(**given: object) -> Settings:
    return Settings.read(**given)


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listening = listen(settings(port=port), token=None)
        assert port < listening.port <= port + 50
        assert listening.address == f"http://127.0.0.1:{listening.port}/"
        listening.socket.close()


def test_answers_are_not_held_back_for_more_to_send() -> None:
    listening = listen(settings(port=0), token=None)
    address = listening.socket.getsockname()
    with listening.socket, socket.create_connection(address):
        accepted, _ = listening.socket.accept()
        with accepted:
            # What asyncio looks at before it sets TCP_NODELAY.
            assert accepted.proto == socket.IPPROTO_TCP


def test_an_address_that_is_not_ours_is_refused_with_a_sentence() -> None:
    with pytest.raises(PortUnavailable, match="Choose another with --host"):
        listen(settings(host="192.0.2.1", port=65_500), token=None)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],  # noqa: S104 - only read
)
def test_only_loopback_is_loopback(host: str, loopback: bool) -> None:  # noqa: FBT001 - a table
    assert is_loopback(host) is loopback


def test_a_token_is_asked_for_beyond_loopback_and_kept_privately(tmp_path: Path) -> None:
    everywhere = settings(host="0.0.0.0")  # noqa: S104 - what the test is about
    token = access_token(everywhere, tmp_path)
    assert token
    assert len(token) >= 32
    assert (tmp_path / "access-token").stat().st_mode & 0o777 == 0o600
    assert access_token(everywhere, tmp_path) == token
    assert access_token(settings(), tmp_path) is None
    assert access_token(settings(host="0.0.0.0", open=True), tmp_path) is None  # noqa: S104 - same


def test_on_loopback_only_its_own_names_and_those_set_are_answered() -> None:
    rules = access(settings(allowed_hosts="papers.example, Other.Example"), None)
    assert rules.takes_host("localhost:8000")
    assert rules.takes_host("papers.example")
    assert rules.takes_host("other.example:443")
    assert not rules.takes_host("evil.example")


def test_an_address_with_its_token_is_left_for_this_user_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    left = tmp_path / "server.json"
    for _ in ("new", "left by an older version"):
        with presence(tmp_path, "http://0.0.0.0:8000/?token=secret"):
            assert b"secret" in left.read_bytes()
            assert left.stat().st_mode & 0o777 == 0o600
        left.chmod(0o644)


def test_the_second_of_two_servers_learns_of_the_first(tmp_path: Path) -> None:
    with presence(tmp_path, "http://127.0.0.1:8000/") as first:
        assert first is None
        with presence(tmp_path, "http://127.0.0.1:8001/") as second:
            assert second == "http://127.0.0.1:8000/"
    with presence(tmp_path, "http://127.0.0.1:8002/") as third:
        assert third is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/tmp", "ext4"), ("/share/me", "nfs4"), ("/share/me/disk/x", "ext4"), ("/shared", "ext4")],  # noqa: S108 - only compared
)
def test_the_deepest_mount_says_what_a_folder_is_on(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_a_database_of_another_kind_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(DataFolderUnusable, match=r"DATABASE_URL.*not in mysql"):
        open_home(settings(data=tmp_path, database_url="mysql://user:secret@somewhere/x"))


def test_a_data_folder_on_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apostil.bootstrap.home.network_file_system", lambda _path: "nfs4")
    with pytest.raises(DataFolderUnusable, match="network file system"):
        open_home(settings(data=tmp_path))


def test_a_database_that_is_none_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "apostil.db").write_text("this is no database " * 100)
    with pytest.raises(EngineError, match="no SQLite database"):
        open_home(settings(data=tmp_path))
    with pytest.raises(EngineError, match="cannot be opened"):
        open_home(settings(data=tmp_path, database_url=f"sqlite:///{tmp_path}/none/x.db"))
    with pytest.raises(DataFolderUnusable, match="DATABASE_URL cannot be used"):
        open_home(settings(data=tmp_path, database_url="nonsense"))


def asking(wanted: Settings) -> httpx.Response:
    """What a server with these settings answers to a request."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(
            app=Guard(PlainTextResponse("served"), access(wanted, None))
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post("/ui/jobs", headers={"Content-Type": "multipart/form-data"})

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("host", "given", "limit"),
    [
        ("127.0.0.1", {}, None),
        ("::1", {}, None),
        ("0.0.0.0", {}, "120"),  # noqa: S104 - only read
        ("0.0.0.0", {"submit_rate_limit": "off"}, "1200"),  # noqa: S104 - only read
        ("0.0.0.0", {"submit_rate_limit": "off", "rate_limit": "off"}, None),  # noqa: S104 - only read
        ("127.0.0.1", {"rate_limit": "7/second"}, "7"),
        ("127.0.0.1", {"submit_rate_limit": "3/hour"}, "3"),
    ],
)
def test_requests_are_counted_elsewhere_than_on_loopback_or_where_it_is_set(
    host: str, given: dict[str, str], limit: str | None
) -> None:
    assert asking(settings(host=host, **given)).headers.get("ratelimit-limit") == limit
