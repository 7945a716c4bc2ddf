"""A worker dies after its last commit and before its job is settled: the next one ends it, and nothing is doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hub_hookspecs import Account, Item, Page, hookimpl

from hub.catalog.service import imports
from hub.catalog.store.pages import ListingFilter
from hub.catalog.tables import import_run
from hub.channels.host import load_hosts
from hub.channels.service import switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.kernel import events
from hub.kernel.clock import Clock
from hub.kernel.events import CLI
from hub.linking.service import selecting
from hub.runtime import assemble
from hub.settings import Settings
from tests.callers import SETTINGS, a_merchant
from tests.plugins.stall import Stall, a_stall
from tests.slices import dropping
from tests.slices.channels.shops import SECRET, Bazaar, BazaarSettings, a_plugin
from tests.slices.crosslisting.conftest import Market

ITEMS = tuple(Item(ref=str(n), sku=f"SKU-{n}", name="Kaos", active=True, quantity=3) for n in range(3))


@hookimpl
def import_items(account: Account[BazaarSettings], cursor: str) -> Iterator[Page[Item]]:
    for item in ITEMS[len(cursor) :]:
        cursor += "."
        yield Page(records=(item,), cursor=cursor)


@contextmanager
def a_market(database_url: str) -> Iterator[Market]:
    """A merchant with a shop to import from and two to list on; nothing has run yet."""
    stall, settings = Stall(), Settings(database_url=database_url, key_ring=SETTINGS.key_ring)
    shop = a_plugin(Bazaar(Clock().now))
    shop.import_items = import_items  # type: ignore[attr-defined]  # a module made at run time
    counter = a_stall(stall, "counter", with_categories=False)
    runtime = assemble(settings, load_hosts({"bazaar": shop, "stall": a_stall(stall), "counter": counter}))
    market = Market(runtime=runtime, stall=stall, merchant_id=a_merchant(runtime.database))
    yield market
    runtime.close()


@pytest.fixture
def market(database_url: str) -> Iterator[Market]:
    with a_market(database_url) as market:
        yield market


def opens_shop(market: Market) -> str:
    """Connect the shop and ask for its first import; gives the account's id."""
    channels = market.runtime.channels
    with market.database.writing() as db:
        switching.turn(channels, db, market.merchant_id, "bazaar", enabled=True, actor=CLI)
    typed = {"app": "app-1", "app_secret": SECRET, "shop": "7"}
    wish = Wish(merchant_id=market.merchant_id, plugin="bazaar", settings=typed, preconditions_confirmed=True)
    proof = prove(channels, wish)
    with market.database.writing() as db:
        account = bind(channels, db, proof, actor=CLI).account
    market.accounts["bazaar"] = account.id
    return account.id


def works_twice(market: Market) -> set[str]:
    return dropping.works_twice(market.runtime.work, market.unfinished)


def told(market: Market) -> Counter[str]:
    with market.database.reading() as db:
        return Counter(db.execute(sa.select(events.event.c.kind)).scalars())


def ends(market: Market) -> set[tuple[str, str]]:
    return {(job.state, "" if job.error is None else job.error.message) for job in market.jobs()}


def test_an_import_and_a_connection_end_once(market: Market) -> None:
    opens_shop(market)

    kinds = works_twice(market)

    with market.database.reading() as db:
        kept = db.execute(sa.select(import_run)).all()
    assert kinds >= {"catalog.import_items", "channels.connect"}
    assert ends(market) == {("done", "")}
    assert len(kept) == 1
    assert kept[0].tally["items_seen"] == len(ITEMS)
    assert sorted(market.listings("bazaar")) == [item.ref for item in ITEMS]
    assert told(market)["account.connected"] == 1


def test_a_closed_accounts_listings_are_retired_once(market: Market) -> None:
    account_id = opens_shop(market)
    market.works()
    with market.database.writing() as db:
        imports.retire(db, market.merchant_id, account_id)

    kinds = works_twice(market)

    assert "catalog.retire_listings" in kinds
    assert ends(market) == {("done", "")}


def test_a_step_of_many_and_its_undoing_are_noted_once(market: Market) -> None:
    opens_shop(market)
    market.works()
    with market.database.writing() as db:
        selecting.confirm_all(db, market.merchant_id, ListingFilter(), actor=CLI)

    kinds = works_twice(market)
    (job,) = market.jobs("linking.confirm_listings")
    with market.database.writing() as db:
        step = events.find(db, market.merchant_id, job.outcome["event_id"])
        assert step is not None
        selecting.undo_all(db, market.merchant_id, step, actor=CLI)
    kinds |= works_twice(market)

    noted = told(market)
    assert kinds >= {"linking.confirm_listings", "linking.undo_step"}
    assert ends(market) == {("done", "")}
    assert (noted["listings.confirmed"], noted["listings.undone"]) == (1, 1)
    assert noted["listing.confirmed"] == noted["listing.undone"] == len(ITEMS)


def test_a_step_of_many_that_nothing_fits_ends_once_and_is_not_noted(market: Market) -> None:
    opens_shop(market)
    market.works()
    with market.database.writing() as db:
        selecting.confirm_all(db, market.merchant_id, ListingFilter(q="nothing begins so"), actor=CLI)

    kinds = works_twice(market)

    (job,) = market.jobs("linking.confirm_listings")
    assert "linking.confirm_listings" in kinds
    assert (job.state, job.outcome, ends(market)) == ("done", {}, {("done", "")})
    assert told(market)["listings.confirmed"] == 0


def test_a_cross_listing_is_made_checked_pushed_ended_and_told_once(market: Market) -> None:
    market.opens("stall")
    run_id = market.begins(*market.makes("A", "B"), plugin="stall", category_ref="11")

    kinds = works_twice(market)
    market.hands_in(run_id, market.fills(run_id))
    kinds |= works_twice(market)

    steps = {f"crosslisting.{step}" for step in ("draft", "check", "push", "finish")}
    assert kinds >= steps | {"notices.dispatch"}
    assert any(kind.endswith("fetch_categories") for kind in kinds), kinds
    assert ends(market) == {("done", "")}
    assert market.outcomes(run_id) == {"done": 2}
    assert (len(market.stall.of("A")), len(market.stall.of("B"))) == (1, 1)
    assert Counter(notice.kind for notice in market.notices()) == {
        "crosslisting.workbook_ready": 1, "crosslisting.finished": 1,
    }  # fmt: skip


def test_there_is_no_other_kind_of_job(market: Market) -> None:
    assert {kind.name for kind in market.runtime.handlers} == {
        "catalog.import_items", "catalog.retire_listings", "channels.connect", "linking.confirm_listings",
        "linking.undo_step", "notices.dispatch",
        *(f"crosslisting.{step}" for step in ("draft", "check", "push", "finish", "fetch_categories")),
        # dropped in tests/slices/webhooks/test_receiving.py and test_erasing.py
        "webhooks.dispatch", "webhooks.check_account", "webhooks.erase_buyers",
        # dropped in tests/slices/stock/test_stocktakes.py
        "stock.draft_stocktake", "stock.book_stocktake",
        # dropped in tests/slices/stock/test_freshness.py
        "stock.alarm",
        # dropped in tests/slices/stock/test_retrying.py
        "stock.retell_refused",
        # dropped in tests/slices/stock/test_plans.py
        "stock.make_plan", "stock.approve_all",
        # dropped in tests/slices/orders/test_importing.py and test_reading.py
        "fulfilment.confirm_shipment", "fulfilment.create_label",  # in tests/slices/fulfilment/test_dying.py
        "stock.push", "stock.retell_account", "stock.retell_product", "orders.import", "orders.read",
        # dropped in tests/slices/fulfilment/test_placing_dies.py
        "fulfilment.push_product", "fulfilment.replace_product",
        # dropped in tests/slices/fulfilment/test_unknown_outcomes.py
        "fulfilment.push_inbound",  # in tests/slices/fulfilment/test_inbounds_dying.py
        "fulfilment.push_outbound", "fulfilment.cancel_outbound", "fulfilment.read_tasks",
        "fulfilment.answer_cancellation",  # in tests/slices/fulfilment/test_answering_dies.py
        "fulfilment.sync_stock",  # in tests/slices/fulfilment/test_syncs.py
        "fulfilment.reconcile",  # in tests/slices/fulfilment/test_reconciling.py
        # dropped in tests/slices/orders/test_rechecking_dies.py
        "orders.recheck", "orders.recheck_unpaid",
        # dropped in tests/slices/orders/test_away.py
        "orders.recheck_routing", "fulfilment.prepare",
    }  # fmt: skip
