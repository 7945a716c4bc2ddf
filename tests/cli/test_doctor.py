"""The doctor looks at everything and names the cure of each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis as client

from tests.cli.conftest import Ended, Hub
from tests.servers import Server, free_port


def _verdicts(ended: Ended) -> dict[str, str]:
    return {each["what"]: each["verdict"] for each in ended.document["items"]}


def test_a_healthy_hub_is_ok_in_everything(hub: Hub, connected: dict[str, Any]) -> None:  # Any: JSON
    ended = hub("doctor", "--json")

    looked_at = ("settings", "data folder", "key ring", "database", "clock", "sealed secrets", "plugins")
    assert ended.code == 0
    assert {what: _verdicts(ended)[what] for what in looked_at} == dict.fromkeys(looked_at, "ok")
    assert connected["id"]


def test_the_key_ring_must_open_what_is_really_stored(
    hub: Hub, connected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:  # Any: JSON
    monkeypatch.setenv("HUB_KEY_RING", "other:" + "B" * 43 + "=")

    ended = hub("doctor", "--json")

    assert ended.code == 1
    assert _verdicts(ended)["sealed secrets"] == "failed"
    assert connected["id"]


Break = Callable[[Path, pytest.MonkeyPatch], None]


def _older(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("HUB_DATABASE_URL", f"sqlite:///{folder / 'none.sqlite3'}")


def _no_redis(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("HUB_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")


def _no_folder(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("HUB_DATA_DIR", "/dev/null/var")


def _wrong_setting(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("HUB_PORT", "port")


@pytest.mark.parametrize(
    ("breaks", "what"),
    [
        pytest.param(_older, "database", id="no database"),
        pytest.param(_no_redis, "redis", id="no Redis"),
        pytest.param(_no_folder, "data folder", id="no folder"),
        pytest.param(_wrong_setting, "settings", id="a wrong setting"),
    ],
)
def test_what_is_broken_fails_with_its_cure(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: Break, what: str
) -> None:
    breaks(tmp_path, monkeypatch)

    ended = hub("doctor", "--json")

    found = next(each for each in ended.document["items"] if each["what"] == what)
    assert ended.code == 1
    assert found["verdict"] == "failed"
    assert found["cure"]


def test_a_misspelt_setting_is_a_warning_with_the_name_that_was_meant_and_never_its_value(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TRHEADS", "KEYRING", "ZZZZ", "MERCHANT", "TEST_EXAMPLES"):
        monkeypatch.setenv(f"HUB_{name}", "canary-value")

    ended = hub("doctor", "--json")
    read = hub("doctor")

    warned = {each["what"]: each["cure"] for each in ended.document["items"] if each["what"].startswith("HUB_")}
    assert warned == {
        "HUB_KEYRING": "did you mean HUB_KEY_RING? Rename it",
        "HUB_TRHEADS": "did you mean HUB_THREADS? Rename it",
        "HUB_ZZZZ": "take it away",
    }
    assert {_verdicts(ended)[name] for name in warned} == {"warning"}
    assert (ended.code, read.code) == (0, 0)
    assert "canary-value" not in ended.out + ended.err + read.out + read.err


def test_a_misspelt_setting_is_told_beside_a_wrong_one(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "port")
    monkeypatch.setenv("HUB_TRHEADS", "4")

    ended = hub("doctor", "--json")

    assert (ended.code, _verdicts(ended)) == (1, {"settings": "failed", "HUB_TRHEADS": "warning"})


def test_looking_changes_nothing(command: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "var"))

    ended = command("doctor", "--json")

    assert ended.code == 1
    assert _verdicts(ended) | {"database": "failed", "key ring": "ok", "data folder": "ok"} == _verdicts(ended)
    assert list(tmp_path.iterdir()) == []


def test_a_redis_that_may_forget_wake_ups_fails(hub: Hub, redis: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_REDIS_URL", redis.url)
    sound = hub("doctor", "--json")
    with client.Redis.from_url(redis.url) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        forgetful = hub("doctor", "--json")
        server.config_set("maxmemory-policy", "noeviction")

    assert (_verdicts(sound)["redis"], _verdicts(forgetful)["redis"]) == ("ok", "failed")
    assert _verdicts(sound)["redis clock"] == "ok"
    assert os.environ["HUB_REDIS_URL"] == redis.url
