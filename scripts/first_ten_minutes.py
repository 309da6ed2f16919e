"""A stranger's first ten minutes, measured: clone, ``make run``, a page with a result, and the rest.

    python scripts/first_ten_minutes.py [CHECKOUT]

Runs without root, with nothing in PATH but a system Python, git and make, in a path with a space
and a letter beyond ASCII. Prints each figure beside its bar and ends with 1 if one is missed.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = ("sh", "make", "git", "python3")
BANNED = ("redis-server", "postgres", "psql", "node", "npm", "docker", "sudo", "uv")
BASICS = (
    "awk", "basename", "cat", "chmod", "cmp", "cp", "dirname", "env", "expr", "grep", "head", "ls",
    "mkdir", "mv", "readlink", "rm", "sed", "sort", "tail", "tr", "uname",
)  # fmt: skip
PLACE = "Erste Schritte \N{EN DASH} Zürich"


@dataclass(slots=True)
class Report:
    """The figures, and whether all bars were met."""

    missed: list[str] = field(default_factory=list)

    def tell(self, what: str, figure: str, *, good: bool) -> None:
        print(f"{'ok    ' if good else 'MISSED'}  {what:<58} {figure}", flush=True)
        if not good:
            self.missed.append(what)

    def seconds(self, what: str, taken: float, bar: float) -> None:
        self.tell(what, f"{taken:.1f} s (bar {bar:g} s)", good=taken <= bar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody without rights: how to start a process as them, and with what."""

    user: str
    uid: int
    gid: int
    environment: dict[str, str]

    def start(self, *command: str | Path, cwd: Path, **more: str) -> subprocess.Popen[str]:
        is_root = os.getuid() == 0
        return subprocess.Popen(
            command,
            cwd=cwd,
            env={**self.environment, **more},
            text=True,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            user=self.uid if is_root else None,
            group=self.gid if is_root else None,
            extra_groups=[] if is_root else None,
        )


def stranger(home: Path, programs: Path) -> Stranger:
    """Not root: the user ``nobody`` when run as root, else whoever runs this."""
    who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    # How this machine reaches its package index is not what is measured.
    network = {
        name: value
        for name, value in os.environ.items()
        if name.upper().startswith(("PIP_", "UV_", "SSL_", "HTTP"))
        or name.lower().endswith("_proxy")
    }
    plain = {"HOME": str(home), "PATH": str(programs), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    environment = {**network, **plain}
    return Stranger(user=who.pw_name, uid=who.pw_uid, gid=who.pw_gid, environment=environment)


def only_these(folder: Path) -> None:
    """A PATH with the few programs that a stranger has."""
    folder.mkdir(parents=True)
    for name in (*NEEDED, *BASICS):
        found = shutil.which(name, path="/usr/bin:/bin")
        if found is None and name in NEEDED:
            raise SystemExit(f"this machine has no {name} in /usr/bin")
        if found is not None:
            (folder / name).symlink_to(found)


def fetch(address: str, *, timeout: float = 5.0) -> tuple[int, str]:
    """(status, text) of a page; (0, "") while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return 0, ""


def wait_for(condition: Callable[[], bool], *, seconds: float) -> float:
    """How long it took; the whole time if it never came true."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            break
        time.sleep(0.05)
    return time.monotonic() - begun


@dataclass(slots=True)
class Run:
    """One ``make run``; ``said`` grows while its address is waited for."""

    process: subprocess.Popen[str]
    begun: float
    said: str = ""
    address: str = ""
    sample: str = ""

    def until_open(self) -> float:
        """Seconds from the start until the first page answers."""
        for line in self.process.stdout or ():
            self.said += line
            if line.startswith("Sample:"):
                self.sample = line.split()[1]
            if line.startswith("Open:"):
                self.address = line.split()[1]
                break
        if not self.address:
            raise SystemExit(f"the server did not start:\n{self.said}")
        wait_for(lambda: fetch(self.address)[0] == 200, seconds=30)
        return time.monotonic() - self.begun

    def family(self) -> list[int]:
        """Ids of all living processes of its session."""
        listed = subprocess.run(
            ["ps", "-s", str(self.process.pid), "-o", "pid=,stat="],
            check=False,
            capture_output=True,
            text=True,
        ).stdout
        rows = [line.split() for line in listed.splitlines()]
        return [int(pid) for pid, state in rows if not state.startswith("Z")]

    def stop(self) -> float:
        """Press Ctrl-C; seconds until no process of the session is left (10 at most)."""
        os.killpg(self.process.pid, signal.SIGINT)
        taken = wait_for(lambda: self.process.poll() is not None and not self.family(), seconds=10)
        if self.process.stdout is not None:
            self.said += self.process.stdout.read()
        return taken


@contextmanager
def running(who: Stranger, checkout: Path, **variables: str) -> Iterator[Run]:
    begun = time.monotonic()
    run = Run(who.start("make", "run", cwd=checkout, **variables), begun)
    try:
        yield run
    finally:
        for pid in run.family():
            os.kill(pid, signal.SIGKILL)


def clone(who: Stranger, source: Path, target: Path) -> None:
    """What a stranger does first. The source may belong to somebody else."""
    Path(who.environment["HOME"], ".gitconfig").write_text("[safe]\n\tdirectory = *\n", "utf-8")
    ended = who.start("git", "clone", "--quiet", f"file://{source}", target, cwd=target.parent)
    said, _ = ended.communicate()
    if ended.returncode != 0:
        raise SystemExit(f"git clone failed:\n{said}")


def first_start(report: Report, who: Stranger, checkout: Path, begun: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(who, checkout, PORT=str(port)) as run:
            run.until_open()
            report.seconds(
                "clone and make run until the page answers", time.monotonic() - begun, 180
            )
            said = f"Port {port} is taken" in run.said and f":{port}/" not in run.address
            report.tell("a taken port: the next free one, said plainly", run.address, good=said)
            taken_seconds = wait_for(lambda: "<figure" in fetch(run.sample)[1], seconds=60)
            page = fetch(run.sample)[1]
            report.seconds("then the sample report is shown with its citations", taken_seconds, 30)
            images = re.findall(r'src="([^"]+\.png)"', page)
            base = run.address.rstrip("/")
            shown = bool(images) and fetch_bytes(base + images[0]).startswith(b"\x89PNG")
            report.tell("a page image is drawn", f"{len(images)} pages with evidence", good=shown)
            report.seconds("Ctrl-C until no process is left", run.stop(), 3)
            report.tell("no traceback was printed", "", good="Traceback" not in run.said)


def fetch_bytes(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own server
        data: bytes = answer.read()
        return data


def later_starts(report: Report, who: Stranger, checkout: Path) -> None:
    with running(who, checkout, PORT="0") as run:
        report.seconds("second start", run.until_open(), 5)
        report.tell("the sample is still there", "", good="<figure" in fetch(run.sample)[1])
        run.stop()
    nowhere = "http://127.0.0.1:9"
    offline = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
        nowhere,
    )
    with running(who, checkout, PORT="0", UV_OFFLINE="1", PIP_NO_INDEX="1", **offline) as run:
        report.seconds("start without a network", run.until_open(), 5)
        run.stop()


def main() -> int:
    source = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="stranger-", ignore_cleanup_errors=True) as folder:
        base = Path(folder) / PLACE
        home, programs = base / "home", base / "bin"
        home.mkdir(parents=True)
        only_these(programs)
        who = stranger(home, programs)
        for path in (Path(folder), base, home):
            if os.getuid() == 0:
                os.chown(path, who.uid, who.gid)
        absent = [name for name in BANNED if shutil.which(name, path=str(programs)) is None]
        report.tell("not in PATH", ", ".join(absent), good=len(absent) == len(BANNED))
        report.tell(
            "not root, and a path of any letters", f"{who.user}, {PLACE!r}", good=who.uid != 0
        )
        checkout = base / "apostil"
        begun = time.monotonic()
        clone(who, source, checkout)
        first_start(report, who, checkout, begun)
        later_starts(report, who, checkout)
    print("All bars are met." if not report.missed else f"Missed: {', '.join(report.missed)}.")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
