"""Manual orders by the API: labels of the point of sale, and orders that leave, beside what else is done to them."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import httpx
import hub_pos.label
import pypdf
import pytest
from hub_hookspecs import Shipment
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from hub.kernel.jobs import LANES, Runner
from hub.stock.rules.levels import Standing
from tests.callers import a_key, an_app, calling
from tests.plugins.depot import drawn
from tests.slices.orders.till import RECIPIENT, Json, Till, a_till

HOUSE = {"lines": ["Jl. Gudang 1"], "city": "Jakarta"}
ABSENT = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def till(platform: TestClient[Litestar], database: Database) -> Till:
    return a_till(platform, database)


def has_a_house(till: Till) -> None:
    (house,) = till.get("/warehouses").json()["items"]
    answer = till.client.patch(f"{till.address}/warehouses/{house['id']}", json={"address": HOUSE})
    assert answer.status_code == 200, answer.text


def works(app: Litestar) -> None:
    for lane in LANES:
        Runner(app.state["runtime"].work).run_lane(lane)


def asks(till: Till, order: Json) -> httpx.Response:
    return till.client.post(f"{till.address}/orders/{order['id']}/label")


def prints(till: Till, order: Json) -> httpx.Response:
    return till.get(f"/orders/{order['id']}/label")


def ships(till: Till, order: Json, body: Json | None = None, headers: Json | None = None) -> httpx.Response:
    return till.client.post(f"{till.address}/orders/{order['id']}/ship", json=body or {}, headers=headers)


def labelled(till: Till, app: Litestar, order: Json) -> bytes:
    assert asks(till, order).status_code == 202
    works(app)
    found = prints(till, order)
    assert found.status_code == 200, found.text
    return found.content


def test_a_label_names_who_sends_it_to_whom_with_what(till: Till, app: Litestar) -> None:
    has_a_house(till)
    order = till.sells(TEE=3)

    asked = asks(till, order)
    works(app)

    printed, again = prints(till, order), asks(till, order)
    text = pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    assert (asked.status_code, asked.json()["digest"], asked.json()["made_at"]) == (202, None, None)
    assert till.get(f"/jobs/{asked.json()['job_id']}").json()["state"] == "done"
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    for told in ("Tanah Abang", "Jl. Gudang 1", "Ibu Sari", "Jl. Melati 5", "Bandung", "3 × TEE", order["number"]):
        assert told in text
    assert (again.status_code, again.json()["job_id"], len(again.json()["digest"])) == (200, None, 64)
    kinds = [event["kind"] for event in till.get("/events").json()["items"] if event["kind"].startswith("label.")]
    assert kinds == ["label.made", "label.requested"]


def test_a_label_is_the_same_after_a_restart_and_an_upgrade(
    till: Till, app: Litestar, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_a_house(till)
    order = till.sells(TEE=3)
    first = labelled(till, app, order)

    def otherwise(shipment: Shipment) -> bytes:
        return drawn("as a later release draws it")

    monkeypatch.setattr(hub_pos.label, "draw", otherwise)
    with an_app(database) as restarted, calling(restarted, a_key(database)) as client:
        till.client = client
        again = asks(till, order)
        works(restarted)
        printed = prints(till, order).content
        other = labelled(till, restarted, till.sells(TEE=1))

    assert (again.status_code, printed) == (200, first)
    assert other == drawn("as a later release draws it")


def test_a_label_without_addresses_is_refused_with_each_that_is_missing(till: Till) -> None:
    wish = till.wish(TEE=1) | {"recipient": {"name": "Ibu Sari"}}
    order = till.asks(wish).json()

    refused = asks(till, order)

    (house,) = till.get("/warehouses").json()["items"]
    assert (refused.status_code, refused.json()["code"]) == (409, "address_incomplete")
    assert [each["field"] for each in refused.json()["errors"]] == [
        "recipient.lines", "recipient.city", f"warehouses[{house['id']}].address.lines",
        f"warehouses[{house['id']}].address.city",
    ]  # fmt: skip
    assert prints(till, order).status_code == 404


def test_an_order_that_is_edited_needs_a_new_label(till: Till, app: Litestar) -> None:
    has_a_house(till)
    order = till.sells(TEE=3)
    first = labelled(till, app, order)

    till.edits(order, note="ring twice")
    noted = prints(till, order).content
    till.edits(order, recipient=RECIPIENT | {"lines": ["Jl. Kenanga 12"]})
    void = prints(till, order)
    second = labelled(till, app, order)

    assert noted == first
    assert (void.status_code, void.json()["code"]) == (409, "label_void")
    assert "Jl. Kenanga 12" in pypdf.PdfReader(io.BytesIO(second)).pages[0].extract_text()


def test_a_manual_order_leaves_once_and_stays_gone(till: Till, app: Litestar) -> None:
    order = till.sells(TEE=3)

    first = ships(till, order, {"courier": "JNE"})
    second = ships(till, order, {"awb": "JNE-1"})
    works(app)

    (parcel,) = till.get(f"/orders/{order['id']}/parcels").json()["items"]
    assert (first.status_code, first.json()["state"], first.json()["awb"]) == (200, "shipped", ""), first.text
    assert (second.json()["courier"], second.json()["awb"]) == ("JNE", "JNE-1")
    assert (parcel["awb"], parcel["left_at"], parcel["confirmation"]) == ("JNE-1", first.json()["left_at"], "nobody")
    assert till.goods.standing("TEE") == Standing(7, 0, 0)
    refused = [till.cancels(order), till.edits(order, note="late")]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "order_sent")] * 2
    event, *_ = till.get("/events?kind=order.shipped").json()["items"]
    assert (event["before"]["state"], event["after"]["state"]) == ("ready", "shipped")


def test_what_was_read_before_and_what_was_sent_before_is_held_against_it(till: Till) -> None:
    order = till.sells(TEE=3)
    tag = till.get(f"/orders/{order['id']}").headers["etag"]
    till.edits(order, note="first")

    stale = ships(till, order, headers={"If-Match": tag})
    first, again = (ships(till, order, headers={"Idempotency-Key": "ship-1"}) for _ in range(2))

    assert (stale.status_code, first.status_code, again.content) == (412, 200, first.content)
    assert till.goods.standing("TEE") == Standing(7, 0, 0)


def test_a_wrong_sending_names_the_field_and_an_absent_order_is_absent(till: Till) -> None:
    order = till.sells(TEE=1)

    wrong = ships(till, order, {"awb": "×" * 3})
    absent = [ships(till, {"id": ABSENT}), asks(till, {"id": ABSENT}), prints(till, {"id": ABSENT})]

    assert (wrong.status_code, [each["field"] for each in wrong.json()["errors"]]) == (422, ["awb"])
    assert [each.status_code for each in absent] == [404, 404, 404]
    assert till.get(f"/orders/{ABSENT}/parcels").status_code == 404


def test_shipping_beside_edits_and_a_cancel_ends_as_one_after_the_other_would(till: Till) -> None:
    units = cycle([5, 1, 4])
    left = 10
    for _ in range(3):
        order = till.sells(TEE=2)
        lines = till.lines(TEE=next(units))
        with ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(ships, till, order) for _ in range(2)]
            others = [pool.submit(till.edits, order, lines=lines), pool.submit(till.cancels, order)]
            codes = {each.result().status_code for each in [*sent, *others]}
        now = till.get(f"/orders/{order['id']}").json()
        wanted = sum(line["quantity"] for line in now["lines"])
        left -= wanted

        assert codes <= {200, 409}
        assert (now["state"], wanted > 0) in (("shipped", True), ("cancelled", False))
        assert till.goods.standing("TEE") == Standing(left, 0, 0)
        if left < 10:
            till.goods.adjusts("TEE", 10 - left)
        left = 10
