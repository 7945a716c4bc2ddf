"""The sandbox sets stock as Shopify does: all entries or none, each mistake by its code, each key once."""

from datetime import timedelta
from typing import Any

import pytest
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.sandbox.fields import gid
from hub_shopify.sandbox.records import Level

SET_STOCK = """
mutation S($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange item { id } location { id } } }
    userErrors { field message code }
  }
}
"""
Json = dict[str, Any]  # Any: JSON


def two(sandbox: ShopifySandbox) -> list[Level]:
    items = (one.inventory_item for one in sandbox.variants() if one.inventory_item.tracked)
    levels = [next(iter(item.levels.values())) for item in items if item.levels]
    return [level for level in levels if level.is_active][:2]


def entry(level: Level, quantity: int, before: int | None = None, **fields: object) -> Json:
    about = {"inventoryItemId": gid("InventoryItem", level.item.id), "locationId": gid("Location", level.location.id)}
    return {**about, "quantity": quantity, "changeFromQuantity": before, **fields}


def told(sandbox: ShopifySandbox, *entries: Json, key: str = "k", **call: object) -> Json:
    asked = {"name": "available", "reason": "correction", "quantities": list(entries), **call}
    answer: Json = sandbox.ask(SET_STOCK, key=key, input=asked)
    found: Json = answer["data"]["inventorySetQuantities"]
    return found


def codes(answer: Json) -> list[tuple[str, str]]:
    return [(".".join(error["field"] or ()), error["code"]) for error in answer["userErrors"]]


def shown(sandbox: ShopifySandbox, level: Level) -> int:
    return sandbox.available(level.item.variant.id, gid("Location", level.location.id))


def test_what_is_there_in_all_moves_along_with_what_may_be_sold() -> None:
    sandbox = ShopifySandbox(size=20)
    level, _ = two(sandbox)

    answer = told(sandbox, entry(level, level.available + 3, level.available))

    changes = answer["inventoryAdjustmentGroup"]["changes"]
    assert [(change["name"], change["delta"]) for change in changes] == [("available", 3), ("on_hand", 3)]
    assert {change["quantityAfterChange"] for change in changes} == {None}
    assert shown(sandbox, level) == level.available + 3


@pytest.mark.parametrize(
    ("spoiled", "wrong"),
    [
        ({"changeFromQuantity": 7777}, ("changeFromQuantity", "CHANGE_FROM_QUANTITY_STALE")),
        ({"inventoryItemId": gid("InventoryItem", 1)}, ("inventoryItemId", "INVALID_INVENTORY_ITEM")),
        ({"locationId": gid("Location", 1)}, ("locationId", "INVALID_LOCATION")),
        ({"quantity": 1_000_000_001}, ("quantity", "INVALID_QUANTITY_TOO_HIGH")),
        ({"quantity": -1_000_000_001}, ("quantity", "INVALID_QUANTITY_TOO_LOW")),
    ],
)
def test_one_bad_entry_is_named_and_holds_up_all(spoiled: Json, wrong: tuple[str, str]) -> None:
    sandbox = ShopifySandbox(size=20)
    first, second = two(sandbox)

    answer = told(sandbox, entry(first, 900), entry(second, 900) | spoiled)

    assert answer["inventoryAdjustmentGroup"] is None
    assert codes(answer) == [(f"input.quantities.1.{wrong[0]}", wrong[1])]
    assert shown(sandbox, first) == first.available


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ({"name": "committed"}, ("input.name", "INVALID_NAME")),
        ({"reason": "hub"}, ("input.reason", "INVALID_REASON")),
        ({"referenceDocumentUri": "push 1"}, ("input.referenceDocumentUri", "INVALID_REFERENCE_DOCUMENT")),
    ],
)
def test_a_call_that_is_wrong_as_a_whole_says_where(call: Json, wrong: tuple[str, str]) -> None:
    sandbox = ShopifySandbox(size=20)

    assert codes(told(sandbox, entry(two(sandbox)[0], 9), **call)) == [wrong]


def test_a_pair_stands_once_in_a_call() -> None:
    sandbox = ShopifySandbox(size=20)
    level, _ = two(sandbox)

    ((_, code),) = codes(told(sandbox, entry(level, 9), entry(level, 9)))

    assert code == "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"


def test_a_key_acts_once_a_day_and_stands_for_one_request() -> None:
    clock = SteppedClock()
    sandbox = ShopifySandbox(size=20, clock=clock)
    first, second = two(sandbox)

    once = told(sandbox, entry(first, 900))
    sandbox.stock(first.item.variant.id, 5, gid("Location", first.location.id))

    assert told(sandbox, entry(first, 900)) == once
    assert shown(sandbox, first) == 5
    assert codes(told(sandbox, entry(second, 900))) == [("", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")]
    assert codes(told(sandbox, entry(second, 1, 7777), key="failing")) != []
    assert codes(told(sandbox, entry(second, 1, 7777), key="failing")) == [("", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")]
    clock.advance(timedelta(hours=25))
    told(sandbox, entry(first, 900))
    assert shown(sandbox, first) == 900


def test_a_level_that_nobody_looked_at_is_refused_though_shopify_would_take_it() -> None:
    sandbox = ShopifySandbox(size=20)
    level, _ = two(sandbox)
    sandbox.change(level.item.variant.id, tracked=False)
    asked = {"name": "available", "reason": "correction", "quantities": [entry(level, 1)]}

    answer = sandbox.ask(SET_STOCK, key="k", input=asked)

    assert answer["errors"][0]["extensions"]["code"] == "SANDBOX_REFUSES"
