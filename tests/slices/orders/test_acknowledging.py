"""A person says that a flag was seen to whose cause stays: it stays away until the cause is another one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import Order, OrderState
from msgspec.structs import replace

from hub.kernel.errors import Refused
from hub.kernel.events import CLI, event
from hub.orders.rules.flags import Code
from hub.orders.service import acknowledging, manual, rechecking
from hub.orders.tables import sales_order
from tests.slices.orders.counter import CANCELLED, MINUTE, READY, SHIPPED, Counter, line
from tests.slices.orders.till import Till

RETURNED, ASKED = OrderState.RETURNED, OrderState.CANCEL_REQUESTED


@pytest.fixture
def stocked(counter: Counter) -> Counter:
    counter.fair.offers("north", TEE=10, CAP=4)
    return counter


def says(counter: Counter, order: Order, **news: Any) -> Order:  # Any: fields of an order
    """What its channel says of it next."""
    counter.ticks += 1
    told = replace(order, updated_at=counter.now() + timedelta(hours=3) + counter.ticks * MINUTE, **news)
    counter.tells(told)
    return told


def sees_to(counter: Counter, code: Code, why: str = "counted") -> None:
    with counter.fair.database.writing() as db:
        before = manual.find(db, counter.fair.goods.merchant, counter.has("1").order.id, for_change=True)
        acknowledging.acknowledge(db, before, code, why, actor=CLI)


def left(counter: Counter) -> Order:
    order = counter.order("1", line("TEE", 3), line("CAP", 2), state=SHIPPED)
    counter.tells(order)
    return order


def test_what_was_seen_to_stays_away_whatever_is_told_or_rechecked_again(stocked: Counter) -> None:
    order = says(stocked, left(stocked), state=RETURNED)
    before = stocked.waits("1")

    sees_to(stocked, Code.RETURNED)
    version = stocked.has("1").order.version
    stocked.tells(order)
    says(stocked, order, raw_state="return closed")
    with stocked.fair.database.writing() as db:
        declared = stocked.fair.channels.hosts.declared
        rechecking.again(db, declared, stocked.fair.accounts["north"], [stocked.has("1").order.id])

    assert (list(before), stocked.waits("1"), stocked.flagged()) == (["returned"], {}, 0)
    assert version == 3


def test_what_comes_back_before_its_listing_was_linked_waits_for_no_link(counter: Counter) -> None:
    counter.fair.joins("north")
    counter.fair.lists("north", TEE=10)
    counter.tells(counter.order("1", line("TEE", 2)))

    counter.tells(counter.order("1", line("TEE", 2), state=RETURNED))

    assert ({*counter.waits("1")}, counter.stands("1")) == ({"returned"}, {"TEE": "none"})


@pytest.mark.parametrize("state", [RETURNED, CANCELLED, ASKED])
def test_the_same_lines_in_another_order_are_no_other_cause(stocked: Counter, state: OrderState) -> None:
    order = says(stocked, left(stocked), state=state)
    for seen in stocked.waits("1"):
        sees_to(stocked, Code(seen))

    says(stocked, order, lines=order.lines[::-1])

    assert stocked.waits("1") == {}


@pytest.mark.parametrize("code", [Code.RETURNED, Code.CANCELLED_LATE])
def test_another_unit_flags_anew(stocked: Counter, code: Code) -> None:
    state = RETURNED if code is Code.RETURNED else SHIPPED
    order = says(stocked, left(stocked), state=state, lines=(line("TEE", 2, cancelled=1), line("CAP", 2)))
    for seen in stocked.waits("1"):
        sees_to(stocked, Code(seen))
    away = stocked.waits("1")

    says(stocked, order, lines=(line("TEE", 2, cancelled=1), line("CAP", 1, cancelled=1)))

    assert (away, code.value in stocked.waits("1")) == ({}, True)


def test_a_cause_that_went_and_came_again_is_seen_to_anew(stocked: Counter) -> None:
    order = says(stocked, left(stocked), state=ASKED)
    sees_to(stocked, Code.CANCELLED_LATE)

    says(stocked, order, state=SHIPPED)
    between = stocked.waits("1")
    says(stocked, order, state=ASKED)

    assert (between, list(stocked.waits("1"))) == ({}, ["cancelled_late"])


def test_an_unknown_word_is_seen_to_until_another_one_comes(stocked: Counter) -> None:
    order = stocked.order("1", line("TEE"), state=OrderState.UNKNOWN, raw_state="ON_HOLD_7")
    stocked.tells(order)

    sees_to(stocked, Code.UNKNOWN_STATE)
    away = stocked.waits("1")
    says(stocked, order, raw_state="ON_HOLD_8")

    assert (away, list(stocked.waits("1"))) == ({}, ["unknown_state"])


def test_who_saw_to_it_and_why_is_noted_once(stocked: Counter) -> None:
    says(stocked, left(stocked), state=CANCELLED)

    sees_to(stocked, Code.CANCELLED_LATE, "three came back")
    sees_to(stocked, Code.CANCELLED_LATE, "again")

    with stocked.fair.database.reading() as db:
        found = db.execute(sa.select(event).where(event.c.kind == "order.flag_acknowledged")).mappings().all()
    assert [(one["actor_kind"], one["before"]["flag"], one["after"]) for one in found] == [
        (CLI.kind, "cancelled_late", {"why": "three came back"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "refusal", "says_what"),
    [
        (Code.UNLINKED, "flag_clears_itself", "(link)"), (Code.SHORT, "flag_clears_itself", "(stock)"),
        (Code.RETURNED, "not_flagged", "returned"),
    ],
)  # fmt: skip
def test_what_goes_by_itself_or_is_not_there_is_not_acknowledged(
    stocked: Counter, code: Code, refusal: str, says_what: str
) -> None:
    stocked.tells(stocked.order("1", line("GONE"), line("CAP", 40), state=READY))
    before = stocked.waits("1")

    with pytest.raises(Refused) as refused:
        sees_to(stocked, code)

    assert (refused.value.code, says_what in str(refused.value)) == (refusal, True)
    assert stocked.waits("1") == before


def test_the_api_takes_a_persons_word_with_the_version_it_was_given_on(till: Till) -> None:
    made = till.sells(TEE=1)
    with till.goods.database.writing() as db:
        db.execute(sa.update(sales_order).values(state="returned"))
    address = f"{till.address}/orders/{made['id']}/flags"
    tag = till.get(f"/orders/{made['id']}").headers["etag"]

    done = till.client.post(f"{address}/returned/acknowledge", json={"why": "counted"}, headers={"If-Match": tag})
    again = till.client.post(f"{address}/returned/acknowledge", json={})
    stale = till.client.post(f"{address}/returned/acknowledge", json={}, headers={"If-Match": tag})
    refused = till.client.post(f"{address}/short/acknowledge", json={})
    unknown = till.client.post(f"{address}/lost/acknowledge", json={})

    assert (done.status_code, done.json()["flags"], done.json()["version"]) == (200, [], made["version"] + 1), done.text
    assert (again.json(), stale.status_code) == (done.json(), 412)
    assert (refused.status_code, refused.json()["code"]) == (409, "flag_clears_itself")
    assert unknown.status_code in (400, 404, 422), unknown.text
