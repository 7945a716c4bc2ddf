"""Orders come by themselves: every few minutes, from the first moment of an account to its last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub.channels.host import Hosts
from hub.channels.rules import State
from hub.channels.service import closing, standing
from hub.channels.store import accounts
from hub.fulfilment.service import shipping
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.kernel.events import CLI, event
from hub.kernel.jobs.schedules import next_after
from hub.kernel.jobs.tables import schedule
from hub.orders.service import manual, parting, polling
from hub.orders.service.importing import IMPORT_ORDERS
from hub.orders.service.polling import Polling, rule_of
from hub.stock.rules.levels import Standing
from hub.stock.service.touching import PUSH_STOCK
from tests.plugins.booth import Booth
from tests.slices.channels.conftest import an_api
from tests.slices.orders.bazaar import Bazaar, a_bazaar
from tests.slices.orders.counter import Counter, line

POLL = timedelta(minutes=5)


@pytest.fixture
def booth() -> Booth:
    return Booth()


@pytest.fixture
def bazaar(database: Database, booth: Booth) -> Iterator[Bazaar]:
    with a_bazaar(database, booth, polled_every=5) as bazaar:
        yield bazaar


@pytest.fixture
def counter(bazaar: Bazaar) -> Counter:
    return Counter(bazaar)


def passes(bazaar: Bazaar, span: timedelta) -> None:
    """Time goes on, and what has come round in it is done."""
    bazaar.passes(span)
    jobs.sweep(bazaar.database)
    bazaar.works()


def rules(bazaar: Bazaar) -> list[str]:
    mine = sa.select(schedule.c.rule).where(schedule.c.kind == IMPORT_ORDERS.name)
    with bazaar.database.reading() as db:
        return list(db.execute(mine).scalars())


def goes_round(bazaar: Bazaar, keeper: Polling) -> None:
    done = 1
    while done:
        with bazaar.database.writing() as db:
            done = keeper.go_round(db)


def test_orders_come_within_one_poll_and_what_comes_again_changes_nothing(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE", 3)))

    passes(bazaar, POLL)
    first = counter.stock("TEE")
    for _ in range(3):
        passes(bazaar, POLL)

    assert (first, counter.stock("TEE")) == (Standing(10, 3, 0), Standing(10, 3, 0))
    assert len(booth.asked) == 4


def test_an_account_is_asked_as_soon_as_it_is_connected_before_anything_is_linked(bazaar: Bazaar) -> None:
    begun = [job.kind for job in sorted(bazaar.jobs(), key=lambda job: job.created_at)]

    assert begun.index(IMPORT_ORDERS.name) < begun.index(PUSH_STOCK.name)


def test_one_that_is_switched_on_again_is_asked_at_once(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    bazaar.switches("north", enabled=False)
    booth.tells(counter.order("1", line("TEE")))
    passes(bazaar, POLL)
    while_off = list(booth.asked)

    bazaar.switches("north", enabled=True)
    bazaar.works()

    assert (while_off, booth.asked) == ([], [""])


def test_one_that_is_resumed_is_asked_at_once(bazaar: Bazaar, booth: Booth) -> None:
    merchant, account = bazaar.goods.merchant, bazaar.accounts["north"]
    with bazaar.database.writing() as db:
        standing.pause(db, merchant, account, actor=CLI)
    bazaar.works()

    checked = standing.ask_channel(bazaar.channels, merchant, account, actor=CLI)
    with bazaar.database.writing() as db:
        standing.note_check(db, checked, actor=CLI, resumes=True)
    bazaar.works()

    assert booth.asked == [""]


def test_accounts_from_before_and_other_settings_are_put_right_by_a_round(bazaar: Bazaar) -> None:
    account, hosts = bazaar.accounts["north"], bazaar.channels.hosts
    with bazaar.database.writing() as db:
        polling.forget(db, account)

    goes_round(bazaar, Polling(hosts, 5))
    put_right = rules(bazaar)
    goes_round(bazaar, Polling(hosts, 30))

    assert (put_right, rules(bazaar)) == ([rule_of(account, 5)], [rule_of(account, 30)])


def test_an_account_that_is_closed_or_has_no_orders_to_tell_is_not_asked(bazaar: Bazaar, booth: Booth) -> None:
    account, keeper = bazaar.accounts["north"], Polling(bazaar.channels.hosts, 5)
    with bazaar.database.writing() as db:
        accounts.change(db, account, lacks={"import_orders": "the scope is missing"})
    goes_round(bazaar, keeper)
    without = rules(bazaar)
    with bazaar.database.writing() as db:
        accounts.change(db, account, lacks={})
    goes_round(bazaar, keeper)
    again = rules(bazaar)

    with bazaar.database.writing() as db:
        accounts.change(db, account, state=State.CLOSED)
    goes_round(bazaar, keeper)

    assert (without, len(again), rules(bazaar)) == ([], 1, [])


def test_an_account_with_open_orders_is_not_closed_and_says_which(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE")))
    passes(bazaar, POLL)

    with pytest.raises(Refused, match="orders are open: #1; have them shipped or cancelled"):
        closing.prepare_closing(bazaar.channels, bazaar.goods.merchant, bazaar.accounts["north"], actor=CLI)


def closes(bazaar: Bazaar, abandons: int) -> None:
    account = (bazaar.goods.merchant, bazaar.accounts["north"])
    closing.prepare_closing(bazaar.channels, *account, actor=CLI, abandons=abandons)
    with bazaar.database.writing() as db:
        closing.close(bazaar.channels, db, *account, actor=CLI, abandons=abandons)


def test_open_orders_of_a_channel_that_is_gone_are_left_to_people_who_say_how_many(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE", 2)), counter.order("2", line("TEE", 3)))
    passes(bazaar, POLL)
    bazaar.channels = replace(bazaar.channels, hosts=Hosts(loaded={}, refused={}))  # its plugin is gone too

    with pytest.raises(Refused, match="2 orders are open, and not 3"):
        closes(bazaar, 3)
    closes(bazaar, 2)
    held, merchant = counter.stock("TEE"), bazaar.goods.merchant
    first, second = (counter.has(ref).order.id for ref in ("1", "2"))
    with bazaar.database.writing() as db:
        for _ in range(2):
            before = manual.find(db, merchant, first, for_change=True)
            manual.cancel(db, bazaar.channels, before, actor=CLI)
        before = manual.find(db, merchant, second, for_change=True)
        shipping.ship(db, bazaar.channels, before, courier="JNE", awb="JNE-1", actor=CLI)

    assert (held, counter.stock("TEE")) == (Standing(10, 5, 0), Standing(7, 0, 0))
    assert (counter.stands("1"), counter.stands("2")) == ({"TEE": "released"}, {"TEE": "shipped"})
    with bazaar.database.reading() as db:
        closed = db.execute(sa.select(event.c.after).where(event.c.kind == "account.closed")).scalar_one()
    assert (closed["state"], closed["abandoned_orders"]) == ("closed", 2)


def test_who_closes_by_the_api_says_just_how_many_orders_are_left_to_people(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE", 2)), counter.order("2", line("TEE", 3)))
    passes(bazaar, POLL)
    address = f"/v1/merchants/{bazaar.goods.merchant}/accounts/{bazaar.accounts['north']}"

    with an_api(bazaar.channels) as client:
        unsaid, wrong, absurd, right = (
            client.post(f"{address}/close", params=given)
            for given in ({}, {"abandon_open_orders": 3}, {"abandon_open_orders": -1}, {"abandon_open_orders": 2})
        )

    assert [(each.status_code, each.json()["code"]) for each in (unsaid, wrong)] == [(409, "work_open")] * 2
    assert "abandon_open_orders=2" in unsaid.json()["detail"]
    assert "2 orders are open, and not 3" in wrong.json()["detail"]
    assert (absurd.status_code, [each["field"] for each in absurd.json()["errors"]]) == (422, ["abandon_open_orders"])
    assert (right.status_code, right.json()["state"]) == (200, "closed"), right.text
    assert counter.stock("TEE") == Standing(10, 5, 0)


def test_an_order_of_an_account_that_is_open_is_cancelled_on_its_channel(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE")))
    passes(bazaar, POLL)

    with bazaar.database.writing() as db, pytest.raises(Refused, match="cancel it there"):
        manual.cancel(db, bazaar.channels, counter.has("1"), actor=CLI)


def test_nothing_is_open_where_everything_was_cancelled(bazaar: Bazaar) -> None:
    with bazaar.database.reading() as db:
        assert parting.open_work(db, bazaar.accounts["north"]) == ()


@pytest.mark.parametrize("minutes", [1, 5, 7, 40, 45, 59, 60, 90, 300, 420, 1440])
def test_each_account_has_seconds_of_its_own_and_none_waits_longer_than_it_should(minutes: int) -> None:
    rules = [rule_of(f"account-{n}", minutes) for n in range(60)]
    start = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    span = timedelta(minutes=minutes)

    for rule in rules[::20]:
        at, gaps = next_after(rule, "UTC", start), set()
        while at < start + timedelta(days=2):
            after = next_after(rule, "UTC", at)
            gaps.add(after - at)
            at = after
        (gap,) = gaps  # always as long
        assert gap <= span, rule
    assert len(set(rules)) > 30
