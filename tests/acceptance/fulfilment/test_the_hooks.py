"""Row K-02: what the eight hooks are for happens at a marketplace and a warehouse, because a merchant sells."""

from __future__ import annotations

import pytest
from hub_hookspecs import ChannelSpec

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import digest

SOURCED = {
    "import_items", "push_stock", "create_label", "push_product", "push_inbound", "push_outbound", "cancel_outbound",
    "sync_stock",
}  # fmt: skip


@pytest.mark.row("K-02")
def test_each_of_the_eight_hooks_is_reached_by_a_flow_of_the_host(opens: Opens) -> None:
    harbour = opens(TEE=20)
    declared = harbour.merchant.hub.runtime.channels.hosts.declared

    sent = harbour.outbound(harbour.sold(TEE=2))
    given_up = harbour.sold(TEE=1)
    harbour.pasar.cancel(harbour.order(given_up)["ref"])
    harbour.hears()
    sync = harbour.call("POST", f"/warehouses/{harbour.house}/syncs", status=202)
    harbour.works()

    (listed,) = harbour.merchant.all(f"/listings?account_id={harbour.store}")
    (parcel,) = harbour.at_market(sent["order_id"]).parcels.values()
    (inbound,) = harbour.fastock.inbounds().values()
    read = harbour.merchant.all(f"/warehouses/{harbour.house}/syncs/{sync['id']}/lines")
    seen = {
        "import_items": listed["ref"] == harbour.listed["TEE"],
        "push_stock": harbour.shown("TEE") == harbour.stock("TEE")[2] == 18,
        "create_label": digest(harbour.label(sent)) == digest(parcel.label),
        "push_product": harbour.fastock.shelf("TEE").good == 20,
        "push_inbound": {line.code: line.quantity for line in inbound.wish.lines} == {"TEE": 20},
        "push_outbound": {line.code: line.quantity for line in harbour.there(sent).wish.lines} == {"TEE": 2},
        "cancel_outbound": [each["state"] for each in harbour.outbounds(given_up)] == ["invalid"],
        "sync_stock": [(line["sku"], line["good"]) for line in read] == [("TEE", 20)],
    }
    assert seen == dict.fromkeys(SOURCED, True)
    for hook in SOURCED:
        assert hasattr(getattr(ChannelSpec, hook), "hub_spec"), f"{hook} is not specified"
        assert {name for name in ("pasar_my", "fastock_my") if hook in declared[name].offers}, f"nobody offers {hook}"
