"""How commands end: an exit code, and one line that names the cure; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from hub.settings import Settings
from tests.cli.conftest import Hub
from tests.cli.processes import run, run_unread
from tests.servers import free_port

MERCHANTS = ("merchant", "list")


def _fresh(folder: Path, **settings: str) -> dict[str, str]:
    return {"HUB_DATA_DIR": str(folder), **{f"HUB_{name}": value for name, value in settings.items()}}


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        pytest.param("DATABASE_URL", "nonsense", "HUB_DATABASE_URL: this is not a database URL", id="no URL"),
        pytest.param("DATABASE_URL", "mysql://hub@127.0.0.1/hub", "mysql is not supported", id="another database"),
        pytest.param("DATABASE_URL", "postgresql://hub@127.0.0.1:99999/hub", "HUB_DATABASE_URL", id="a port too high"),
        pytest.param(
            "REDIS_URL", "127.0.0.1:6379", "HUB_REDIS_URL: this is not a Redis URL", id="Redis without scheme"
        ),
        pytest.param("REDIS_URL", "redis://127.0.0.1:nine/0", "HUB_REDIS_URL", id="Redis with a port in words"),
        pytest.param("PORT", "70000", "HUB_PORT: Expected `int` <= 65535", id="port out of range"),
        pytest.param("PORT", "http", "HUB_PORT: Expected `int`", id="port in words"),
        pytest.param("THREADS", "0", "HUB_THREADS: Expected `int` >= 1", id="no threads"),
        pytest.param("JOB_LEASE", "-1", "HUB_JOB_LEASE: Expected `float` >= 0.01", id="a lease in the past"),
        pytest.param("ENVIRONMENT", "Prod!", "HUB_ENVIRONMENT", id="an environment that no key could name"),
        pytest.param("ALLOW_LOOPBACK_CHANNELS", "perhaps", "HUB_ALLOW_LOOPBACK_CHANNELS", id="neither yes nor no"),
        pytest.param("DATA_DIR", "/dev/null/var", "/dev/null/var", id="a data folder inside of a file"),
        pytest.param("KEY_RING", "only-an-id", "HUB_KEY_RING", id="a ring without a key"),
        pytest.param("KEY_RING", "a:c2hvcnQ=", "is not 32 bytes in base64", id="a short key"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    command: Hub, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    command("db", "upgrade")
    monkeypatch.setenv(f"HUB_{setting}", value)

    ended = command(*(("db", "upgrade") if setting == "DATA_DIR" else ("plugin", "list")))

    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert ended.err.count("\n") == 1


NUMBERS = {
    name: limits
    for names, limits in {
        ("PORT",): ("0", "65535"),
        ("THREADS",): ("1", "256"),
        ("WORKER_PROCESSES",): ("1", "64"),
        ("WORKER_MEMORY",): ("64", "1048576"),
        ("ORDER_POLL", "STOCK_ALARM"): ("1", "1440"),
        ("SYNC_SHARE",): ("1", "100"),
        ("HARD_DEADLINE", "JOB_LEASE", "SWEEP"): ("0.01", "86400"),
        ("CLOCK_OFFSET",): ("-1000000000", "1000000000"),
    }.items()
    for name in names
}
BAD_NUMBERS = ("inf", "-inf", "nan", "1e300", "1e400", "-1", "0", "9" * 40, "soon")
FINE = {("PORT", "0"), ("CLOCK_OFFSET", "-1"), ("CLOCK_OFFSET", "0")}


def test_every_number_among_the_settings_is_tried() -> None:
    numbers = {
        field.name.upper() for field in msgspec.structs.fields(Settings) if isinstance(field.default, int | float)
    }

    assert numbers - {"ALLOW_LOOPBACK_CHANNELS"} | {"SWEEP"} == set(NUMBERS)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_no_clock_or_machine_bears_is_one_line_that_names_the_setting_and_its_limits(
    command: Hub, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    low, high = NUMBERS[name]
    for value in BAD_NUMBERS:
        monkeypatch.setenv(f"HUB_{name}", value)

        serving, looking = (command("plugin", "list"), command("doctor", "--json"))

        if (name, value) in FINE:
            assert "settings" not in [each["what"] for each in looking.document["items"] if each["verdict"] != "ok"]
            continue
        assert (serving.code, serving.out, serving.err.count("\n")) == (2, "", 1), value
        assert serving.err.startswith(f"hub: HUB_{name}: "), value
        assert serving.err.endswith(f"; write a number from {low} to {high}\n"), value
        assert looking.code == 1
        assert looking.document["items"][0]["found"] == serving.err.removeprefix("hub: ").strip(), value


@pytest.mark.parametrize("setting", ["SWEEP=inf", "JOB_LEASE=1e300", "CLOCK_OFFSET=nan"])
def test_no_hub_is_served_with_such_a_number(tmp_path: Path, setting: str) -> None:
    name, _, value = setting.partition("=")

    ended = run("serve", env=_fresh(tmp_path, PORT="0", **{name: value}))

    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert f"HUB_{name}: " in ended.err


@pytest.mark.parametrize("name", ["SWEEP", "JOB_LEASE", "CLOCK_OFFSET", "HARD_DEADLINE", "WORKER_MEMORY"])
@pytest.mark.parametrize("which", [0, 1], ids=["lowest", "highest"])
def test_a_number_at_its_limit_is_borne(hub: Hub, monkeypatch: pytest.MonkeyPatch, name: str, which: int) -> None:
    monkeypatch.setenv(f"HUB_{name}", NUMBERS[name][which])

    ended = hub("merchant", "create", "Toko", "--json")

    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("trouble", ["others may read it", "a folder", "not text"])
def test_a_key_file_that_cannot_be_used_is_one_line_with_its_path(command: Hub, tmp_path: Path, trouble: str) -> None:
    command("db", "upgrade")
    ring = tmp_path / "key_ring"
    if trouble == "a folder":
        ring.mkdir(mode=0o700)
    else:
        ring.write_bytes(b"\xff\xfe" if trouble == "not text" else b"a:" + b"A" * 43 + b"=")
        ring.chmod(0o644 if trouble == "others may read it" else 0o600)

    ended = command("plugin", "list")

    assert ended.code == 2
    assert str(tmp_path) in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("merchants",), "No such command 'merchants'", id="unknown noun"),
        pytest.param(("merchant", "lst"), "No such command 'lst'", id="unknown verb"),
        pytest.param(("merchant", "list", "--limit", "0"), "greater than or equal to 1", id="a limit below one"),
        pytest.param(("merchant", "create"), "Missing argument 'name'", id="argument left out"),
        pytest.param(("account", "list"), "Missing option '--merchant'", id="option left out"),
        pytest.param(("merchant", "create", " "), "must be: one line with at least one sign", id="blank name"),
        pytest.param(("listing", "confirm", "-m", "m"), "name listings by id, or give --all", id="nothing to confirm"),
        pytest.param(("key", "create", "erp"), "--merchant, or give --all-merchants", id="a key for nobody"),
        pytest.param(
            ("account", "connect", "tokopedia", "-m", "m", "--set", "shop_id"), "NAME=VALUE", id="a setting without ="
        ),
        pytest.param(
            ("account", "connect", "tokopedia", "-m", "m", "--set-file", "a=/nowhere"), "cannot be read", id="no file"
        ),
        pytest.param(("db", "upgrade", "9999"), "9999", id="a revision that does not exist"),
    ],
)
def test_wrong_usage_is_one_line(command: Hub, arguments: tuple[str, ...], told: str) -> None:
    ended = command(*arguments)

    assert ended.code == 2
    assert told in ended.err
    assert ended.err.count("\n") == 1


def test_a_machine_gets_the_refusal_as_a_document_too(command: Hub) -> None:
    ended = command(*MERCHANTS, "--json")

    assert ended.code == 1
    assert json.loads(ended.out)["error"]["code"] == "not_migrated"
    assert ended.err.count("\n") == 1


def test_looking_at_a_database_that_does_not_exist_does_not_make_one(
    command: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "var"))

    ended = command(*MERCHANTS)

    assert ended.code == 1
    assert "run `hub db upgrade`" in ended.err
    assert not (tmp_path / "var").exists()


def test_a_database_server_that_is_away_is_one_line_without_its_password(
    command: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://hub:canary-password@127.0.0.1:{free_port()}/hub"
    monkeypatch.setenv("HUB_DATABASE_URL", url)

    ended = command(*MERCHANTS)

    assert ended.code == 1
    assert "start it or correct HUB_DATABASE_URL" in ended.err
    assert "canary-password" not in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("look", [MERCHANTS, ("api",)], ids=["a look", "the API"])
def test_an_older_database_is_refused_until_somebody_upgrades_it(hub: Hub, look: tuple[str, ...]) -> None:
    older = hub("db", "downgrade", "0001", "--yes")

    refused = hub(*look)
    hub("db", "upgrade")
    allowed = hub(*MERCHANTS)

    assert (older.code, refused.code, allowed.code) == (0, 1, 0)
    assert "at revision 0001" in refused.err
    assert "run `hub db upgrade`" in refused.err


def test_taking_a_database_back_needs_a_yes(hub: Hub) -> None:
    ended = hub("db", "downgrade", "base")

    assert ended.code == 2
    assert "--yes" in ended.err
    assert hub(*MERCHANTS).code == 0


def test_a_fault_keeps_its_traceback_for_who_can_mend_it(tmp_path: Path) -> None:
    env = _fresh(tmp_path)
    run("db", "upgrade", env=env)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE merchant RENAME TO gone"))

    ended = run(*MERCHANTS, env=env)

    assert ended.code == 70
    assert ended.err.count("\n") == 1
    assert str(tmp_path / "faults.log") in ended.err
    assert "no such table: merchant" in (tmp_path / "faults.log").read_text()
    assert "no such table: merchant" in run("--debug", *MERCHANTS, env=env).err


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    env = _fresh(tmp_path)
    run("db", "upgrade", env=env)

    ended = run_unread(*MERCHANTS, "--json", env=env)

    assert ended.code == 1
    assert ended.err == ""
