"""Row K-11: every system that the sources name works, or is expressible by a declaration alone."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from hub_hookspecs import ChannelSpec
from hub_hookspecs.admission import objections
from hub_hookspecs.testing import serve
from hub_pasar_my import plugin as pasar_my
from hub_pasar_my.sandbox import PasarMySandbox
from hub_tokopedia import plugin as tokopedia
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.plugins import jd_like, woo_like
from tests.world import Hub, Json, Merchant

pytestmark = pytest.mark.row("K-11")
HOOKS = tuple(name for name in vars(ChannelSpec) if not name.startswith("_"))
_seeds = itertools.count(os.getpid() % 1_000 * 1_000)


@pytest.fixture
def pasar() -> Iterator[PasarMySandbox]:
    """A shop at the test market in which an order of two waits; its couriers are quick."""
    sandbox = PasarMySandbox(seed=next(_seeds), size=0)
    sandbox.arranging = timedelta()
    sandbox.sell({sandbox.add("Baju Kurung", "BJK-M"): 2})
    with serve(sandbox):
        yield sandbox
    assert sandbox.exceptions == []


@pytest.mark.parametrize("system", ["tokopedia", "shopify", "pos", "fastock_my"])
def test_what_the_sources_name_first_is_installed_and_accepted(hub: Hub, system: str) -> None:
    listed = {plugin["name"]: plugin["refused"] for plugin in hub.call("GET", "/v1/plugins")["items"]}

    assert listed[system] == ""


@pytest.mark.parametrize(
    ("plugin", "of"), [(woo_like, pasar_my), (jd_like, tokopedia)], ids=["WooCommerce-like", "JD.ID-like"]
)
def test_the_other_two_only_declare(plugin: ModuleType, of: ModuleType) -> None:
    own = {name for name in HOOKS if hasattr(plugin, name) and getattr(plugin, name) is not getattr(of, name)}

    assert own == {"describe_channel"}
    assert list(objections(plugin)) == []


def test_a_channel_like_woocommerce_says_that_it_has_no_label_before_anything_is_sold(hub: Hub) -> None:
    sheet = hub.call("GET", "/v1/plugins/woo_like")["sheet"]

    assert sheet["lacks_papers"]["label_pdf"].startswith("no shipping label: ")
    assert sheet["lacks_papers"]["awb"].startswith("no AWB: ")
    assert sheet["supplies"] == []


def test_a_channel_like_woocommerce_sells_and_its_label_is_refused_with_that_reason(
    hub: Hub, pasar: PasarMySandbox
) -> None:
    merchant = hub.merchant("Kedai Woo", "woo_like")

    order = _sold(merchant, pasar, "woo_like")
    refused = merchant.call("POST", f"/orders/{order['id']}/label", status=409)

    assert refused["code"] == "not_supported"
    assert woo_like.NO_LABEL in refused["detail"]


def test_the_same_market_with_its_labels_gives_one_with_the_awb_of_its_courier(hub: Hub, pasar: PasarMySandbox) -> None:
    merchant = hub.merchant("Kedai Ayu", "pasar_my")

    order = _sold(merchant, pasar, "pasar_my")
    merchant.call("POST", f"/orders/{order['id']}/label", status=202)
    merchant.settles()
    printed = hub.api.get(f"/v1/merchants/{merchant.id}/orders/{order['id']}/label")

    (parcel,) = next(each for each in pasar.orders()).parcels.values()
    assert printed.content == parcel.label
    assert pasar.order(order["ref"]).awb == parcel.awb


def test_a_channel_like_jd_id_has_what_is_sold_out_or_inactive_imported(hub: Hub, shop: TokopediaSandbox) -> None:
    sheet = hub.call("GET", "/v1/plugins/jd_like")["sheet"]
    merchant = hub.merchant("Toko JD", "jd_like")
    shop.add("Habis", "HABIS", stock=0)
    shop.add("Tidak aktif", "MATI", status=3)

    merchant.connects(shop, "jd_like")

    assert (sheet["imports_inactive"], sheet["imports_sold_out"]) == (True, True)
    assert {listing["sku"] for listing in merchant.listings()} == {"HABIS", "MATI"}


def _sold(merchant: Merchant, pasar: PasarMySandbox, plugin: str) -> Json:
    """Connect the shop, link what it sells, and give the one order that waits there."""
    (house,) = merchant.all("/warehouses")
    merchant.call("PATCH", f"/warehouses/{house['id']}", {"address": {"lines": ["Lot 7"], "city": "Shah Alam"}})
    merchant.confirms(merchant.listing("BJK-M", merchant.connects(pasar, plugin)))
    merchant.settles()
    (order,) = merchant.all("/orders")
    return order
