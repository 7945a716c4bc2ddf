"""Row K-03: what a plugin declares is shown, and one whose declaration is untrue is refused while the others work."""

from __future__ import annotations

import pytest
from hub_hookspecs import Capability
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Hub, Json, Merchant

pytestmark = pytest.mark.row("K-03")


def test_a_plugin_that_offers_what_it_does_not_implement_is_listed_as_refused_with_the_reason(hub: Hub) -> None:
    boastful = _plugins(hub)["boastful"]

    assert "push_stock" in boastful["refused"]
    assert (boastful["offers"], boastful["lacks"]) == ([], {})


def test_the_other_plugins_are_loaded_and_account_for_every_capability(hub: Hub) -> None:
    loaded = [plugin for plugin in _plugins(hub).values() if not plugin["refused"]]

    assert {plugin["name"] for plugin in loaded} >= {"tokopedia", "jd_like"}
    for plugin in loaded:
        assert sorted([*plugin["offers"], *plugin["lacks"]]) == sorted(Capability)
        assert all(reason.strip() for reason in plugin["lacks"].values())


def test_a_refused_plugin_cannot_be_enabled_or_looked_into_and_says_why(merchant: Merchant) -> None:
    for problem in (
        merchant.call("PUT", "/plugins/boastful", {"enabled": True}, status=409),
        merchant.hub.call("GET", "/v1/plugins/boastful", status=409),
    ):
        assert problem["code"] == "plugin_refused"
        assert "push_stock" in problem["detail"]

    assert merchant.call("GET", "/plugins/boastful")["enabled"] is False


@pytest.mark.parametrize("plugin", ["tokopedia", "jd_like"])
def test_a_refused_plugin_beside_them_does_not_keep_the_others_from_importing(
    hub: Hub, shop: TokopediaSandbox, plugin: str
) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M")
    merchant = hub.merchant("Toko Batik Ayu", plugin)

    merchant.connects(shop, plugin)

    assert [listing["sku"] for listing in merchant.listings()] == ["KPS-HTM-M"]


def test_a_plugin_that_is_not_installed_is_not_there(merchant: Merchant) -> None:
    assert merchant.hub.call("GET", "/v1/plugins/lazada", status=404)["code"] == "not_found"
    assert merchant.call("PUT", "/plugins/lazada", {"enabled": True}, status=404)["code"] == "not_found"


def _plugins(hub: Hub) -> dict[str, Json]:
    return {plugin["name"]: plugin for plugin in hub.call("GET", "/v1/plugins")["items"]}
