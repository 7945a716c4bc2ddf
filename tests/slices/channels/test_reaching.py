"""Reaching a channel over the host's own HTTP client: refused addresses, silent servers, no secret on record."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from hub_hookspecs import (
    Account,
    AccountCheck,
    ActionRequired,
    Capability,
    Channel,
    ChannelError,
    Item,
    Kind,
    Page,
    Paper,
    Secret,
    Temporary,
    Token,
    hookimpl,
)
from hub_hookspecs.testing import Sandbox, serve

from hub.channels import store
from hub.channels.host import load_hosts
from hub.channels.service import standing, wiring
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import account as account_table
from hub.channels.tables import token
from hub.kernel.api import problems
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from tests.servers import free_port
from tests.slices.channels.conftest import a_merchant_with, an_api, authorise, count
from tests.slices.channels.test_secrets import CANARY, dump

KEY = "canary-key-over-the-wire"


class StallSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stall that is reached by its address and a key."""

    address: str
    key: Secret


class Stall(Sandbox):
    """Answers who it is, and echoes what it was given as careless channels do."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("x-key") != KEY:
            return httpx.Response(403, json={"error": f"{request.headers.get('x-key')} may not"})
        return httpx.Response(200, json={"name": "Kios", "key": request.headers["x-key"]})

    def settings(self) -> dict[str, Any]:  # Any: what a person would type in
        return {"address": self.base_url, "key": KEY}


def a_stall(*, logs_in: bool = False) -> ModuleType:
    module = ModuleType("hub_stall")
    offers = frozenset({Capability.IMPORT_ITEMS})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name="stall",
            title="Stall",
            kind=Kind.MARKETPLACE,
            settings=StallSettings,
            offers=offers,
            lacks={each: "a stall only lists" for each in Capability if each not in offers},
            lacks_papers=dict.fromkeys(Paper, "a stall has none"),
            token_settings=("address", "key") if logs_in else (),
        )

    @hookimpl
    def authenticate(account: Account[StallSettings], old: Token | None) -> Token:
        account.http.get(f"{account.settings.address}/login").raise_for_status()
        return Token(value="canary-token-of-a-stall")

    @hookimpl
    def check_account(account: Account[StallSettings]) -> AccountCheck:
        answer = account.http.get(f"{account.settings.address}/me?key=x", headers={"x-key": account.settings.key})
        return AccountCheck(identity="kios", name=answer.raise_for_status().json()["name"])

    @hookimpl
    def import_items(account: Account[StallSettings], cursor: str) -> Iterator[Page[Item]]:
        yield Page(records=(), cursor="end")

    for hook in (describe_channel, check_account, import_items, *([authenticate] if logs_in else [])):
        setattr(module, hook.__name__, hook)
    return module


@pytest.fixture
def stalls(channels: Channels) -> Iterator[Channels]:
    http = ChannelHttp(channels.database, allow_loopback=True, deadline=1.0)
    yield replace(channels, hosts=load_hosts({"stall": a_stall()}), http=http)
    http.close()


def connect(channels: Channels, merchant: str, *, address: str, key: str = KEY) -> AccountRow:
    proof = prove(channels, Wish(merchant_id=merchant, plugin="stall", settings={"address": address, "key": key}))
    with channels.database.writing() as db:
        return bind(channels, db, proof, actor=CLI).account


def test_a_channel_is_reached_and_its_account_without_a_token_stands_for_itself(stalls: Channels) -> None:
    merchant = a_merchant_with(stalls, "stall")

    with serve(Stall()) as address:
        made = connect(stalls, merchant, address=address)

    assert (made.name, made.credentials) == ("Kios", made.id)
    assert count(stalls.database, token) == [0]


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        pytest.param("http://127.0.0.1:{port}", 503, "cannot reach", id="nobody is there"),
        pytest.param("http://10.1.2.3", 422, "10.1.2.3", id="a private address"),
        pytest.param("http://169.254.169.254", 422, "169.254.169.254", id="the cloud's own service"),
        pytest.param("file:///etc/passwd", 422, "", id="not the web"),
        pytest.param("nonsense", 422, "", id="no address at all"),
        pytest.param("http://[::1", 422, "", id="half an address"),
    ],
)
def test_an_address_that_cannot_or_must_not_be_reached_is_a_clear_problem_and_nothing_is_kept(
    stalls: Channels, address: str, status: int, reason: str
) -> None:
    merchant = a_merchant_with(stalls, "stall")

    with pytest.raises(ChannelError, match=reason) as caught:
        connect(stalls, merchant, address=address.format(port=free_port()))

    verdict = problems.judge(caught.value)
    assert (verdict.status, verdict.source) == (status, "channel")
    assert count(stalls.database, account_table) == [0]


def test_a_server_that_never_answers_is_given_up_after_its_deadline(stalls: Channels) -> None:
    merchant = a_merchant_with(stalls, "stall")
    stopped = threading.Event()

    class Silent(Stall):
        def handle(self, request: httpx.Request) -> httpx.Response:
            stopped.wait(20)
            return httpx.Response(200)

    with serve(Silent()) as address:
        with pytest.raises(Temporary) as caught:
            connect(stalls, merchant, address=address)
        stopped.set()

    assert problems.judge(caught.value).status == 503


@pytest.mark.parametrize("login", [0.0, 0.7], ids=["a quick log-in", "a slow one"])
def test_connecting_is_answered_in_time_however_long_the_log_in_took(
    stalls: Channels, monkeypatch: pytest.MonkeyPatch, login: float
) -> None:
    monkeypatch.setattr(wiring, "ANSWER", 1.0)
    http = ChannelHttp(stalls.database, allow_loopback=True)
    patient = replace(stalls, hosts=load_hosts({"stall": a_stall(logs_in=True)}), http=http)
    merchant, stopped, asked = a_merchant_with(patient, "stall"), threading.Event(), list[str]()

    class Slow(Stall):
        def handle(self, request: httpx.Request) -> httpx.Response:
            asked.append(request.url.path)
            stopped.wait(login if request.url.path == "/login" else 20)
            return httpx.Response(200, json={"name": "Kios"})

    with serve(Slow()) as address:
        began = time.monotonic()
        with pytest.raises(Temporary) as caught:
            connect(patient, merchant, address=address)
        took = time.monotonic() - began
        stopped.set()
    http.close()

    assert asked == ["/login", "/me"]
    assert 0.9 < took < 3
    assert problems.judge(caught.value).status == 503


def test_who_waits_for_a_token_that_somebody_else_renews_is_answered_in_time(
    channels: Channels, merchant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = authorise(channels, merchant)
    monkeypatch.setattr(wiring, "ANSWER", 0.3)
    with channels.database.writing() as db:
        row = store.tokens.token_of(db, shop.credentials)
        assert row is not None
        assert store.tokens.take_turn(db, row, holder="another", lease=timedelta(minutes=1))
        db.execute(sa.update(token).values(expires_at=row.obtained_at))

    began = time.monotonic()
    with pytest.raises(Temporary, match="another worker renews this token"):
        standing.ask_channel(channels, merchant, shop.id, actor=CLI)

    assert time.monotonic() - began < 3


def test_what_was_said_is_on_record_without_the_key_even_where_the_channel_echoes_it(
    database: Database, stalls: Channels
) -> None:
    merchant = a_merchant_with(stalls, "stall")

    with serve(Stall()) as address:
        with pytest.raises(ActionRequired, match="403") as caught:
            connect(stalls, merchant, address=address, key="canary-wrong-key")
        connect(stalls, merchant, address=address)

    kept = dump(database)
    assert "/me" in kept, "the control: the exchange is there"
    assert CANARY.findall(kept) == []
    assert CANARY.findall(str(caught.value)) == []


def test_the_last_exchanges_of_an_account_are_shown_the_newest_first_and_to_nobody_else(stalls: Channels) -> None:
    merchant, rival = a_merchant_with(stalls, "stall"), a_merchant_with(stalls, "stall", name="Toko Sebelah")

    with serve(Stall()) as address, an_api(stalls) as client:
        account = connect(stalls, merchant, address=address)
        url = f"/v1/merchants/{merchant}/accounts/{account.id}"
        rotated = client.patch(url, json={"settings": {"key": "canary-wrong-key"}})
        shown = client.get(f"{url}/exchanges")
        theirs = client.get(f"{url.replace(merchant, rival)}/exchanges")

    refused, proven = shown.json()["items"]
    assert rotated.status_code == 422
    assert [(each["method"], each["status"], each["failed"]) for each in (refused, proven)] == [
        ("GET", 403, True),
        ("GET", 200, False),
    ]
    assert refused["url"].startswith(f"{address}/me?")
    assert "may not" in refused["answer"]
    assert CANARY.findall(shown.text) == []
    assert theirs.status_code == 404
