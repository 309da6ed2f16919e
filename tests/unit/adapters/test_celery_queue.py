"""What a message of Celery says, how many there are, and that nobody waits for a broker."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest
import workload
from celery_tree import told_by_celery
from house import opened
from redis_server import redis_server

from apostil.adapters.celery import BrokerOptions, Courier, Safe
from apostil.adapters.celery.courier import AtOnce
from apostil.adapters.celery.options import configuration
from apostil.adapters.celery.sending import level_of
from apostil.engine import Job, JobStatus


def _job(priority: int, status: JobStatus = JobStatus.QUEUED) -> Job:
    return Job(
        id="j", owner="local", application="chain", version="1", documents=(), parameters={},
        segments=(), submitted_at=1000.0, priority=priority, status=status,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("priority", "status", "waited", "level"),
    [
        (5, JobStatus.QUEUED, 0, 5),
        (5, JobStatus.QUEUED, 59, 5),
        (5, JobStatus.QUEUED, 60, 4),
        (5, JobStatus.RUNNING, 0, 4),
        (9, JobStatus.QUEUED, 600, 0),
        (0, JobStatus.RUNNING, 0, 0),
    ],
)
def test_a_message_is_the_more_urgent_the_longer_its_job_waits(
    priority: int, status: JobStatus, waited: float, level: int
) -> None:
    assert level_of(_job(priority, status), 1000.0 + waited) == level


@pytest.mark.redis
def test_a_long_queue_does_not_grow_by_itself(tmp_path: Path) -> None:
    with (
        opened(tmp_path) as house,
        redis_server(tmp_path) as redis,
        told_by_celery(house, redis) as post,
        redis.client() as broker,
    ):
        job = house.submit("chain", priority=0)
        post.flush(10.0)
        assert broker.llen("chain") == 1
        time.sleep(1.6)
        for _ in range(150):  # as sweeps do while nobody takes it up
            house.queue.wake(job.id)
        post.flush(30.0)
        assert broker.llen("chain") == 100
        house.submit("chain", priority=0)
        post.flush(10.0)
        assert broker.llen("chain") == 101


def test_an_errand_that_fails_holds_nobody_up() -> None:
    courier, done = Courier("test"), threading.Event()

    def fail() -> None:
        raise ConnectionError("nobody there")

    courier(fail)
    courier(done.set)
    assert done.wait(10.0)
    courier.close()


def test_nobody_waits_for_a_broker_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    courier, answer = Courier("test"), threading.Event()

    def hang() -> None:
        answer.wait(60.0)

    began = time.monotonic()
    for _ in range(20_000):
        courier(hang)
    assert time.monotonic() - began < 10.0
    answer.set()
    courier.flush(10.0)
    said = capsys.readouterr()
    assert (said.out + said.err).count("errands_lost") == 1


def test_a_failing_errand_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    run = AtOnce("hints")

    def fail() -> None:
        raise ConnectionError("nobody there")

    for errand in (fail, fail, lambda: None, lambda: None):
        run(errand)
    said = capsys.readouterr()
    assert (said.out + said.err).count("broker_failed") == 1
    assert (said.out + said.err).count("broker_works_again") == 1


def test_a_password_is_opened_with_the_key_of_the_data_folder_only(tmp_path: Path) -> None:
    sealed = Safe(tmp_path / "key").seal("päss")
    assert "päss" not in sealed
    assert Safe(tmp_path / "key").unseal(sealed) == "päss"
    assert Safe(tmp_path / "other").unseal(sealed) is None
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"key", "other"}


def test_the_settings_keep_what_the_engine_promises() -> None:
    options = BrokerOptions(broker_url="redis://:secret@127.0.0.1/0")
    assert "secret" not in repr(options)
    told = configuration(options, (), workload.pipelines())
    assert told["task_acks_late"]
    assert told["task_reject_on_worker_lost"]
    assert told["worker_prefetch_multiplier"] == 1
    assert told["accept_content"] == ["json"]
    assert "task_soft_time_limit" not in told
    longest = max(
        segment.limits.hard_seconds
        for pipeline in workload.pipelines().values()
        for segment in pipeline.segments
    )
    assert told["task_time_limit"] > 2 * longest
    visibility = {
        told["visibility_timeout"],
        told["broker_transport_options"]["visibility_timeout"],
        told["result_backend_transport_options"]["visibility_timeout"],
    }
    assert len(visibility) == 1
    with pytest.raises(ValueError, match="not amqp"):
        BrokerOptions(broker_url="amqp://127.0.0.1//")
