"""Rules, previews and choices in the API: each field that cannot be is named, and a preview keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest

from hub.kernel.ids import new_id
from tests.slices.orders.till import Till

Json = dict[str, Any]  # Any: answers of the API


@pytest.fixture
def shop(till: Till) -> Till:
    """Five of TEE lie in the merchant's first warehouse, and three in `annex`."""
    till.goods.builds("annex")
    till.goods.adjusts("TEE", 3, at="annex")
    return till


def called(
    till: Till, method: str, path: str, body: Json | None = None, *, status: int = 200, match: str = ""
) -> Json:  # fmt: skip
    headers = {"If-Match": match} if match else {}
    answer = till.client.request(method, f"{till.address}{path}", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def a_rule(till: Till, *warehouses: str, **fields: Any) -> Json:  # Any: fields of a rule
    ids = [till.goods.named[each] for each in warehouses]
    return called(till, "POST", "/shipping-rules", {"name": "r", "warehouse_ids": ids, **fields}, status=201)


def test_a_rule_is_made_changed_moved_and_taken_away(shop: Till) -> None:
    first = a_rule(shop, "main", skus=["TEE*"], countries=["ID"], otherwise="stop")
    second = a_rule(shop, "annex", position=0)

    listed = called(shop, "GET", "/shipping-rules")["items"]
    assert [(each["id"], each["position"]) for each in listed] == [(second["id"], 0), (first["id"], 1)]
    moved = called(shop, "PATCH", f"/shipping-rules/{first['id']}", {"position": 0, "skus": []})
    assert (moved["position"], moved["skus"], moved["countries"], moved["otherwise"]) == (0, [], ["ID"], "stop")
    left = called(shop, "DELETE", f"/shipping-rules/{first['id']}")["items"]
    assert [(each["id"], each["position"]) for each in left] == [(second["id"], 0)]
    called(shop, "GET", f"/shipping-rules/{first['id']}", status=404)


def test_a_rule_that_was_changed_meanwhile_is_not_changed_again(shop: Till) -> None:
    made = shop.client.post(
        f"{shop.address}/shipping-rules", json={"name": "r", "warehouse_ids": [shop.goods.named["main"]]}
    )
    path, stale = f"/shipping-rules/{made.json()['id']}", made.headers["etag"]
    called(shop, "PATCH", path, {"name": "other"}, match=stale)

    called(shop, "PATCH", path, {"name": "third"}, status=412, match=stale)


def test_a_rule_that_names_what_there_is_not_says_where(shop: Till) -> None:
    wish = {
        "name": "r", "warehouse_ids": [new_id(), shop.goods.named["main"]], "account_ids": [shop.account, new_id()],
        "countries": ["ID", "XX"], "skus": ["TEE*", "T*E"],
    }  # fmt: skip

    answer = called(shop, "POST", "/shipping-rules", wish, status=422)

    assert [each["field"] for each in answer["errors"]] == [
        "countries[1]", "skus[1]", "warehouse_ids[0]", "account_ids[1]",
    ]  # fmt: skip
    assert called(shop, "GET", "/shipping-rules")["items"] == []


def test_rules_and_orders_of_others_are_not_there(shop: Till) -> None:
    order = shop.sells(TEE=1)

    called(shop, "GET", f"/shipping-rules/{new_id()}", status=404)
    called(shop, "GET", f"/orders/{new_id()}/routing", status=404)
    answer = called(shop, "POST", f"/orders/{order['id']}/warehouse", {"warehouse_id": new_id()}, status=422)
    assert answer["errors"][0]["field"] == "warehouse_id"
    wish = {"warehouse_id": shop.goods.named["annex"], "line_ids": [new_id()]}
    answer = called(shop, "POST", f"/orders/{order['id']}/warehouse", wish, status=422)
    assert answer["errors"][0]["field"] == "line_ids[0]"


def test_an_order_is_sent_from_where_a_person_chooses(shop: Till) -> None:
    order = shop.sells(TEE=2)
    annex = shop.goods.named["annex"]
    assert [each["warehouse_id"] for each in order["lines"]] == [shop.goods.named["main"]]

    now = called(shop, "POST", f"/orders/{order['id']}/warehouse", {"warehouse_id": annex})

    assert [(each["warehouse_id"], each["chosen_warehouse_id"]) for each in now["lines"]] == [(annex, annex)]
    assert now["warehouse_id"] == annex
    assert (shop.goods.standing("TEE"), shop.goods.standing("TEE", at="annex")) == ((10, 0, 0), (3, 2, 0))


def test_a_warehouse_that_has_not_enough_is_refused_and_nothing_moves(shop: Till) -> None:
    order = shop.sells(TEE=4)

    wish = {"warehouse_id": shop.goods.named["annex"]}
    answer = called(shop, "POST", f"/orders/{order['id']}/warehouse", wish, status=409)

    assert answer["code"] == "not_enough_stock"
    assert shop.goods.standing("TEE") == (10, 4, 0)


def test_how_an_order_is_routed_can_be_looked_at(shop: Till) -> None:
    a_rule(shop, "annex", skus=["TEE"], otherwise="stop")
    order = shop.sells(TEE=2)

    found = called(shop, "GET", f"/orders/{order['id']}/routing")

    (line,) = found["lines"]
    assert (found["held_back"], found["verdicts"]) == ("", [])
    assert (line["rules"], line["warehouse_id"]) == (["r"], shop.goods.named["annex"])
    assert [(each["name"], each["able"]) for each in line["candidates"]] == [
        ("annex", True), ("Main warehouse", False),
    ]  # fmt: skip
    assert [each["code"] for each in line["candidates"][1]["verdicts"]] == ["no_rule"]


def test_a_preview_says_what_other_rules_would_do_and_keeps_nothing(shop: Till) -> None:
    a_rule(shop, "main", otherwise="stop")
    draft = {"name": "draft", "warehouse_ids": [shop.goods.named["annex"]], "countries": ["MY"]}
    wish = {"account_id": shop.account, "lines": [{"listing_ref": "TEE", "sku": "TEE", "quantity": 2}]}
    before = (called(shop, "GET", "/orders"), called(shop, "GET", "/jobs"), shop.goods.standing("TEE"))

    as_it_is = called(shop, "POST", "/routing/preview", wish)
    by_draft = called(shop, "POST", "/routing/preview", {**wish, "country": "MY", "rules": [draft]})
    elsewhere = called(shop, "POST", "/routing/preview", {**wish, "country": "SG", "rules": [draft]})

    main, annex = shop.goods.named["main"], shop.goods.named["annex"]
    assert [each["lines"][0]["would_come_from"] for each in (as_it_is, by_draft, elsewhere)] == [main, annex, main]
    assert [each["lines"][0]["rules"] for each in (as_it_is, by_draft, elsewhere)] == [["r"], ["draft"], []]
    assert (called(shop, "GET", "/orders"), called(shop, "GET", "/jobs"), shop.goods.standing("TEE")) == before


def test_a_preview_names_what_cannot_be(shop: Till) -> None:
    wish = {"account_id": new_id(), "lines": [{"listing_ref": "TEE"}]}
    answer = called(shop, "POST", "/routing/preview", wish, status=422)
    assert answer["errors"][0]["field"] == "account_id"

    rules = [{"name": "r", "warehouse_ids": [new_id()]}]
    answer = called(shop, "POST", "/routing/preview", {**wish, "account_id": shop.account, "rules": rules}, status=422)
    assert answer["errors"][0]["field"] == "rules[0].warehouse_ids[0]"


def test_what_becomes_of_orders_from_several_warehouses_is_the_merchants_to_say(shop: Till) -> None:
    assert called(shop, "GET", "")["several_warehouses"] == "flag"

    assert called(shop, "PATCH", "", {"several_warehouses": "split"})["several_warehouses"] == "split"
    called(shop, "PATCH", "", {"several_warehouses": "burn"}, status=422)
