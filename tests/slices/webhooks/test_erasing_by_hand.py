"""A person has a buyer erased: of any order of the merchant, whatever has become of its account."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderState
from msgspec.structs import replace

from hub.fulfilment.tables import label
from hub.kernel.api.policy import Access
from tests.callers import a_key, a_merchant, bearer
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street
from tests.slices.webhooks.test_dispatching import events_of
from tests.slices.webhooks.test_erased import closes
from tests.slices.webhooks.test_erasing import (
    SARI,
    a_day_later,
    daily,
    has_a_label,
    known,
    messages,
    orders,
    reads,
    wishes,
)


def where(street: Street, ref: str) -> str:
    here = f"/v1/merchants/{street.merchant}/orders"
    return next(f"{here}/{row['id']}" for row in street.client.get(here).json()["items"] if row["ref"] == ref)


def erases(street: Street, ref: str, **headers: str) -> httpx.Response:
    return street.client.post(f"{where(street, ref)}/erase", headers=headers)


@pytest.mark.parametrize("away", [False, True])
def test_an_order_that_has_ended_loses_its_buyer_labels_and_messages_at_once(
    street: Street, bell: Bell, away: bool
) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    has_a_label(street)
    if away:
        closes(street, "7")

    answers = [erases(street, "o-1") for _ in range(2)]

    assert [(each.status_code, each.json()["outcome"]) for each in answers] == [(200, "erased")] * 2
    assert (known(street), messages(street)) == ({"o-1": ""}, 0)
    with street.database.reading() as db:
        assert db.execute(sa.select(label.c.id)).all() == []
    told = [events_of(street, kind) for kind in ("order.erasure_requested", "order.buyer_erased")]
    assert [[event.actor.kind for event in each] for each in told] == [["key"], ["key"]]


def test_it_does_not_come_back_at_the_account_by_which_its_shop_was_connected_again(street: Street, bell: Bell) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    closes(street, "7")
    erases(street, "o-1")
    street.joins("7")

    reads(street, bell, "o-1")

    shown = street.client.get(f"/v1/merchants/{street.merchant}/orders").json()["items"]
    assert (len(shown), known(street)) == (1, {"o-1": ""})


def test_an_open_order_waits_until_it_has_ended(street: Street, bell: Bell) -> None:
    order = orders(bell, "o-1", OrderState.READY)
    reads(street, bell, "o-1")

    answers = [erases(street, "o-1").json() for _ in range(2)]
    before = (known(street), wishes(street))
    bell.orders["o-1"] = replace(order, state=OrderState.DELIVERED, updated_at=street.database.clock.now())
    reads(street, bell, "o-1")
    a_day_later(street)

    assert [each["outcome"] for each in answers] == ["waiting", "waiting"]
    assert "the order is ready" in answers[0]["reason"]
    assert before == ({"o-1": SARI.name}, 1)
    assert (known(street), messages(street), wishes(street), daily(street)) == ({"o-1": ""}, 0, 0, 0)
    assert len(events_of(street, "order.erasure_requested")) == 1


def test_only_administrators_of_the_merchant_erase(street: Street, bell: Bell) -> None:
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")
    other = a_merchant(street.database, "Warung Sari")
    path = f"{where(street, 'o-1')}/erase"

    keys = [a_key(street.database, access=Access.WRITE), a_key(street.database, merchants=(other,))]
    answers = [street.client.post(path, headers=bearer(key)) for key in keys]
    answers.append(street.client.post(path.replace(street.merchant, other)))

    assert [each.status_code for each in answers] == [403, 404, 404]
    assert known(street) == {"o-1": SARI.name}
