"""Manual orders that are edited before they leave: stock moves by just the difference, or nothing changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.orders.tables import sales_order
from hub.stock.rules.levels import Standing
from tests.slices.orders.till import RECIPIENT, Json, Till

IDR = {"amount": "75000", "currency": "IDR"}


def stock(till: Till) -> tuple[int, int]:
    """How many shirts and caps are reserved."""
    tee, cap = till.goods.standing("TEE"), till.goods.standing("CAP")
    assert tee is not None
    assert cap is not None
    return tee.reserved, cap.reserved


def wanted(order: Json) -> list[tuple[str, int]]:
    return [(line["sku"], line["quantity"]) for line in order["lines"] if line["quantity"]]


def sent(till: Till, order: Json) -> None:
    with till.goods.database.writing() as db:
        db.execute(sa.update(sales_order).where(sales_order.c.id == order["id"]).values(state="shipped"))


@pytest.mark.parametrize(
    ("after", "reserved"),
    [
        pytest.param({"TEE": 5, "CAP": 1}, (5, 1), id="more"),
        pytest.param({"TEE": 1, "CAP": 1}, (1, 1), id="fewer"),
        pytest.param({"CAP": 1}, (0, 1), id="one line less"),
        pytest.param({"TEE": 10}, (10, 0), id="all there is, instead"),
        pytest.param({"CAP": 4, "TEE": 3}, (3, 4), id="in another order"),
    ],
)
def test_stock_moves_by_just_the_difference(till: Till, after: dict[str, int], reserved: tuple[int, int]) -> None:
    made = till.sells(TEE=3, CAP=1)

    answer = till.edits(made, lines=till.lines(**after))

    assert answer.status_code == 200, answer.text
    assert wanted(answer.json()) == list(after.items())
    assert stock(till) == reserved
    assert {line["standing"] for line in answer.json()["lines"] if line["quantity"]} == {"reserved"}
    assert till.get(f"/orders/{made['id']}").json() == answer.json()


def test_what_is_given_up_can_be_wanted_again_and_its_line_is_the_same(till: Till) -> None:
    made = till.sells(TEE=3, CAP=1)
    till.edits(made, lines=till.lines(CAP=1))

    again = till.edits(made, lines=till.lines(CAP=1, TEE=2)).json()

    assert stock(till) == (2, 1)
    assert {line["id"] for line in again["lines"]} == {line["id"] for line in made["lines"]}
    assert [(line["sku"], line["quantity"], line["cancelled"]) for line in again["lines"]] == [
        ("CAP", 1, 0), ("TEE", 2, 1),
    ]  # fmt: skip


def test_of_a_line_that_is_lowered_and_raised_again_nothing_is_given_up(till: Till) -> None:
    made = till.sells(TEE=3)
    fewer = till.edits(made, lines=till.lines(TEE=1)).json()

    again = till.edits(made, lines=till.lines(TEE=3)).json()
    more = till.edits(made, lines=till.lines(TEE=4)).json()

    shown = [(line["quantity"], line["cancelled"]) for each in (fewer, again, more) for line in each["lines"]]
    assert shown == [(1, 2), (3, 0), (4, 0)]
    assert stock(till) == (4, 0)


def moved(till: Till) -> Json:
    """An order of two shirts whose listing sells mugs by now, of which there is one."""
    made = till.sells(TEE=2, CAP=1)
    till.goods.adjusts("MUG", -8)
    found = sa.select(listing.c.id).where(listing.c.ref == "TEE", listing.c.account_id == till.account)
    with till.goods.database.reading() as db:
        listing_id = db.execute(found).scalar_one()
    answer = till.client.post(
        f"{till.address}/listings/{listing_id}/link", json={"product_id": till.goods.named["MUG"]}
    )
    assert answer.status_code == 200, answer.text
    return made


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"note": "ring twice"}, id="a note"),
        pytest.param({"recipient": RECIPIENT | {"city": "Cimahi"}}, id="a recipient"),
        pytest.param({"lines": {"TEE": 2, "CAP": 3}}, id="more of another line"),
    ],
)
def test_what_an_edit_leaves_as_it_is_may_lack_what_it_lacked(till: Till, change: Json) -> None:
    made = moved(till)
    given = change | ({"lines": till.lines(**change["lines"])} if "lines" in change else {})

    answer = till.edits(made, **given)

    assert answer.status_code == 200, answer.text
    assert [flag["code"] for flag in answer.json()["flags"]] == ["short"]
    assert stock(till) == (2, 3 if "lines" in change else 1)


def test_more_of_a_line_whose_listing_sells_something_short_by_now_is_refused(till: Till) -> None:
    made = moved(till)

    refused = till.edits(made, lines=till.lines(TEE=3, CAP=1))

    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_stock")
    assert [each["field"] for each in refused.json()["errors"]] == ["lines[0].quantity"]
    assert stock(till) == (2, 1)


def test_an_edit_that_stock_does_not_suffice_for_changes_nothing(till: Till) -> None:
    made = till.sells(TEE=3, CAP=1)

    refused = till.edits(made, lines=till.lines(TEE=4, CAP=5), note="urgent")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_stock")
    assert refused.json()["errors"] == [{"field": "lines[1].quantity", "message": "CAP: 5 wanted, 4 available"}]
    assert till.get(f"/orders/{made['id']}").json() == made
    assert stock(till) == (3, 1)
    assert till.get("/events?kind=order.edited").json()["items"] == []


def test_the_same_edit_twice_changes_nothing_more(till: Till) -> None:
    made = till.sells(TEE=3)
    change = {"lines": till.lines(TEE=2, CAP=2), "note": "gift"}

    first, second = till.edits(made, **change), till.edits(made, **change)

    assert (first.json(), first.headers["etag"]) == (second.json(), second.headers["etag"])
    assert stock(till) == (2, 2)
    (event,) = till.get("/events?kind=order.edited").json()["items"]
    assert [line["quantity"] for line in event["before"]["lines"]] == [3]
    assert [line["quantity"] for line in event["after"]["lines"]] == [2, 2]


def test_whom_it_is_for_and_where_it_came_from_change_without_a_word_of_it_in_the_audit(till: Till) -> None:
    made = till.sells(TEE=3)
    moved = RECIPIENT | {"lines": ["Jl. Kenanga 12"], "city": "Cimahi"}

    answer = till.edits(made, recipient=moved, source="WhatsApp", note="ring twice").json()

    assert (answer["recipient"]["city"], answer["source"], answer["note"]) == ("Cimahi", "WhatsApp", "ring twice")
    assert answer["lines"] == made["lines"]
    told = till.get("/events").text
    assert "order.buyer_changed" in told
    assert not [secret for secret in ("Kenanga", "Cimahi", "ring twice", "Ibu Sari") if secret in told]


def test_a_price_that_is_not_named_stays_and_the_total_follows_the_lines(till: Till) -> None:
    wish = till.wish(TEE=3, CAP=1)
    wish["lines"] = [line | {"unit_price": IDR} for line in wish["lines"]]
    made = till.asks(wish).json()

    fewer = till.edits(made, lines=till.lines(TEE=1)).json()
    dearer = till.edits(made, lines=[till.lines(TEE=1)[0] | {"unit_price": IDR | {"amount": "80000"}}]).json()

    assert (made["total"]["amount"], fewer["total"]["amount"], dearer["total"]["amount"]) == (
        "300000", "75000", "80000",
    )  # fmt: skip


def test_only_what_is_listed_can_come_in_and_what_is_there_already_may_stay(till: Till) -> None:
    made = till.sells(TEE=3)
    with till.goods.database.writing() as db:
        db.execute(sa.update(listing).where(listing.c.ref == "TEE").values(state="ignored", product_id=None))

    fewer = till.edits(made, lines=till.lines(TEE=2, CAP=1))
    refused = till.edits(made, lines=till.lines(TEE=2, MUG=1))

    assert (fewer.status_code, stock(till)) == (200, (2, 1)), fewer.text
    assert (refused.status_code, refused.json()["code"]) == (422, "not_listed")
    assert [each["field"] for each in refused.json()["errors"]] == ["lines[1].product_id"]


def test_two_lines_of_one_product_stay_two(till: Till) -> None:
    wish = till.wish(TEE=2)
    wish["lines"] *= 2
    made = till.asks(wish).json()

    answer = till.edits(made, lines=till.lines(TEE=1) + till.lines(TEE=4)).json()

    assert [(line["id"], line["quantity"]) for line in answer["lines"]] == [
        (made["lines"][0]["id"], 1), (made["lines"][1]["id"], 4),
    ]  # fmt: skip
    assert stock(till) == (5, 0)


def test_an_order_that_has_left_or_is_cancelled_is_not_edited(till: Till) -> None:
    cancelled, left = till.sells(TEE=1), till.sells(TEE=1)
    till.cancels(cancelled)
    sent(till, left)

    answers = [till.edits(order, note="late") for order in (cancelled, left)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "order_cancelled"), (409, "order_sent"),
    ]  # fmt: skip


def test_a_channels_order_is_not_edited(till: Till) -> None:
    made = till.sells(TEE=1)
    with till.goods.database.writing() as db:
        db.execute(sa.update(sales_order).values(source=""))

    refused = till.edits(made, lines=till.lines(TEE=2))

    assert (refused.status_code, refused.json()["code"]) == (409, "not_manual")
    assert "change it there" in refused.json()["detail"]


def test_an_edit_decided_on_what_was_read_before_is_refused(till: Till) -> None:
    made = till.sells(TEE=3)
    tag = till.get(f"/orders/{made['id']}").headers["etag"]
    till.edits(made, note="first")

    stale = till.edits(made, note="second", tag=tag)

    assert stale.status_code == 412
    assert till.get(f"/orders/{made['id']}").json()["note"] == "first"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"lines": []}, "lines", id="no lines"),
        pytest.param({"lines": [{"quantity": 1}]}, "lines[0]", id="no product"),
        pytest.param({"source": " "}, "source", id="no source"),
        pytest.param({"recipient": {"name": ""}}, "recipient.name", id="nobody"),
        pytest.param({"state": "shipped"}, "state", id="not to be set"),
    ],
)
def test_a_wrong_edit_names_the_field(till: Till, change: Json, field: str) -> None:
    made = till.sells(TEE=1)

    answer = till.edits(made, **change)

    assert answer.status_code == 422, answer.text
    assert field in [each["field"] for each in answer.json()["errors"]]
    assert till.get(f"/orders/{made['id']}").json() == made


def test_edits_and_a_cancel_at_once_leave_what_one_of_them_alone_would(till: Till) -> None:
    for _ in range(3):
        made = till.sells(TEE=2)
        with ThreadPoolExecutor(3) as pool:
            asked = [
                pool.submit(till.edits, made, lines=till.lines(TEE=5)), pool.submit(till.cancels, made),
                pool.submit(till.edits, made, lines=till.lines(TEE=1, CAP=2)),
            ]  # fmt: skip
            answers = [each.result() for each in asked]

        assert {each.status_code for each in answers} <= {200, 409}
        assert till.get(f"/orders/{made['id']}").json()["state"] == "cancelled"
        assert till.goods.standing("TEE") == Standing(10, 0, 0)
        assert till.goods.standing("CAP") == Standing(4, 0, 0)
