"""Rules over the API, why a figure is what it is, and how many statements stock may cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.kernel.db import Database
from hub.stock.service import touching
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import Goods, statements

Json = dict[str, Any]  # Any: answers of the API


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        yield fair


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def rule_of(fair: Fair, kiosk: str, sku: str = "") -> str:
    address = f"/v1/merchants/{fair.goods.merchant}/accounts/{fair.accounts[kiosk]}"
    return f"{address}/stock-rules/{fair.goods.named[sku]}" if sku else f"{address}/stock-rule"


def why(client: Client, fair: Fair, kiosk: str, sku: str) -> Json:
    address = f"/v1/merchants/{fair.goods.merchant}/listings/{fair.listing(kiosk, sku)}"
    answer = client.get(f"{address}/stock")
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["items"]
    found: Json = one
    return found


def test_a_rule_is_put_over_what_was_read_and_told(client: Client, fair: Fair) -> None:
    fair.offers("north", TEE=10)
    read = client.get(rule_of(fair, "north"))

    put = client.put(
        rule_of(fair, "north"), json={"buffer": 2, "percent": 50}, headers={"If-Match": read.headers["etag"]}
    )
    late = client.put(rule_of(fair, "north"), json={"buffer": 9}, headers={"If-Match": read.headers["etag"]})
    fair.works()

    assert (put.status_code, late.status_code) == (200, 412)
    assert put.headers["etag"] == client.get(rule_of(fair, "north")).headers["etag"]
    assert fair.kiosks["north"].shown["TEE", ""] == 4
    (event,) = client.get(f"/v1/merchants/{fair.goods.merchant}/events?kind=stock.rule_changed").json()["items"]
    assert (event["before"]["buffer"], event["after"]["buffer"]) == (None, 2)


def test_the_rule_of_a_product_stands_alone_and_goes_with_its_last_limit(client: Client, fair: Fair) -> None:
    fair.offers("north", TEE=10, CAP=10)
    client.put(rule_of(fair, "north"), json={"buffer": 4})
    client.put(rule_of(fair, "north", "TEE"), json={"cap": 9})
    fair.works()
    ruled = dict(fair.kiosks["north"].shown)
    listed = client.get(rule_of(fair, "north").removesuffix("rule") + "rules?limit=1").json()

    client.put(rule_of(fair, "north", "TEE"), json={})
    fair.works()

    assert [ruled[sku, ""] for sku in ("TEE", "CAP")] == [9, 6]
    assert fair.kiosks["north"].shown["TEE", ""] == 6
    assert (listed["items"][0]["product_id"], listed["items"][0]["buffer"]) == (None, 4)
    assert client.get(listed["next"]).json()["items"] == []


def test_why_a_figure_is_what_it_is_is_one_answer(client: Client, fair: Fair) -> None:
    fair.offers("north", TEE=10)
    client.put(rule_of(fair, "north"), json={"cap": 8})
    due = why(client, fair, "north", "TEE")
    fair.works()
    told = why(client, fair, "north", "TEE")
    fair.goods.adjusts("TEE", 1)
    waiting = why(client, fair, "north", "TEE")

    assert (due["fresh"], due["offer"]["figure"], due["shown"], due["displayed"]) == (False, 8, None, 10)
    assert (told["fresh"], told["shown"], told["expected"], told["due"]) == (True, 8, 8, None)
    assert (told["offer"]["free"], told["offer"]["rule"]["cap"]) == (10, 8)
    assert [each["available"] for each in told["offer"]["sources"]] == [10]
    assert (told["behind_since"], told["behind"], told["remedy"]) == (None, None, "")
    assert waiting["behind"] == "awaits_worker"
    assert "8 offered: 10 of TEE on hand in " in told["text"]
    assert "that makes 10 free, the rule (cap 8) leaves 8. The channel confirmed 8 at" in told["text"]
    assert "last because a person adjusted stock. Behind because its figures wait for their turn." in waiting["text"]


def test_what_is_not_told_says_why(client: Client, fair: Fair) -> None:
    fair.joins("north")
    fair.lists("north", TEE=None)
    unlinked = why(client, fair, "north", "TEE")["why_not"]
    fair.confirms("north", "TEE")
    unknown = why(client, fair, "north", "TEE")["why_not"]
    fair.switches("north", enabled=False)

    assert "not linked" in unlinked
    assert "which is not zero" in unknown
    assert "switch" in why(client, fair, "north", "TEE")["why_not"]


def test_pushes_are_told_with_their_reason(client: Client, fair: Fair) -> None:
    fair.offers("north", TEE=10)
    fair.kiosks["north"].refused["TEE"] = "no such product"
    fair.goods.adjusts("TEE", 1)
    fair.works()

    address = f"/v1/merchants/{fair.goods.merchant}/listings/{fair.listing('north', 'TEE')}/pushes"
    (push,) = client.get(address).json()["items"]

    assert (push["quantity"], push["expected"], push["status"]) == (11, 10, "refused")
    assert push["reason"] == "no such product"
    assert push["cause"].startswith("adjustment:")
    refused = why(client, fair, "north", "TEE")
    assert (refused["behind"], refused["due"]) == ("refused", None)
    assert refused["text"].endswith("Behind because the channel refused the figure: no such product.")


@pytest.mark.parametrize("body", [{"percent": 101}, {"buffer": -1}, {"fix": 1}, {"cap": 2**31}])
def test_a_wrong_rule_is_refused(client: Client, fair: Fair, body: Json) -> None:
    fair.joins("north")

    assert client.put(rule_of(fair, "north"), json=body).status_code == 422


def test_touching_products_is_one_statement_and_one_for_the_jobs(fair: Fair) -> None:
    fair.offers("north", A=1, B=1, C=1)
    fair.offers("south", A=1, B=1, C=1)

    with statements(fair.database) as asked, fair.database.writing() as db:
        touching.touch(db, [fair.goods.named[sku] for sku in "ABC"], cause="test")

    assert len(asked) <= 3, asked
    assert len(fair.due()) == 6


def test_an_adjustment_over_the_api_is_a_dozen_statements(client: Client, fair: Fair) -> None:
    """With the idempotency, the audit trail and what becomes due; the API key is looked up besides."""
    fair.offers("north", TEE=10)
    line = {"product_id": fair.goods.named["TEE"], "quantity": 1}
    body = {"warehouse_id": fair.goods.named["main"], "lines": [line], "reason": "counted"}
    address = f"/v1/merchants/{fair.goods.merchant}/stock/adjustments"
    client.post(address, json=body)

    with statements(fair.database) as asked:
        answer = client.post(address, json=body, headers={"Idempotency-Key": "one"})

    assert answer.status_code == 201, answer.text
    asked = [each for each in asked if "FROM api_key" not in each]
    assert len(asked) <= 12, "\n".join(each.split("\n")[0] for each in asked)


def test_a_product_that_nobody_knows_the_stock_of_is_never_due(goods: Goods) -> None:
    goods.sells("TEE")
    with statements(goods.database) as asked, goods.database.writing() as db:
        touching.touch(db, [goods.named["TEE"]], cause="test")

    assert len(asked) == 1
