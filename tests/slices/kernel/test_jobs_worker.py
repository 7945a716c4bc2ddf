"""Worker processes: what they survive, and what they do not take with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import redis as redis_client

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs.broker import Broker, check_redis
from hub.kernel.jobs.supervisor import Supervisor
from hub.settings import SettingError, Settings
from hub.worker import run_embedded
from tests.servers import Pause, Server
from tests.slices.kernel.job_factory import BUILD, HANG, HOG, KILL, LINGER, NOTE, SWEEPLESS

PATIENCE = 40.0


@pytest.fixture
def settings(postgres_url: str, redis: Server) -> Settings:
    with redis_client.Redis.from_url(redis.url) as client:
        client.flushall()
    return Settings(
        database_url=postgres_url, redis_url=redis.url, threads=4, job_lease=1.5, sweep=0.3, hard_deadline=1.0
    )


@pytest.fixture
def production(settings: Settings) -> Iterator[Database]:
    database = Database(settings.url)
    database.waker = Broker(settings.redis_url).send
    yield database
    database.dispose()


@contextmanager
def supervised(settings: Settings, *, build: str = BUILD) -> Iterator[Supervisor]:
    supervisor = Supervisor(build, settings)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stopping.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def worker_command(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    given = {"database_url": settings.database_url, "redis_url": settings.redis_url, "threads": settings.threads}
    given |= {"job_lease": settings.job_lease, "sweep": settings.sweep, "hard_deadline": settings.hard_deadline}
    environ = os.environ | {f"HUB_{name.upper()}": str(value) for name, value in given.items()}
    command = subprocess.Popen([sys.executable, "-m", "tests.slices.kernel.job_factory"], env=environ)
    try:
        yield command
    finally:
        command.kill()
        command.wait(PATIENCE)


def test_worker_processes_do_what_another_process_asked_for(settings: Settings, production: Database) -> None:
    with supervised(msgspec.structs.replace(settings, worker_processes=2)):
        asked = _ask(production, NOTE, 40)
        ended = _ended(production, asked)

    assert {job.state for job in ended} == {"done"}
    assert all(job.outcome["pid"] != os.getpid() for job in ended)


def test_a_job_that_kills_its_process_is_dead_after_three_rescues(settings: Settings, production: Database) -> None:
    with supervised(settings):
        poison, harmless = _ask(production, KILL, 1), _ask(production, NOTE, 5)
        ended = _ended(production, poison + harmless)

    assert [(job.state, job.rescues) for job in ended if job.kind == KILL.name] == [("dead", 3)]
    assert [job.state for job in ended if job.kind == NOTE.name] == ["done"] * 5


def test_a_hook_that_never_returns_takes_only_itself_down(settings: Settings, production: Database) -> None:
    with supervised(settings):
        hanging, harmless = _ask(production, HANG, 1), _ask(production, NOTE, 5)
        ended = _ended(production, hanging + harmless)

    assert [job.state for job in ended if job.kind == HANG.name] == ["dead"]
    assert [job.state for job in ended if job.kind == NOTE.name] == ["done"] * 5


def test_a_job_that_wants_more_memory_than_its_worker_may_take_is_a_bug(
    settings: Settings, production: Database
) -> None:
    with supervised(msgspec.structs.replace(settings, worker_memory=512)):
        ended = _ended(production, _ask(production, HOG, 1))

    assert [(job.state, job.error and job.error.type) for job in ended] == [("dead", "MemoryError")]


def test_a_killed_worker_is_replaced_and_its_job_begins_again(settings: Settings, production: Database) -> None:
    with supervised(msgspec.structs.replace(settings, hard_deadline=60.0)) as supervisor:
        (lingering,) = _ask(production, LINGER, 1)
        _until(lambda: _find(production, lingering).state == "running")
        first = supervisor.children[0].process.pid
        assert first is not None

        os.kill(first, signal.SIGKILL)
        _until(lambda: _find(production, lingering).rescues == 1 and _find(production, lingering).state == "running")

        assert supervisor.children[0].process.pid != first


def test_a_worker_without_its_sweep_is_replaced(settings: Settings) -> None:
    with supervised(settings, build=SWEEPLESS) as supervisor:
        _until(lambda: 0 in supervisor.children)
        first = supervisor.children[0].process.pid

        _until(lambda: 0 in supervisor.children and supervisor.children[0].process.pid != first)


def test_a_stopped_worker_hands_back_what_it_cannot_finish(
    settings: Settings, production: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = jobs.Runtime(database=production, handlers={LINGER: lambda job: _wait_for(released)})
    released = threading.Event()
    station = run_embedded(runtime, msgspec.structs.replace(settings, job_lease=600.0))
    monkeypatch.setattr(station, "_drain", 0.2)

    with station:
        (lingering,) = _ask(production, LINGER, 1)
        _until(lambda: _find(production, lingering).state == "running")
    job = _find(production, lingering)
    released.set()

    assert (job.state, job.rescues, job.attempts) == ("waiting", 0, 0)


def test_a_worker_told_to_end_lets_its_jobs_finish(settings: Settings, production: Database) -> None:
    (lingering,) = _ask(production, LINGER, 1)
    with worker_command(msgspec.structs.replace(settings, hard_deadline=60.0, job_lease=60.0)) as command:
        _until(lambda: _find(production, lingering).state == "running")

        command.terminate()

        assert command.wait(PATIENCE) == 0
    assert _find(production, lingering).state == "done"


def test_children_end_with_a_supervisor_that_was_killed(settings: Settings, production: Database) -> None:
    with worker_command(settings) as command:
        (noted,) = _ask(production, NOTE, 1)
        child = _ended(production, [noted])[0].outcome["pid"]

        command.kill()

        _until(lambda: not _lives(child))


def test_a_worker_refuses_to_start_beside_work_that_it_cannot_do(settings: Settings, production: Database) -> None:
    _ask(production, jobs.JobKind("test.from_the_future"), 1)
    supervisor = Supervisor(BUILD, settings)

    code = supervisor.run()

    assert code == 1
    assert "test.from_the_future" in supervisor.refused


def test_nothing_is_lost_when_redis_forgets_everything(settings: Settings, production: Database, redis: Server) -> None:
    asked = _ask(production, NOTE, 50)
    with redis_client.Redis.from_url(redis.url) as client:
        client.flushall()
        with supervised(settings):
            asked += _ask(production, NOTE, 50, start=50)
            client.flushall()
            ended = _ended(production, asked)

    assert {job.state for job in ended} == {"done"}


def test_asking_for_work_goes_on_while_redis_is_away(production: Database) -> None:
    production.waker = Broker("redis://127.0.0.1:1/0").send

    asked = _ask(production, NOTE, 2)

    assert [_find(production, job_id).state for job_id in asked] == ["ready", "ready"]


def test_a_redis_that_may_evict_is_refused(redis: Server) -> None:
    with redis_client.Redis.from_url(redis.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(SettingError, match="noeviction"):
                check_redis(redis.url)
        finally:
            client.config_set("maxmemory-policy", "noeviction")

    check_redis(redis.url)


def _ask(database: Database, kind: jobs.JobKind, count: int, *, start: int = 0) -> list[str]:
    with database.writing() as db:
        tickets = [jobs.enqueue(db, kind, key=str(start + n)) for n in range(count)]
    return [ticket.job_id for ticket in tickets]


def _find(database: Database, job_id: str) -> jobs.Job:
    with database.reading() as db:
        job = jobs.find(db, job_id)
    assert job is not None
    return job


def _ended(database: Database, job_ids: list[str]) -> list[jobs.Job]:
    _until(lambda: all(_find(database, job_id).state in jobs.FINISHED for job_id in job_ids))
    return [_find(database, job_id) for job_id in job_ids]


def _until(true: Callable[[], bool]) -> None:
    pause = Pause(PATIENCE)
    while not true():
        pause.briefly()


def _lives(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _wait_for(event: threading.Event) -> jobs.Settled:
    event.wait(PATIENCE)
    return jobs.Done()
