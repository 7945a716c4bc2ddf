"""Rows P-01 to P-04, P-12, P-13, B-03, B-08, B-09: orders made at the point of sale out of the one stock."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pypdf
import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.acceptance.crosslisting.steps import lists_all, opens_a_point_of_sale
from tests.world import Hub, Json, Merchant


@dataclass(frozen=True)
class Till:
    """A merchant that sells one shirt in two shops of Tokopedia and at its own point of sale, out of ten."""

    merchant: Merchant
    shops: tuple[TokopediaSandbox, TokopediaSandbox]
    refs: tuple[int, int]
    account: Json
    product: Json

    def wish(self, units: int, source: str = "Instagram") -> Json:
        recipient = {"name": "Ibu Sari", "phone": "+62 812 0000", "lines": ["Jl. Melati 5"], "city": "Bandung"}
        line = {"product_id": self.product["id"], "quantity": units}
        return {"account_id": self.account["id"], "source": source, "recipient": recipient, "lines": [line]}

    def sells(self, units: int, source: str = "Instagram", **headers: str) -> Json:
        return self.merchant.call("POST", "/orders", self.wish(units, source), status=201, **headers)

    def label(self, order: Json) -> httpx.Response:
        """The label of an order as it is printed."""
        return self.merchant.hub.api.get(f"/v1/merchants/{self.merchant.id}/orders/{order['id']}/label")

    def labels(self, order: Json) -> bytes:
        """Ask for the label, wait for it, and print it."""
        self.merchant.call("POST", f"/orders/{order['id']}/label", status=202)
        self.merchant.settles()
        printed = self.label(order)
        assert printed.status_code == 200, printed.text
        return printed.content

    @property
    def available(self) -> int:
        (level,) = self.merchant.call("GET", f"/products/{self.product['id']}/stock")["items"]
        return int(level["available"])

    @property
    def shown(self) -> list[int]:
        """What the two shops show."""
        pairs = zip(self.shops, self.refs, strict=True)
        return [next(unit.stock for unit in shop.units() if unit.ref == ref) for shop, ref in pairs]


@pytest.fixture
def till(hub: Hub, market: Market) -> Till:
    merchant = hub.merchant("Toko Larasati", "tokopedia", "pos")
    shops = market(), market()
    refs = shops[0].add("Kaos Katun", "KAOS-M", stock=10), shops[1].add("Kaos Katun", "KAOS-M", stock=10)
    default = next(each for each in merchant.all("/warehouses") if each["is_default"])
    for shop in shops:
        account = merchant.connects(shop)
        mapping = [{"ref": account["places"][0]["ref"], "warehouses": [default["id"]]}]
        merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
        merchant.confirms(merchant.listing("KAOS-M", account))
    house = {"address": {"lines": ["Jl. Gudang 1"], "city": "Jakarta"}}
    merchant.call("PATCH", f"/warehouses/{default['id']}", house)
    account = opens_a_point_of_sale(merchant)
    lists_all(merchant, account)
    merchant.settles()
    (product,) = merchant.products()
    return Till(merchant, shops, refs, account, product)


@pytest.mark.row("P-01")
@pytest.mark.row("P-12")
def test_a_manual_order_is_kept_with_where_it_came_from_and_for_whom(till: Till) -> None:
    made = {source: till.sells(1, source) for source in ("Instagram", "Facebook", "WhatsApp")}

    read = {source: till.merchant.call("GET", f"/orders/{order['id']}") for source, order in made.items()}

    assert read == made
    assert {order["source"] for order in till.merchant.all("/orders")} == set(made)
    assert {(order["state"], order["recipient"]["name"]) for order in read.values()} == {("ready", "Ibu Sari")}
    created = till.merchant.all("/events?kind=order.created")
    assert {event["subject"]["id"] for event in created} == {order["id"] for order in made.values()}


@pytest.mark.row("P-02")
@pytest.mark.row("P-13")
def test_stock_falls_when_the_order_is_made_and_every_linked_channel_is_told(till: Till) -> None:
    before = (till.available, till.shown)

    till.sells(3)
    at_once = till.available
    till.merchant.settles()

    assert before == (10, [10, 10])
    assert at_once == 7
    assert till.shown == [7, 7]


@pytest.mark.row("P-13")
def test_the_same_order_sent_twice_takes_its_stock_once(till: Till) -> None:
    first, second = (till.sells(3, **{"Idempotency-Key": "instagram-417"}) for _ in range(2))
    till.merchant.settles()

    assert first == second
    assert (till.available, till.shown) == (7, [7, 7])


@pytest.mark.row("P-02")
def test_what_is_not_there_is_not_sold_and_nothing_is_half_done(till: Till) -> None:
    till.sells(8)

    refused = till.merchant.call("POST", "/orders", till.wish(3), status=409)
    till.merchant.settles()

    assert (refused["code"], refused["errors"][0]["message"]) == ("not_enough_stock", "KAOS-M: 3 wanted, 2 available")
    assert len(till.merchant.all("/orders")) == 1
    assert (till.available, till.shown) == (2, [2, 2])


@pytest.mark.row("P-04")
def test_an_item_that_is_not_listed_to_the_point_of_sale_cannot_be_ordered_there(till: Till) -> None:
    made = till.merchant.call("POST", "/products", {"sku": "TOPI", "name": "Topi rajut"}, status=201)
    line = {"product_id": made["id"], "quantity": 1}

    refused = till.merchant.call("POST", "/orders", till.wish(1) | {"lines": [line]}, status=422)

    assert (refused["code"], refused["errors"][0]["field"]) == ("not_listed", "lines[0].product_id")
    assert "cross-list the product there first" in refused["errors"][0]["message"]
    assert till.merchant.all("/orders") == []


@pytest.mark.row("P-02")
@pytest.mark.row("P-13")
def test_an_edited_order_moves_stock_by_the_difference_and_every_channel_hears_of_it(till: Till) -> None:
    made = till.sells(4)
    line = {"product_id": till.product["id"], "quantity": 6}

    edited = till.merchant.call("PATCH", f"/orders/{made['id']}", {"lines": [line]})
    till.merchant.settles()
    more = (till.available, till.shown)
    refused = till.merchant.call("PATCH", f"/orders/{made['id']}", {"lines": [line | {"quantity": 11}]}, status=409)
    till.merchant.call("PATCH", f"/orders/{made['id']}", {"lines": [line | {"quantity": 1}]})
    till.merchant.settles()

    assert (edited["lines"][0]["quantity"], more) == (6, (4, [4, 4]))
    assert refused["errors"][0]["message"] == "KAOS-M: 11 wanted, 10 available"
    assert (till.available, till.shown) == (9, [9, 9])


@pytest.mark.row("P-03")
@pytest.mark.row("B-08")
@pytest.mark.row("B-09")
def test_the_hub_makes_the_label_out_of_what_the_customer_said_and_prints_it_again_as_it_was(till: Till) -> None:
    order = till.sells(3)

    first = till.labels(order)
    asked_again = till.merchant.call("POST", f"/orders/{order['id']}/label", status=200)
    till.merchant.call("POST", f"/orders/{order['id']}/ship", {"courier": "JNE", "awb": "JNE-1"})
    again = till.label(order).content

    text = pypdf.PdfReader(io.BytesIO(first)).pages[0].extract_text()
    for told in ("Ibu Sari", "+62 812 0000", "Jl. Melati 5", "Bandung", "3 × KAOS-M", order["number"], "Jl. Gudang 1"):
        assert told in text
    assert again == first
    assert asked_again["digest"] == hashlib.sha256(first).hexdigest()
    assert (asked_again["job_id"], asked_again["made_at"] is None) == (None, False)


@pytest.mark.row("P-03")
def test_an_order_that_is_edited_gets_a_label_of_its_own_and_the_old_one_is_void(till: Till) -> None:
    order = till.sells(3)
    first = till.labels(order)
    moved = till.wish(3)["recipient"] | {"lines": ["Jl. Kenanga 12"]}

    till.merchant.call("PATCH", f"/orders/{order['id']}", {"recipient": moved})
    void = till.label(order)
    second = till.labels(order)

    assert (void.status_code, void.json()["code"]) == (409, "label_void")
    assert second != first
    assert "Jl. Kenanga 12" in pypdf.PdfReader(io.BytesIO(second)).pages[0].extract_text()


@pytest.mark.row("P-13")
def test_what_leaves_was_counted_when_it_was_ordered_and_no_channel_hears_of_it_again(till: Till) -> None:
    made = till.sells(4)
    till.merchant.settles()
    before = (till.available, till.shown)

    left = till.merchant.call("POST", f"/orders/{made['id']}/ship", {})
    till.merchant.call("POST", f"/orders/{made['id']}/ship", {})
    refused = till.merchant.call("POST", f"/orders/{made['id']}/cancel", status=409)
    till.merchant.settles()

    (level,) = till.merchant.call("GET", f"/products/{till.product['id']}/stock")["items"]
    assert (left["state"], refused["code"]) == ("shipped", "order_sent")
    assert (level["on_hand"], level["reserved"]) == (6, 0)
    assert (till.available, till.shown) == before == (6, [6, 6])


@pytest.mark.row("P-12")
def test_a_cancelled_order_gives_its_stock_back_and_the_channels_hear_of_it(till: Till) -> None:
    made = till.sells(4)
    till.merchant.settles()
    sold = till.shown

    cancelled = till.merchant.call("POST", f"/orders/{made['id']}/cancel")
    till.merchant.settles()

    assert (sold, cancelled["state"]) == ([6, 6], "cancelled")
    assert (till.available, till.shown) == (10, [10, 10])


@pytest.mark.row("P-02")
def test_what_a_marketplace_sells_the_point_of_sale_cannot_sell_again(till: Till) -> None:
    till.shops[0].sell(till.refs[0], 2)
    account = next(each for each in till.merchant.all("/accounts") if each["plugin"] == "tokopedia")
    done = till.merchant.call("POST", f"/accounts/{account['id']}/orders/import", status=202)
    till.merchant.settles()

    refused = till.merchant.call("POST", "/orders", till.wish(9), status=409)

    (order,) = till.merchant.all("/orders")
    assert till.merchant.call("GET", f"/jobs/{done['id']}")["state"] == "done"
    assert (order["account_id"], order["state"], order["source"]) == (account["id"], "ready", "")
    assert refused["errors"][0]["message"] == "KAOS-M: 9 wanted, 8 available"
    assert (till.available, till.shown) == (8, [8, 8])


@pytest.mark.row("B-03")
def test_of_many_who_want_the_last_units_at_once_just_as_many_get_one_as_there_are(till: Till) -> None:
    till.sells(7)
    path = f"/v1/merchants/{till.merchant.id}/orders"

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(till.merchant.hub.api.post, path, json=till.wish(1)) for _ in range(8)]
        answers = [each.result().status_code for each in asked]
    till.merchant.settles()

    assert sorted(answers) == [201] * 3 + [409] * 5
    assert (till.available, till.shown) == (0, [0, 0])
