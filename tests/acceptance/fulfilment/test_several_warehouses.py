"""Row B-22: an order whose goods lie in two warehouses is flagged, or each sends its part; nobody packs it as one."""

from __future__ import annotations

import pytest

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour, makes


@pytest.mark.row("B-22")
def test_an_order_from_two_warehouses_waits_until_it_may_be_split_and_then_each_sends_its_own(opens: Opens) -> None:
    harbour = opens(TEE=20)
    home = lies_at_home(harbour, "MUG", 5)

    order = harbour.sold(TEE=2, MUG=1)
    flagged = harbour.flags(order)
    unsent = [(each["push_status"], [wait["code"] for wait in each["waits"]]) for each in harbour.outbounds(order)]
    harbour.merchant.hub.call("PATCH", f"/v1/merchants/{harbour.merchant.id}", {"several_warehouses": "split"})
    harbour.works()

    sent = harbour.outbound(order)
    assert list(flagged) == ["several_warehouses"]
    assert all(status == "not_pushed" for status, _ in unsent)
    assert harbour.flags(order) == {}
    assert [(line["sku"], line["quantity"]) for line in sent["lines"]] == [("TEE", 2)]
    assert [(line.code, line.quantity) for line in harbour.there(sent).wish.lines] == [("TEE", 2)]
    lies = {each["sku"]: each["warehouse_id"] for each in harbour.order(order)["lines"]}
    assert lies == {"TEE": harbour.house, "MUG": home}


def lies_at_home(harbour: Harbour, sku: str, count: int) -> str:
    """So many of a product lie in the merchant's own warehouse and are on sale; gives that warehouse."""
    product = makes(harbour.merchant, sku)
    (home,) = [str(each["id"]) for each in harbour.merchant.all("/warehouses") if each["is_default"]]
    counted = {"warehouse_id": home, "reason": "counted", "lines": [{"product_id": product, "quantity": count}]}
    harbour.call("POST", "/stock/adjustments", counted, status=201)
    places = {"places": [{"ref": "", "warehouses": [harbour.house, home], "shared": True}]}
    harbour.call("PUT", f"/accounts/{harbour.store}/places", places)
    harbour.listed[sku] = harbour.pasar.add(f"Baju {sku}", sku, stock=count)
    harbour.merchant.imports({"id": harbour.store})
    harbour.merchant.confirms_all(account_id=harbour.store)
    harbour.works()
    return home
