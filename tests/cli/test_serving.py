"""The commands that stay: they say where they answer, and end as they are told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hub_hookspecs.testing.sandbox import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel import jobs
from hub.kernel.db import Database
from tests.cli.conftest import RING, Ended
from tests.cli.processes import PATIENCE, press_ctrl_c, run, staying, stop, terminate
from tests.servers import Server

LONG_BEFORE_THE_LEASE_ENDS = 10.0  # seconds


def _embedded(folder: Path, **settings: str) -> dict[str, str]:
    return {"HUB_DATA_DIR": str(folder), "HUB_PORT": "0", **{f"HUB_{name}": each for name, each in settings.items()}}


@pytest.mark.row("K-10")
def test_one_command_serves_a_hub_with_a_database_of_its_own(tmp_path: Path) -> None:
    env = _embedded(tmp_path)

    with staying("serve", "--json", env=env, errors=tmp_path / "log") as (process, told):
        address = json.loads(told)["address"]
        key = json.loads(run("key", "create", "erp", "--all-merchants", "--json", env=env).out)["secret"]
        answer = httpx.get(f"{address}/v1/merchants", headers={"Authorization": f"Bearer {key}"})
        code = stop(process, signal.SIGTERM)

    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert code == 0
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert (tmp_path / "key_ring").stat().st_mode & 0o077 == 0


@pytest.mark.row("K-10")
def test_the_same_command_serves_from_postgresql_and_redis(postgres_url: str, redis: Server, tmp_path: Path) -> None:
    env = _embedded(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=redis.url, KEY_RING=RING)

    with staying("serve", "--json", env=env, errors=tmp_path / "log") as (process, told):
        ready = httpx.get(f"{json.loads(told)['address']}/readyz")
        code = stop(process, signal.SIGTERM)

    assert (ready.status_code, code) == (200, 0)


def test_the_first_start_tells_how_to_make_a_key_and_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    with staying("serve", env=_embedded(tmp_path), errors=tmp_path / "log", lines=2) as (process, told):
        code = stop(process, signal.SIGINT)

    assert "Make a key: hub key create" in told
    assert code == 130
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_an_address_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with staying("serve", "--json", env=_embedded(tmp_path / "one"), errors=tmp_path / "log") as (_, told):
        port = json.loads(told)["address"].rpartition(":")[2]
        second = run("serve", env=_embedded(tmp_path / "two") | {"HUB_PORT": port})

    assert second.code == 2
    assert "set HUB_HOST or HUB_PORT" in second.err.splitlines()[-1]


def test_the_ring_is_not_rotated_under_a_hub_that_serves(tmp_path: Path) -> None:
    env = _embedded(tmp_path)

    with staying("serve", "--json", env=env, errors=tmp_path / "log"):
        refused = run("key", "rotate-ring", env=env)
    rotated = run("key", "rotate-ring", "--json", env=env)

    assert (refused.code, rotated.code) == (1, 0)
    assert "stop it first" in refused.err
    assert len(json.loads(rotated.out)["keys"]) == 2


def test_ctrl_c_leaves_an_import_where_it_stands(tmp_path: Path) -> None:
    env = _embedded(tmp_path, ALLOW_LOOPBACK_CHANNELS="true")
    shop = LongShop()
    with serve(shop):
        account = _connected(env, json.dumps(shop.settings()))
        shop.listed.clear()
        with staying("import", "start", account, "--wait", env=env, errors=tmp_path / "log", lines=-1) as (process, _):
            assert shop.listed.wait(PATIENCE)
            code = stop(process, signal.SIGINT)

    assert (code, (tmp_path / "log").read_text()) == (130, "")


@pytest.mark.parametrize("elsewhere", [False, True], ids=["its own folder", "a file elsewhere"])
def test_an_embedded_database_is_served_by_one_hub(tmp_path: Path, elsewhere: bool) -> None:
    file = {"DATABASE_URL": f"sqlite:///{tmp_path / 'file' / 'hub.sqlite3'}"} if elsewhere else {}
    first = _embedded(tmp_path / "one", **file)
    second = _embedded(tmp_path / "two", **file) if elsewhere else first

    with staying("serve", "--json", env=first, errors=tmp_path / "log"):
        refused = run("serve", env=second)

    assert (refused.code, refused.out, len(refused.err.splitlines())) == (1, "", 1)
    assert "another hub is running" in refused.err


def test_the_demo_does_not_clear_the_folder_of_one_that_runs(tmp_path: Path) -> None:
    served = _embedded(tmp_path / "demo")

    with staying("serve", "--json", env=served, errors=tmp_path / "log") as (_, told):
        refused = run("demo", "--once", "--items", "10", env=_embedded(tmp_path))
        answers = httpx.get(f"{json.loads(told)['address']}/readyz").status_code

    assert (refused.code, answers) == (1, 200)
    assert "another hub is running" in refused.err


def test_an_import_goes_on_at_once_after_its_hub_was_killed(tmp_path: Path) -> None:
    env = _embedded(tmp_path, ALLOW_LOOPBACK_CHANNELS="true")
    shop = LongShop()
    with serve(shop):
        account = _connected(env, json.dumps(shop.settings()))
        with staying("serve", "--json", env=env, errors=tmp_path / "log") as (process, _):
            asked = run("import", "start", account, "--json", env=env)
            shop.listed.clear()
            assert shop.listed.wait(PATIENCE)
            process.kill()
            process.wait(PATIENCE)
        killed = _job(env, asked)
        shop.listed.clear()
        with staying("serve", "--json", env=env, errors=tmp_path / "log"):
            went_on = shop.listed.wait(LONG_BEFORE_THE_LEASE_ENDS)
            job = _job(env, asked)

    assert (killed.state, killed.rescues) == ("running", 0)
    assert (went_on, job.state, job.rescues) == (True, "running", 1)


def _job(env: dict[str, str], asked: Ended) -> jobs.Job:
    """The job as its row says; what is shown of it tells nothing of rescues."""
    database = Database(f"sqlite:///{env['HUB_DATA_DIR']}/hub.sqlite3")
    with database.reading() as db:
        found = jobs.find(db, json.loads(asked.out)["id"])
    database.dispose()
    assert found is not None
    return found


class LongShop(TokopediaSandbox):
    """A shop whose import takes minutes; it tells when somebody asks for its listings."""

    def __init__(self) -> None:
        super().__init__(size=50_000)
        self.listed = threading.Event()

    def handle(self, request: httpx.Request) -> httpx.Response:
        if "product" in request.url.path:
            self.listed.set()
        return super().handle(request)


def _connected(env: dict[str, str], settings: str) -> str:
    run("db", "upgrade", env=env)
    merchant = json.loads(run("merchant", "create", "Toko", "--json", env=env).out)["id"]
    run("plugin", "enable", "tokopedia", "-m", merchant, env=env)
    connect = ("account", "connect", "tokopedia", "-m", merchant, "--settings", "-")
    made = run(*connect, "--confirm-preconditions", "--no-import", "--json", env=env, stdin=settings.encode())
    account: str = json.loads(made.out)["account"]["id"]
    return account


@pytest.mark.row("K-10")
@pytest.mark.parametrize("told", [press_ctrl_c, terminate], ids=["Ctrl-C", "SIGTERM"])
def test_worker_processes_do_what_a_command_asked_for_and_end_with_0_when_told_to(
    postgres_url: str, redis: Server, tmp_path: Path, told: Callable[[subprocess.Popen[str]], int]
) -> None:
    env = _embedded(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=redis.url, KEY_RING=RING, WORKER_PROCESSES="2")
    env |= {"HUB_ALLOW_LOOPBACK_CHANNELS": "true", "HUB_THREADS": "4"}
    shop = TokopediaSandbox(size=60)

    with serve(shop), staying("worker", env=env, errors=tmp_path / "log", lines=-1) as (process, _):
        account = _connected(env, json.dumps(shop.settings()))
        imported = run("import", "start", account, "--wait", "--json", env=env)
        code = told(process)

    assert (imported.code, code) == (0, 0)
    assert json.loads(imported.out)["state"] == "done"
    log = (tmp_path / "log").read_text()
    told_of = [json.loads(line)["event"] for line in log.splitlines()]
    assert (told_of.count("worker started"), told_of.count("worker stopped")) == (2, 2)
    assert not {"worker ended", "worker killed"} & set(told_of)


MORTAL = """
import sys
from hub import runtime
from hub.cli import main
runtime.CARETAKERS["mortal"] = lambda db: sys.exit("no exception that a thread lives through")
sys.exit(main(["serve", "--json"]))
"""


def test_a_hub_whose_sweep_dies_ends_as_a_fault_instead_of_serving_on(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], **_embedded(tmp_path, SWEEP="0.05")}

    ended = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", MORTAL], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert ended.returncode == 70
    assert "the sweep has ended: lost jobs would stay lost" in ended.stderr
    assert "this is a fault of the hub" in ended.stderr.splitlines()[-1]
    assert "start the hub again" in (tmp_path / "faults.log").read_text()


def test_workers_need_redis(tmp_path: Path) -> None:
    env = _embedded(tmp_path)
    run("db", "upgrade", env=env)

    ended = run("worker", env=env)

    assert ended.code == 2
    assert "HUB_REDIS_URL: worker processes need Redis" in ended.err
