"""A channel that talks to no network and has nothing to import: connected, looked at and closed like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import hub_pos.plugin
import pytest
from hub_hookspecs import Account, AccountCheck, Channel, hookimpl
from litestar import Litestar
from litestar.testing import TestClient

from hub.channels.host import PluginBug, load_hosts
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from tests.callers import a_key, calling, the_app
from tests.slices.channels.conftest import a_merchant_with

Client = TestClient[Litestar]
STORE = {"store_name": "Toko Larasati"}


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    settings = Settings(data_dir=tmp_path, database_url=database_url, key_ring="tests:" + "A" * 43 + "=")
    runtime = assemble(settings, load_hosts({"pos": hub_pos.plugin, "talkative": talkative()}))
    yield runtime
    runtime.close()


@pytest.fixture
def client(runtime: Runtime) -> Iterator[Client]:
    with the_app(runtime) as app, calling(app, a_key(runtime.database)) as client:
        yield client


@pytest.fixture
def merchant(runtime: Runtime) -> str:
    return a_merchant_with(runtime.channels, "pos")


def talkative() -> ModuleType:
    """A plugin that declares no network and uses one all the same."""

    @hookimpl
    def describe_channel() -> Channel:
        return replace(hub_pos.plugin.describe_channel(), name="talkative", title="Talkative")

    @hookimpl
    def check_account(account: Account[Any]) -> AccountCheck:  # Any: settings of the point of sale
        account.http.get("https://elsewhere.example/")
        return hub_pos.plugin.check_account(account)

    module = ModuleType("talkative")
    names = {**vars(hub_pos.plugin), "describe_channel": describe_channel, "check_account": check_account}
    vars(module).update(names)
    return module


def opened(client: Client, merchant: str, status: int = 201, **more: object) -> dict[str, Any]:  # Any: an answer
    answer = client.post(f"/v1/merchants/{merchant}/accounts", json={"plugin": "pos", "settings": STORE, **more})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()  # Any: an answer
    return found


def test_a_store_is_opened_and_no_import_begins(client: Client, merchant: str) -> None:
    made = opened(client, merchant)

    assert (made["import_id"], made["account"]["state"]) == (None, "active")
    assert made["account"]["name"] == "Toko Larasati"
    for kept in ("jobs", "imports", "listings", "products"):
        assert client.get(f"/v1/merchants/{merchant}/{kept}").json()["items"] == []


def test_an_import_that_somebody_asks_for_is_refused_with_the_reason(client: Client, merchant: str) -> None:
    account = opened(client, merchant)["account"]

    refused = client.post(f"/v1/merchants/{merchant}/accounts/{account['id']}/imports")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_supported")
    assert "cannot import items: the hub itself holds what is listed here" in refused.json()["detail"]
    assert client.get(f"/v1/merchants/{merchant}/jobs").json()["items"] == []


def test_a_store_lives_as_every_account_does(client: Client, merchant: str) -> None:
    account = opened(client, merchant)["account"]
    url = f"/v1/merchants/{merchant}/accounts/{account['id']}"
    etag = client.get(url).headers["etag"]

    renamed = client.patch(url, json={"settings": {"store_name": "Larasati & Co"}}, headers={"If-Match": etag})
    steps = [client.post(f"{url}/{step}").json()["state"] for step in ("check", "pause", "resume", "close")]

    assert renamed.json()["name"] == "Larasati & Co", renamed.text
    assert steps == ["active", "paused", "active", "closed"]


def test_the_same_store_is_not_opened_twice_and_another_merchant_may_use_its_code(
    runtime: Runtime, client: Client, merchant: str
) -> None:
    neighbour = a_merchant_with(runtime.channels, "pos", name="Toko Sebelah")
    opened(client, merchant)

    again = opened(client, merchant, status=409)
    branch = opened(client, merchant, settings={**STORE, "store_code": "BDG"})
    theirs = opened(client, neighbour)

    assert again["code"] == "already_connected"
    assert {branch["account"]["state"], theirs["account"]["state"]} == {"active"}


def test_the_sheet_says_why_there_is_no_network(client: Client) -> None:
    sheet = client.get("/v1/plugins/pos").json()["sheet"]

    assert sheet["offline"].startswith("a point of sale is the hub's own")
    assert sheet["lacks_papers"]["awb"] == "the hub's own label carries no courier's AWB"


def test_who_declares_no_network_gets_none(runtime: Runtime) -> None:
    channels = runtime.channels
    merchant = a_merchant_with(channels, "talkative")

    with pytest.raises(PluginBug, match=r"talks to no network and asked for elsewhere\.example"):
        open_store(channels, merchant, "talkative")


def open_store(channels: Channels, merchant: str, plugin: str) -> None:
    prove(channels, Wish(merchant_id=merchant, plugin=plugin, settings=STORE))


def test_what_talks_to_no_network_has_no_address_to_call_back(client: Client, merchant: str) -> None:
    account = opened(client, merchant)["account"]["id"]

    answer = client.get(f"/v1/merchants/{merchant}/accounts/{account}/callback")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_callbacks")
    assert "nobody calls back" in answer.json()["detail"]
