"""Rows K-04, F-19, F-24, F-28 to F-31, F-53 and F-58: who may be served is known before anything is sold."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.testing import Sandbox, serve
from hub_pasar_my.sandbox import PasarMySandbox

from tests.acceptance.conftest import Fair
from tests.world import Hub, Json, Merchant

_seeds = itertools.count(os.getpid() % 1_000 * 1_000 + 500)
SHOP = {"store_name": "Kedai", "country": "MY"}


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Kedai Ayu", "fastock_my", "pasar_my", "woo_like", "tokopedia", "shopify", "pos")


@pytest.fixture
def house(merchant: Merchant, warehouse: FastockSandbox) -> str:
    """The id of the merchant's warehouse at Fastock, which serves Malaysia."""
    merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01")
    (house,) = [each["id"] for each in merchant.all("/warehouses") if each["kind"] == "third_party"]
    return str(house)


@pytest.fixture
def pasar() -> Iterator[PasarMySandbox]:
    with ExitStack() as stack:
        sandbox = PasarMySandbox(seed=next(_seeds), size=0)
        stack.enter_context(serve(sandbox))
        yield sandbox


def joins(merchant: Merchant, plugin: str, settings: Json) -> str:
    wish = {"plugin": plugin, "settings": settings, "preconditions_confirmed": True, "import": False}
    return str(merchant.call("POST", "/accounts", wish, status=201)["account"]["id"])


def previewed(merchant: Merchant, account: str, house: str, **more: object) -> Json:
    """What stands against sending an order of this account from Fastock: reasons by code."""
    wish = {"account_id": account, "lines": [{"listing_ref": "TEE", "sku": "TEE"}], **more}
    (line,) = merchant.call("POST", "/routing/preview", wish)["lines"]
    (found,) = [each for each in line["candidates"] if each["warehouse_id"] == house]
    assert found["able"] == (not found["verdicts"])
    assert all(each["remedy"] for each in found["verdicts"])
    return {each["code"]: each["reason"] for each in found["verdicts"]}


def rules(merchant: Merchant, house: str) -> None:
    merchant.call("POST", "/shipping-rules", {"name": "Fastock", "warehouse_ids": [house]}, status=201)


@pytest.mark.row("K-04")
@pytest.mark.row("F-24")
@pytest.mark.row("F-28")
@pytest.mark.row("F-29")
@pytest.mark.row("F-30")
@pytest.mark.row("F-31")
def test_each_channel_is_judged_by_what_it_declares(
    merchant: Merchant, house: str, pasar: PasarMySandbox, fair: Fair
) -> None:
    rules(merchant, house)
    tokopedia, shopify = fair()
    sandboxes: dict[str, Sandbox] = {
        "pasar_my": pasar, "woo_like": pasar, "tokopedia": tokopedia.sandbox, "shopify": shopify.sandbox,
    }  # fmt: skip
    settings = {plugin: dict(sandbox.settings()) for plugin, sandbox in sandboxes.items()} | {"pos": SHOP}

    found = {
        plugin: previewed(merchant, joins(merchant, plugin, given), house) for plugin, given in settings.items()
    }  # fmt: skip

    assert found["pasar_my"] == {}
    assert found["woo_like"]["no_label"].startswith("no shipping label: WooCommerce")
    assert found["shopify"]["no_label"].startswith("no shipping label: Shopify")
    assert list(found["pos"]) == ["no_awb"]
    assert list(found["tokopedia"]) == ["country"]
    assert "sells in ID" in found["tokopedia"]["country"]
    assert "serves MY" in found["tokopedia"]["country"]


@pytest.mark.row("F-19")
@pytest.mark.row("F-53")
@pytest.mark.row("F-58")
def test_only_a_rule_that_matches_sends_from_fastock(merchant: Merchant, house: str, pasar: PasarMySandbox) -> None:
    account = joins(merchant, "pasar_my", dict(pasar.settings()))
    draft = {"name": "Fastock", "warehouse_ids": [house], "countries": ["MY"]}
    lines = [{"listing_ref": "TEE"}]
    (without,) = merchant.call("POST", "/routing/preview", {"account_id": account, "lines": lines})["lines"]
    assert [each for each in without["candidates"] if each["warehouse_id"] == house] == []

    rules(merchant, house)
    assert previewed(merchant, account, house) == {}
    assert previewed(merchant, account, house, country="MY", rules=[draft]) == {}
    wish = {"account_id": account, "lines": lines, "country": "SG", "rules": [draft]}
    (line,) = merchant.call("POST", "/routing/preview", wish)["lines"]

    assert [each["warehouse_id"] for each in line["candidates"] if each["able"] and each["warehouse_id"] == house] == []
