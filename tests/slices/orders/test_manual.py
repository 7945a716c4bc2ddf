"""Orders that people make at a point of sale."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.orders.tables import order_line, sales_order
from hub.stock.rules.levels import Standing
from hub.stock.tables import reservation
from tests.slices.orders.till import Json, Till
from tests.slices.stock.goods import Goods

ABSENT = "01900000-0000-7000-8000-000000000000"


def kept(till: Till) -> int:
    with till.goods.database.reading() as db:
        counts = [sa.select(sa.func.count()).select_from(each) for each in (sales_order, order_line, reservation)]
        return sum(db.execute(each).scalar_one() for each in counts)


def test_an_order_takes_its_stock_when_it_is_made_and_is_kept_with_its_source(till: Till) -> None:
    price = {"amount": "75000", "currency": "IDR"}
    wish = till.wish(TEE=3, CAP=1)
    wish["lines"] = [line | {"unit_price": price} for line in wish["lines"]]

    answer = till.asks(wish | {"note": "gift"})

    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert (till.goods.standing("TEE"), till.goods.standing("CAP")) == (Standing(10, 3, 0), Standing(4, 1, 0))
    assert (made["source"], made["state"], made["note"], made["flags"]) == ("Instagram", "ready", "gift", [])
    assert (made["recipient"]["name"], made["recipient"]["city"]) == ("Ibu Sari", "Bandung")
    assert made["total"] == {"amount": "300000", "currency": "IDR"}
    assert [(line["sku"], line["quantity"], line["standing"]) for line in made["lines"]] == [
        ("TEE", 3, "reserved"), ("CAP", 1, "reserved"),
    ]  # fmt: skip
    read = till.get(f"/orders/{made['id']}")
    assert (read.json(), read.headers["etag"]) == (made, answer.headers["etag"])
    assert answer.headers["location"].endswith(f"/orders/{made['id']}")


def test_an_order_that_stock_does_not_suffice_for_is_refused_whole(till: Till) -> None:
    answer = till.asks(till.wish(TEE=3, CAP=5))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_stock")
    assert answer.json()["errors"] == [{"field": "lines[1].quantity", "message": "CAP: 5 wanted, 4 available"}]
    assert "CAP: 5 wanted, 4 available" in answer.json()["detail"]
    assert (till.goods.standing("TEE"), kept(till)) == (Standing(10, 0, 0), 0)
    assert till.get("/events?kind=order.created").json()["items"] == []


def test_two_lines_of_one_product_are_refused_by_their_sum(till: Till) -> None:
    wish = till.wish(CAP=3)
    wish["lines"] *= 2

    answer = till.asks(wish)

    assert answer.json()["errors"] == [{"field": "lines[1].quantity", "message": "CAP: 3 wanted, 1 available"}]
    assert kept(till) == 0


def test_a_product_of_which_no_stock_is_known_says_so(till: Till) -> None:
    till.goods.sells("NEW")
    till.lists("NEW")

    assert till.asks(till.wish(NEW=1)).json()["errors"][0]["message"] == (
        "NEW: 1 wanted, no stock is known of it yet"
    )  # fmt: skip


def test_only_what_is_listed_to_the_point_of_sale_can_be_ordered_there(till: Till) -> None:
    answer = till.asks(till.wish(TEE=1, MUG=1))

    assert (answer.status_code, answer.json()["code"]) == (422, "not_listed")
    assert answer.json()["errors"] == [
        {
            "field": "lines[1].product_id",
            "message": "is not listed to Tanah Abang: cross-list the product there first",
        }
    ]
    assert (till.goods.standing("TEE"), kept(till)) == (Standing(10, 0, 0), 0)


def test_a_line_may_name_the_listing_itself(till: Till) -> None:
    (found,) = till.get(f"/listings?sku=TEE&account_id={till.account}").json()["items"]

    answer = till.asks(till.wish() | {"lines": [{"listing_id": found["id"], "quantity": 2}]})

    assert answer.status_code == 201, answer.text
    assert till.goods.standing("TEE") == Standing(10, 2, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"lines": []}, "lines", id="no lines"),
        pytest.param({"source": " "}, "source", id="no source"),
        pytest.param({"recipient": {"name": ""}}, "recipient.name", id="nobody"),
        pytest.param({"lines": [{"quantity": 1}]}, "lines[0]", id="no product"),
        pytest.param({"lines": [{"quantity": 1, "product_id": "x"}]}, "lines[0].product_id", id="no id"),
        pytest.param({"lines": [{"quantity": 1, "product_id": ABSENT}]}, "lines[0].product_id", id="not there"),
        pytest.param({"lines": [{"quantity": 0, "product_id": ABSENT}]}, "lines[0].quantity", id="none of it"),
    ],
)
def test_a_wrong_order_names_the_field(till: Till, change: Json, field: str) -> None:
    answer = till.asks(till.wish(TEE=1) | change)

    assert answer.status_code == 422, answer.text
    assert field in [each["field"] for each in answer.json()["errors"]]
    assert kept(till) == 0


def test_the_same_request_twice_sells_once(till: Till) -> None:
    wish = till.wish(TEE=3)

    first, second = (till.asks(wish, **{"Idempotency-Key": "order-1"}) for _ in range(2))

    assert (first.status_code, second.content) == (201, first.content)
    assert till.goods.standing("TEE") == Standing(10, 3, 0)


def test_many_at_once_never_sell_more_than_there_is(till: Till) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: till.asks(till.wish(CAP=1, TEE=1)).status_code, range(10)))

    assert sorted(answers) == [201] * 4 + [409] * 6
    assert (till.goods.standing("CAP"), till.goods.standing("TEE")) == (Standing(4, 4, 0), Standing(10, 4, 0))


def test_a_cancelled_order_gives_its_stock_back_once(till: Till) -> None:
    made = till.sells(TEE=3)

    first, second = till.cancels(made), till.cancels(made)

    assert [each.status_code for each in (first, second)] == [200, 200]
    assert (first.json()["state"], second.json()) == ("cancelled", first.json())
    assert (first.json()["lines"][0]["quantity"], first.json()["lines"][0]["cancelled"]) == (0, 3)
    assert till.goods.standing("TEE") == Standing(10, 0, 0)
    (event,) = till.get("/events?kind=order.cancelled").json()["items"]
    assert (event["before"]["state"], event["after"]["state"], event["actor"]["kind"]) == ("ready", "cancelled", "key")


def test_an_order_that_changed_meanwhile_is_not_cancelled_by_what_was_read_before(till: Till) -> None:
    made = till.sells(TEE=3)
    tag = till.get(f"/orders/{made['id']}").headers["etag"]
    till.cancels(made)

    stale = till.cancels(made, **{"If-Match": tag})

    assert stale.status_code == 412


def test_orders_are_listed_the_newest_first_and_found_by_what_they_are(till: Till) -> None:
    first, second, third = (till.sells(TEE=1) for _ in range(3))
    till.cancels(second)

    pages = [till.get("/orders?limit=2").json()]
    pages.append(till.client.get(pages[0]["next"]).json())
    found = [
        [each["id"] for each in till.get(f"/orders?{query}").json()["items"]]
        for query in ("state=cancelled", f"q={first['number']}", f"account_id={ABSENT}", "flag=short", "state=ready")
    ]

    assert [each["id"] for page in pages for each in page["items"]] == [third["id"], second["id"], first["id"]]
    assert found == [[second["id"]], [first["id"]], [], [], [third["id"], first["id"]]]
    assert "recipient" not in pages[0]["items"][0]


def test_orders_of_another_merchant_are_no_orders(till: Till, database: Database) -> None:
    made = till.sells(TEE=1)
    other = Till(Goods(database), till.client)

    answers = [other.get(f"/orders/{made['id']}").status_code, other.cancels(made).status_code]

    assert answers == [404, 404]
    assert other.get("/orders").json()["items"] == []


def test_the_buyer_stands_nowhere_in_the_clear(till: Till) -> None:
    made = till.sells(TEE=1)

    with till.goods.database.reading() as db:
        row = db.execute(sa.select(sales_order).where(sales_order.c.id == made["id"])).mappings().one()
    events = till.get("/events").text

    assert not [word for word in ("Ibu Sari", "Melati", "812 0000") if word in f"{dict(row)}{events}"]


def test_a_point_of_sale_that_is_paused_or_switched_off_sells_nothing(till: Till) -> None:
    till.client.post(f"{till.address}/accounts/{till.account}/pause")
    paused = till.asks(till.wish(TEE=1))
    till.client.post(f"{till.address}/accounts/{till.account}/resume")
    till.client.put(f"{till.address}/plugins/pos", json={"enabled": False})
    disabled = till.asks(till.wish(TEE=1))

    assert [(each.status_code, each.json()["code"]) for each in (paused, disabled)] == [
        (409, "account_not_active"), (409, "plugin_disabled"),
    ]  # fmt: skip
    assert kept(till) == 0


def test_the_orders_of_a_channel_that_has_none_to_tell_cannot_be_imported(till: Till) -> None:
    refused = till.client.post(f"{till.address}/accounts/{till.account}/orders/import")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_supported")
    assert "its orders are entered in the hub by hand" in refused.json()["detail"]
