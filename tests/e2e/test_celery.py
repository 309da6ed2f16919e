"""The web side and the workers apart, told over a broker, as users of Celery see them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from celery import Celery
from celery.result import AsyncResult
from papers import text, write_pdf
from programs import PATIENCE_SECONDS, PLUGIN, Running, ended, environment, started
from redis_server import RedisServer, free_port, redis_server, sentinel

from apostil.samples import ANNUAL_REPORT

pytestmark = pytest.mark.redis

API = "/api/v1"
PLUGINS = os.pathsep.join(str(PLUGIN.parent / name) for name in ("plugin", "moods", "steps"))
PASSWORD = "of the user"  # noqa: S105 - of a paper made here


@dataclass(frozen=True)
class Cluster:
    """A web server, a worker and a broker."""

    web: Running
    redis: RedisServer
    variables: dict[str, Any]
    worker: subprocess.Popen[bytes]

    @property
    def celery(self) -> Celery:
        """As another program asks for the states of jobs."""
        return Celery(broker=self.redis.url(0), backend=self.redis.url(1))


def variables(redis: RedisServer) -> dict[str, Any]:
    return {
        "CELERY_BROKER_URL": redis.url(0),
        "CELERY_RESULT_BACKEND": redis.url(1),
        "PYTHONPATH": PLUGINS,
    }


def wait_until(holds: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)
    return found


@contextmanager
def working(data: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """``apostil worker``, stopped at the end."""
    with (data.parent / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "apostil", "worker", "--data", data],
            env=environment(**variables),
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with redis_server(folder) as redis:
        known = variables(redis)
        with (
            started(folder / "data", command="web", **known) as web,
            working(folder / "data", **known) as worker,
        ):
            yield Cluster(web, redis, known, worker)


@pytest.fixture
def client(cluster: Cluster) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cluster.web.address, timeout=PATIENCE_SECONDS) as made:
        wait_until(lambda: workers(made)["workers"] == 2)
        yield made


def workers(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/financial/celery/health").json()
    return found


def submit(client: httpx.Client, application: str, **wish: str) -> dict[str, Any]:
    content = wish.pop("content", None)
    given = {"parameters": "{" + ",".join(f'"{n}":"{v}"' for n, v in wish.items()) + "}"}
    file = ("p.pdf", Path(content).read_bytes()) if content else ("p.txt", b"some text")
    given |= {"password": PASSWORD} if content else {}
    answer = client.post(
        f"{API}/jobs", data={"application": application, **given}, files={"files": file}
    )
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def state(cluster: Cluster, job: dict[str, Any], wanted: str) -> AsyncResult:
    with cluster.celery as celery:
        found = AsyncResult(job["id"], app=celery)
        wait_until(lambda: found.state == wanted)
        return found.result


def test_the_sample_report_is_analysed_by_a_worker_of_celery(
    cluster: Cluster, client: httpx.Client, tmp_path: Path
) -> None:
    assert workers(client)["mode"] == "celery"
    answer = client.post(
        "/financial/analyze", files={"file": ("report.pdf", ANNUAL_REPORT.read_bytes())}
    )
    job = client.get(f"{API}/jobs/{answer.json()['task_id']}").json()
    assert ended(client, job)["status"] == "succeeded"
    assert state(cluster, job, "SUCCESS") == {"job": job["id"], "status": "succeeded"}
    result, report = tmp_path / "result.json", tmp_path / "report.pdf"
    result.write_bytes(client.get(job["links"]["result"]).content)
    report.write_bytes(ANNUAL_REPORT.read_bytes())
    verified = subprocess.run(
        [sys.executable, "-m", "apostil", "verify", result, report],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr


def test_celerys_own_programs_see_the_workers_and_the_steps_of_a_job(
    cluster: Cluster, client: httpx.Client
) -> None:
    address = f"127.0.0.1:{free_port()}"
    celery = (sys.executable, "-m", "celery", "-A", "apostil.celery_app")
    known = environment(**cluster.variables, FLOWER_UNAUTHENTICATED_API="true")
    pinged = subprocess.run(
        [*celery, "inspect", "ping"], env=known, capture_output=True, text=True, check=False
    )
    assert "pong" in pinged.stdout, pinged.stderr
    flower = subprocess.Popen(
        [*celery, "flower", "--address=127.0.0.1", f"--port={address.rpartition(':')[2]}"],
        env=known,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: flower_says(address, "workers"))
        job = submit(client, "steps", number="1")
        assert ended(client, job)["status"] == "succeeded"
        shown = wait_until(lambda: steps_of(job, flower_says(address, "tasks")))
        segments = client.get(job["links"]["segments"]).json()["items"]
        attempts = {one["attempts"][0]["id"]: f"steps.{one['name']}" for one in segments}
        assert shown == {job["id"]: "steps.analyze"} | attempts
    finally:
        flower.terminate()
        flower.wait(PATIENCE_SECONDS)


def flower_says(address: str, what: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = httpx.get(f"http://{address}/api/{what}", timeout=5).json()
    except httpx.HTTPError:
        return {}
    return found


def steps_of(job: dict[str, Any], tasks: dict[str, Any]) -> dict[str, str]:
    """The names of what Flower shows of a job, once it shows all of it as done."""
    ours = {uuid: task for uuid, task in tasks.items() if job["id"] in (task["args"] or "")}
    is_done = len(ours) == 13 and all(task["state"] == "SUCCESS" for task in ours.values())
    return {uuid: task["name"] for uuid, task in ours.items()} if is_done else {}


def test_states_follow_the_job_and_a_retry_is_not_kept_out(
    cluster: Cluster, client: httpx.Client, tmp_path: Path
) -> None:
    sleeping = submit(client, "moods", how="sleep", number="2")
    state(cluster, sleeping, "STARTED")
    client.post(sleeping["links"]["cancel"])
    state(cluster, sleeping, "REVOKED")
    gate = tmp_path / "gate"
    refusing = submit(client, "moods", how="refuse", unless=str(gate))
    assert "nothing to read" in str(state(cluster, refusing, "FAILURE"))
    gate.touch()
    assert client.post(refusing["links"]["retry"]).status_code == 202
    state(cluster, refusing, "SUCCESS")


def test_a_password_reaches_the_worker_and_the_broker_never_sees_it(
    cluster: Cluster, client: httpx.Client, tmp_path: Path
) -> None:
    paper = tmp_path / "locked.pdf"
    write_pdf(paper, text((72, 72, "Total 1,234")), password=(PASSWORD, "owner"))
    with cluster.redis.client() as broker, broker.monitor() as heard:
        job = submit(client, "lines", content=str(paper))
        assert ended(client, job)["status"] == "succeeded"
        broker.publish("end of it", "")
        commands = []
        while "end of it" not in (command := heard.next_command()["command"]):
            commands.append(command)
    assert any("sealed" in command for command in commands)
    assert not any(PASSWORD in command for command in commands)


def test_jobs_are_taken_in_while_the_broker_is_away_and_done_when_it_is_back(
    tmp_path: Path,
) -> None:
    redis = RedisServer(tmp_path)
    with started(tmp_path / "data", "--port", "0", **variables(redis)) as server:
        assert any("cannot be reached" in line for line in server.said), server.said
        assert any("APOSTIL_QUEUE=local" in line for line in server.said)
        with httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as client:
            began = time.monotonic()
            job = submit(client, "steps", number="3")
            assert time.monotonic() - began < 5
            redis.start()
            try:
                assert ended(client, job)["status"] == "succeeded"
                beside = psutil.Process(server.process.pid).children()
                beside[0].kill()  # another takes its place
                job = submit(client, "steps", number="again")
                assert ended(client, job)["status"] == "succeeded"
                everyone = psutil.Process(server.process.pid).children(recursive=True)
                server.process.kill()
                assert psutil.wait_procs(everyone, PATIENCE_SECONDS)[1] == []
            finally:
                server.stop(signal.SIGTERM)
                redis.kill()


def test_the_broker_may_be_found_by_sentinel(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis, sentinel(redis, "papers") as address:
        known: dict[str, Any] = {
            "CELERY_BROKER_URL": address,
            "APOSTIL_SENTINEL_MASTER": "papers",
            "PYTHONPATH": PLUGINS,
        }
        with (
            started(tmp_path / "data", "--port", "0", **known) as server,
            httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as client,
        ):
            assert not any("Warning" in line for line in server.said)
            job = submit(client, "steps", number="5")
            assert ended(client, job)["status"] == "succeeded"
            with redis.client() as broker:
                assert broker.exists("_kombu.binding.steps")


def test_a_worker_says_what_to_do_when_it_cannot_use_the_broker(tmp_path: Path) -> None:
    nowhere = RedisServer(tmp_path)
    assert "start Redis there" in refused(tmp_path, CELERY_BROKER_URL=nowhere.url())
    # Its second port would be ten thousand higher, which there may not be.
    clustered = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))
    with redis_server(tmp_path, *clustered) as node:
        assert "Redis Cluster" in refused(tmp_path, CELERY_BROKER_URL=node.url())
        looked = subprocess.run(
            [sys.executable, "-m", "apostil", "doctor", "--data", tmp_path / "data"],
            env=environment(CELERY_BROKER_URL=node.url()),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "BAD   The broker" in looked.stdout
    assert "not amqp" in refused(tmp_path, CELERY_BROKER_URL="amqp://127.0.0.1//")
    assert "needs a broker" in refused(tmp_path, APOSTIL_QUEUE="celery")


def refused(folder: Path, **variables: str) -> str:
    """The one sentence of a worker that does not start."""
    ran = subprocess.run(
        [sys.executable, "-m", "apostil", "worker", "--data", folder / "data"],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode in {1, 2}
    assert ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr


def test_local_workers_run_apart_from_the_web_side_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with (
        started(data, command="web", PYTHONPATH=PLUGINS) as web,
        httpx.Client(base_url=web.address, timeout=PATIENCE_SECONDS) as client,
    ):
        job = submit(client, "steps", number="4")
        assert workers(client)["workers"] == 0
        with working(data, PYTHONPATH=PLUGINS):
            assert ended(client, job)["status"] == "succeeded"
            assert workers(client)["mode"] == "local"
