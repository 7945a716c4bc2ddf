"""Who was erased does not come back, at no account of the shop, by no order, and by no message that comes later."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from hub_hookspecs import Order, OrderState
from msgspec.structs import replace

from hub.channels.tables import account
from hub.orders.service import importing
from hub.orders.store import erasures
from hub.orders.tables import buyer_erased, sales_order
from hub.runtime import CARETAKERS
from hub.webhooks.service import erasing
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street
from tests.slices.webhooks.test_dispatching import events_of
from tests.slices.webhooks.test_erasing import SARI, asks, daily, known, messages, orders, reads, wishes


def closes(street: Street, shop: str) -> str:
    """Let the shop be connected no more, as an account whose orders have all ended; its id."""
    with street.database.writing() as db:
        mine = account.c.id == street.accounts[shop]
        db.execute(sa.update(account).where(mine).values(state="closed", settings=""))
    return street.accounts[shop]


def remembered(street: Street) -> int:
    with street.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(buyer_erased)).scalar_one())


@pytest.mark.parametrize("wish", ["o-1", "7"])
def test_a_shop_that_was_connected_again_is_erased_at_its_former_account_too(
    street: Street, bell: Bell, wish: str
) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    former = closes(street, "7")
    street.joins("7")
    orders(bell, "o-2", OrderState.DELIVERED)
    for ref in ("o-1", "o-2"):
        reads(street, bell, ref)

    asks(street, bell, wish)

    with street.database.reading() as db:
        whose = db.execute(sa.select(sales_order.c.account_id, sales_order.c.ref)).all()
    assert sorted(whose) == sorted([(former, "o-1"), (street.accounts["7"], "o-2")])
    assert known(street) == {"o-1": "", "o-2": "" if wish == "7" else SARI.name}
    asked = {event.subject.id for event in events_of(street, "buyer.erasure_requested")}
    assert asked == {former, street.accounts["7"]}


def test_a_merchants_former_key_for_the_shop_is_no_way_round(street: Street, bell: Bell) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    closes(street, "7")
    street.joins("7", app="app-2")

    street.delivers(bell.rings(("erase_buyer", "o-1", "7"), app="app-2"))
    street.works()

    assert known(street) == {"o-1": ""}


@pytest.mark.parametrize("state", [OrderState.DELIVERED, OrderState.READY])
def test_an_order_that_comes_after_its_wish_comes_without_its_buyer(
    street: Street, bell: Bell, state: OrderState
) -> None:
    asks(street, bell, "o-1")
    orders(bell, "o-1", state), orders(bell, "o-2", state)

    reads(street, bell, "o-1")
    reads(street, bell, "o-2")
    reads(street, bell, "o-1")

    assert known(street) == {"o-1": "", "o-2": SARI.name}
    assert (messages(street), wishes(street), daily(street)) == (1, 0, 0), "what was said of the other order"
    with street.database.reading() as db:
        kept = list(db.execute(sa.select(buyer_erased.c.digest)).scalars())
    assert not any("o-1" in digest for digest in kept)


def test_of_a_whole_shop_only_what_was_ordered_before_the_wish_comes_without_its_buyer(
    street: Street, bell: Bell
) -> None:
    orders(bell, "before", OrderState.DELIVERED)
    street.passes(timedelta(minutes=1))
    asks(street, bell, "7")
    street.passes(timedelta(minutes=1))
    orders(bell, "after", OrderState.DELIVERED)

    reads(street, bell, "before")
    reads(street, bell, "after")

    assert known(street) == {"before": "", "after": SARI.name}
    assert messages(street) == 1, "what was said of the order that came later"


def test_a_read_that_is_under_way_while_its_order_is_erased_brings_nobody_back(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.DELIVERED)
    look = bell.look

    def look_and_erase(shop: str, refs: list[str]) -> list[Order]:
        bell.look = look  # type: ignore[method-assign]  # once
        found = list(look(shop, refs))
        asks(street, bell, "o-1")
        return [each for each in found if isinstance(each, Order)]

    bell.look = look_and_erase  # type: ignore[method-assign, assignment]  # a channel that calls while it answers
    reads(street, bell, "o-1")

    assert (known(street), messages(street)) == ({"o-1": ""}, 0)
    assert bell.orders["o-1"].recipient == order.recipient


def test_an_order_that_is_just_being_taken_in_is_waited_for(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.DELIVERED)
    street.delivers(bell.rings(("erase_buyer", "o-1", "7")))
    hosts = street.runtime.channels.hosts.loaded
    declared = {name: host.channel for name, host in hosts.items()}
    worker = Thread(target=street.works)

    with street.database.writing() as db:
        importing.take_page(
            db, street.runtime.ring, declared["bell"], street.accounts["7"], [order],
            asked_at=street.database.clock.now(), declared=declared,
        )  # fmt: skip
        worker.start()
        worker.join(1)  # it has to wait for us
    worker.join()

    assert known(street) == {"o-1": ""}


def test_it_is_remembered_for_thirty_days(street: Street, bell: Bell) -> None:
    asks(street, bell, "o-1")

    counts = []
    for span in (erasures.KEEP - timedelta(minutes=1), timedelta(minutes=2)):
        street.passes(span)
        with street.database.writing() as db:
            CARETAKERS["purge_erased"](db)
        counts.append(remembered(street))

    assert counts == [1, 0]


def test_a_message_that_comes_after_its_buyer_was_erased_is_not_kept(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    asks(street, bell, "o-1")

    bell.orders["o-1"] = replace(order, state=OrderState.RETURNED, updated_at=street.database.clock.now())
    reads(street, bell, "o-1")
    asks(street, bell, "o-1")

    assert (messages(street), known(street)) == (0, {"o-1": ""})
    assert len(street.told()) == 4, "that they came, and what of, stays"


def test_the_messages_of_a_whole_shop_go_whatever_they_are_about(
    street: Street, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    street.joins("8")
    for n in range(5):
        street.delivers(bell.rings(("order", f"gone-{n}", "7")))
    street.delivers(bell.rings(("item", "i-1", "7")))
    street.delivers(bell.rings(("item", "i-1", "8"), ("item", "i-2", "7")))
    street.delivers(bell.rings(("item", "i-1", "8")))
    street.works()

    asks(street, bell, "7")

    assert messages(street) == 1, "what was said of the other shop alone"


def test_what_is_said_of_a_shop_that_nobody_has_connected_is_not_kept(street: Street, bell: Bell) -> None:
    street.joins("8")
    closes(street, "7")

    reads(street, bell, "o-1")

    assert (messages(street), street.told()) == (0, [("order", "o-1", "no_account")])


def test_what_hints_at_nothing_and_is_nobodys_is_not_kept(street: Street, bell: Bell) -> None:
    street.joins("8")

    street.delivers(bell.rings())
    street.works()

    assert (messages(street), street.told()) == (0, [("", "", "nothing")])
