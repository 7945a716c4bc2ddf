"""Who is to be erased is: from orders, labels and messages; at once where the order has ended, else when it has."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from hub_hookspecs import Address, Order, OrderState
from msgspec.structs import replace

from hub.channels.tables import account
from hub.fulfilment.service.labelling import KIND
from hub.fulfilment.tables import label, parcel
from hub.kernel import files, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.orders.service import erasing
from hub.orders.tables import buyer_erasure, sales_order
from hub.webhooks.rules import Shop, Told
from hub.webhooks.service import erasing as asking
from hub.webhooks.tables import webhook
from tests.plugins.bell import Bell
from tests.slices.dropping import works_twice
from tests.slices.webhooks.street import Street
from tests.slices.webhooks.test_dispatching import events_of

SARI = Address(name="Sari Dewi", phone="+62 812 0000 0001", lines=("Jl. Melati 3",))
DAY = timedelta(days=1, minutes=1)


def orders(bell: Bell, ref: str, state: OrderState) -> Order:
    """Let Sari have an order in this state at the channel."""
    order = replace(bell.sells(ref), recipient=SARI, state=state)
    bell.orders[ref] = order
    return order


def reads(street: Street, bell: Bell, *refs: str) -> None:
    """Have orders read again because the channel says that they changed."""
    street.delivers(bell.rings(*(("order", ref, "7") for ref in refs)))
    street.works()


def asks(street: Street, bell: Bell, ref: str) -> None:
    street.delivers(bell.rings(("erase_buyer", ref, "7")))
    street.works()


def known(street: Street) -> dict[str, str]:
    """The name of who ordered, by reference, as people are shown it."""
    here = f"/v1/merchants/{street.merchant}/orders"
    shown = [street.client.get(f"{here}/{row['id']}").json() for row in street.client.get(here).json()["items"]]
    return {each["ref"]: each["recipient"]["name"] for each in shown}


def messages(street: Street) -> int:
    with street.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count(webhook.c.raw))).scalar_one())


def a_day_later(street: Street) -> None:
    street.passes(DAY)
    jobs.sweep(street.database)
    street.works()


@pytest.mark.parametrize("state", [OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED])
def test_a_buyer_whose_order_has_ended_is_erased_at_once(street: Street, bell: Bell, state: OrderState) -> None:
    orders(bell, "o-1", state), orders(bell, "o-2", state)
    reads(street, bell, "o-1")
    reads(street, bell, "o-2")

    asks(street, bell, "o-1")

    assert known(street) == {"o-1": "", "o-2": SARI.name}
    assert messages(street) == 1, "what was said of the other order"
    (event,) = events_of(street, "order.buyer_erased")
    assert (event.actor.kind, event.before, event.after) == ("job", None, None)


def test_who_was_erased_stays_so_whatever_the_channel_still_tells(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    asks(street, bell, "o-1")

    bell.orders["o-1"] = replace(order, state=OrderState.RETURNED, updated_at=street.database.clock.now())
    reads(street, bell, "o-1")

    assert known(street) == {"o-1": ""}
    with street.database.reading() as db:
        assert list(db.execute(sa.select(sales_order.c.state, sales_order.c.buyer))) == [("returned", "")]


def test_an_open_order_is_sent_first_and_its_buyer_erased_the_day_after(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.READY)
    reads(street, bell, "o-1")
    asks(street, bell, "o-1")
    before = known(street)

    bell.orders["o-1"] = replace(order, state=OrderState.DELIVERED, updated_at=street.database.clock.now())
    reads(street, bell, "o-1")
    a_day_later(street)

    assert (before, known(street)) == ({"o-1": SARI.name}, {"o-1": ""})
    assert (messages(street), wishes(street), daily(street)) == (0, 0, 0)


def test_a_whole_shop_is_erased_some_orders_at_a_time(
    street: Street, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    refs = [f"o-{n}" for n in range(5)]
    for ref in refs:
        orders(bell, ref, OrderState.READY if ref == "o-3" else OrderState.DELIVERED)
    reads(street, bell, *refs)

    asks(street, bell, "7")

    assert known(street) == {ref: SARI.name if ref == "o-3" else "" for ref in refs}
    assert (wishes(street), daily(street)) == (1, 1)


@pytest.mark.parametrize("away", ["disabled", "closed"])
def test_what_was_switched_off_or_closed_is_erased_all_the_same(street: Street, bell: Bell, away: str) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    street.joins("8")  # the app has another shop, so that its address stays
    if away == "disabled":
        ring = bell.rings(("erase_buyer", "o-1", "7"))
        street.delivers(ring)
        street.switches(street.merchant, enabled=False)
    else:
        with street.database.writing() as db:
            db.execute(sa.update(account).where(account.c.id == street.accounts["7"]).values(state="closed"))
        street.delivers(bell.rings(("erase_buyer", "o-1", "7")))
    street.works()

    assert known(street) == {"o-1": ""}


def test_labels_go_with_the_buyer(street: Street, bell: Bell) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    digest = has_a_label(street)

    asks(street, bell, "o-1")

    with street.database.reading() as db:
        assert db.execute(sa.select(label.c.id)).all() == []
        with pytest.raises(NotFound):
            files.get(db, street.runtime.ring, digest, merchant_id=street.merchant, kind=KIND)


def test_an_order_that_the_hub_does_not_have_leaves_nothing_to_do(street: Street, bell: Bell) -> None:
    asks(street, bell, "o-9")

    assert (wishes(street), daily(street), street.jobs("webhooks.erase_buyers")) == (0, 0, ["done"])


def test_a_worker_may_die_between_any_two_steps_of_it(street: Street, bell: Bell) -> None:
    for ref in ("o-1", "o-2"):
        orders(bell, ref, OrderState.DELIVERED)
    reads(street, bell, "o-1", "o-2")
    street.delivers(bell.rings(("erase_buyer", "7", "7")))

    works_twice(street.runtime.work, lambda: [each for each in street.jobs("webhooks.erase_buyers") if each != "done"])

    assert (known(street), wishes(street)) == ({"o-1": "", "o-2": ""}, 0)
    assert len(events_of(street, "order.buyer_erased")) == 2


def has_a_label(street: Street) -> str:
    """Give the only order a printed label; the digest of its file."""
    with street.database.writing() as db:
        order_id = db.execute(sa.select(sales_order.c.id)).scalar_one()
        digest = files.put(
            db, street.runtime.ring, b"%PDF of Sari", merchant_id=street.merchant, kind=KIND,
            media_type="application/pdf", keep=DAY,
        )  # fmt: skip
        mine, at = {"merchant_id": street.merchant, "courier": "", "awb": ""}, street.database.clock.now()
        db.execute(sa.insert(parcel).values(
            id="p", account_id=street.accounts["7"], order_id=order_id, number=1, confirmation="nobody", receipt="",
            reason="", created_at=at, **mine,
        ))  # fmt: skip
        db.execute(
            sa.insert(label).values(id="l", parcel_id="p", shows="x", shipment="", digest=digest, asked_at=at, **mine)
        )
    return digest


def wishes(street: Street) -> int:
    with street.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(buyer_erasure)).scalar_one())


def daily(street: Street) -> int:
    """How many schedules there are that would look again."""
    schedule = jobs.tables.schedule
    with street.database.reading() as db:
        mine = schedule.c.kind == "webhooks.erase_buyers"
        return int(db.execute(sa.select(sa.func.count()).select_from(schedule).where(mine)).scalar_one())


def test_a_wish_that_comes_while_nothing_seems_left_is_not_forgotten(
    street: Street, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders(bell, "o-1", OrderState.DELIVERED), orders(bell, "o-2", OrderState.READY)
    reads(street, bell, "o-1", "o-2")
    others: list[Thread] = []

    def another_asks(account_id: str) -> None:
        shop = Shop(
            account_id=account_id, merchant_id=street.merchant, shop_ref="7", enabled=True, reads_orders="",
            reads_items="",
        )  # fmt: skip
        with street.database.writing() as db:
            asking.ask(db, shop, Told(id="t", kind="erase_buyer", ref="o-2", shop_ref="7"))

    def are_left(db: Transaction, account_id: str) -> bool:
        left = look(db, account_id)
        if not others:
            others.append(Thread(target=another_asks, args=(account_id,)))
            others[0].start()
            others[0].join(0.5)  # it may have to wait for us
        return left

    look = erasing.are_left
    monkeypatch.setattr(erasing, "are_left", are_left)
    asks(street, bell, "o-1")
    others[0].join()
    street.works()
    bell.orders["o-2"] = replace(bell.orders["o-2"], state=OrderState.DELIVERED, updated_at=street.database.clock.now())
    reads(street, bell, "o-2")
    a_day_later(street)

    assert known(street) == {"o-1": "", "o-2": ""}
