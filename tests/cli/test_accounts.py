"""Accounts from the command line: settings that keep their secrets, and every way to stand."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.cli.conftest import Ended, Hub

Account = dict[str, Any]  # Any: JSON


@pytest.fixture
def enabled(hub: Hub, merchant: str) -> str:
    hub("plugin", "enable", "tokopedia", "-m", merchant)
    return merchant


def _connect(hub: Hub, merchant: str, *settings: str) -> Ended:
    return hub(
        "account", "connect", "tokopedia", "-m", merchant, *settings, "--confirm-preconditions", "--no-import", "--json"
    )


def _as_options(settings: dict[str, Any], folder: Path) -> list[str]:  # Any: JSON
    """Every setting on the command line, but the secret in a file."""
    secret = folder / "client_secret"
    secret.write_text(settings["client_secret"] + "\n")
    given = [f"--set={name}={value}" for name, value in settings.items() if name != "client_secret"]
    return [*given, f"--set-file=client_secret={secret}"]


@pytest.mark.parametrize("way", ["options and a file", "a document", "standard input"])
def test_settings_are_given_in_three_ways_and_their_secret_is_never_shown(
    hub: Hub, enabled: str, sandbox: TokopediaSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    settings = sandbox.settings()
    document = json.dumps(settings)
    (tmp_path / "settings.json").write_text(document)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(document.encode())))
    ways = {
        "options and a file": _as_options(settings, tmp_path),
        "a document": ["--settings", str(tmp_path / "settings.json")],
        "standard input": ["--settings", "-"],
    }

    connected = _connect(hub, enabled, *ways[way])
    shown = hub("account", "show", connected.document["account"]["id"])

    assert connected.code == shown.code == 0
    assert connected.document["import_id"] is None
    assert settings["shop_id"] in shown.out
    assert settings["client_secret"] not in connected.out + connected.err + shown.out


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(("--set", "shop=1"), "there is no such setting; there are fs_id, shop_id", id="unknown"),
        pytest.param(("--set", "shop_id=x"), "shop_id:", id="beside its limits"),
        pytest.param((), "client_secret: is required", id="left out"),
        pytest.param(("--set", "shop_id=1", "--set", "shop_id=2"), "shop_id is given twice", id="twice"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(hub: Hub, enabled: str, settings: tuple[str, ...], told: str) -> None:
    ended = _connect(hub, enabled, *settings)

    assert ended.code in (1, 2)
    assert told in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    "document",
    [b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}"],
    ids=["a list", "half an object", "not a number", "a key twice", "not text", "nested deep"],
)
def test_a_hostile_file_of_settings_is_one_line(hub: Hub, enabled: str, tmp_path: Path, document: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(document)

    ended = _connect(hub, enabled, "--settings", str(tmp_path / "settings.json"))

    assert ended.code == 1
    assert ended.err.count("\n") == 1


def test_what_the_channel_refuses_is_one_line_without_the_secret(
    hub: Hub, enabled: str, sandbox: TokopediaSandbox, tmp_path: Path
) -> None:
    settings = _as_options(sandbox.settings() | {"client_secret": "canary-wrong-secret"}, tmp_path)

    ended = _connect(hub, enabled, *settings)

    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "canary-wrong-secret" not in ended.err


@pytest.mark.parametrize("plugin", ["bukalapak", "../tokopedia", ""])
def test_an_unknown_plugin_is_one_line_with_those_there_are(hub: Hub, merchant: str, plugin: str) -> None:
    ended = hub("account", "connect", plugin, "-m", merchant)

    assert ended.code == 1
    assert re.search(r"installed: .*\btokopedia\b", ended.err)
    assert ended.err.count("\n") == 1


def test_an_account_is_paused_checked_and_resumed(hub: Hub, connected: Account) -> None:
    account = connected["id"]

    states = [
        hub("account", *verb, "--json").document["state"]
        for verb in (("pause", account, "--reason", "stocktaking"), ("check", account), ("resume", account))
    ]

    assert states == ["paused", "paused", "active"]


def test_settings_change_in_place_once_the_channel_has_accepted_them(
    hub: Hub, connected: Account, tmp_path: Path
) -> None:
    account, wrong = connected["id"], tmp_path / "wrong"
    wrong.write_text("canary-wrong-secret")

    refused = hub("account", "settings", account, "--set-file", f"client_secret={wrong}")
    accepted = hub("account", "settings", account, "--set", f"shop_id={connected['settings']['shop_id']}", "--json")

    assert (refused.code, accepted.code) == (1, 0)
    assert accepted.document["settings"] == connected["settings"]


def test_an_account_is_closed_only_with_a_yes(hub: Hub, connected: Account) -> None:
    unsaid = hub("account", "close", connected["id"])
    closed = hub("account", "close", connected["id"], "--yes", "--json")

    assert (unsaid.code, closed.code) == (2, 0)
    assert (closed.document["state"], closed.document["settings"]) == ("closed", None)


def test_what_was_said_to_a_channel_last_is_shown_without_its_secret(
    hub: Hub, connected: Account, sandbox: TokopediaSandbox
) -> None:
    told = hub("account", "exchanges", connected["id"])
    document = hub("account", "exchanges", connected["id"], "--json").document
    nobodys = hub("account", "exchanges", "01890000-0000-7000-8000-000000000000")

    assert (told.code, nobodys.code) == (0, 1)
    assert any("shop-info" in each["url"] for each in document["items"])
    assert {each["account_id"] for each in document["items"]} == {connected["id"]}
    assert sandbox.settings()["client_secret"] not in told.out + str(document)


def test_where_a_channel_is_to_call_back_is_told(hub: Hub, connected: Account) -> None:
    told = hub("account", "callback", connected["id"], "--json")
    nobodys = hub("account", "callback", "01890000-0000-7000-8000-000000000000")

    assert (told.code, nobodys.code) == (0, 1)
    assert "/webhooks/tokopedia/" in told.document["url"]


@pytest.mark.row("K-05")
def test_a_disabled_plugin_is_shown_as_such_and_does_nothing(hub: Hub, connected: Account) -> None:
    merchant = connected["merchant_id"]

    hub("plugin", "disable", "tokopedia", "-m", merchant)
    status = hub("plugin", "status", "-m", merchant, "--json").document["items"]
    checked = hub("account", "check", connected["id"])
    hub("plugin", "enable", "tokopedia", "-m", merchant)

    assert {each["plugin"]: each["enabled"] for each in status}["tokopedia"] is False
    assert checked.code == 1
    assert hub("account", "check", connected["id"]).code == 0


def test_the_newest_key_of_the_ring_seals_everything_after_a_rotation(
    hub: Hub, connected: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = "newer:" + "B" * 43 + "="
    monkeypatch.setenv("HUB_KEY_RING", f"{newer},tests:{'A' * 43}=")

    rotated = hub("key", "rotate-ring", "--json")
    monkeypatch.setenv("HUB_KEY_RING", newer)

    assert rotated.document["resealed"]["account settings"] == 1
    assert hub("account", "check", connected["id"]).code == 0
