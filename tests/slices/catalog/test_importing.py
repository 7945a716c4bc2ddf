"""An import of a shop that lists nothing is an import like any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hub_hookspecs import Account, Item, Page, hookimpl

from hub.catalog.service import imports
from hub.catalog.tables import import_run, listing
from hub.channels.host import load_hosts
from hub.kernel.clock import Clock
from hub.kernel.events import CLI
from hub.runtime import assemble
from hub.settings import Settings
from tests.callers import SETTINGS, a_merchant
from tests.plugins.stall import Stall
from tests.slices.channels.shops import Bazaar, BazaarSettings, a_plugin
from tests.slices.crosslisting.conftest import Market
from tests.slices.test_dropped_settles import opens_shop


@pytest.fixture
def shelf() -> list[Item]:
    """What the shop lists; nothing, to begin with."""
    return []


@pytest.fixture
def market(database_url: str, shelf: list[Item]) -> Iterator[Market]:
    @hookimpl
    def import_items(account: Account[BazaarSettings], cursor: str) -> Iterator[Page[Item]]:
        for number, item in enumerate(shelf):
            yield Page(records=(item,), cursor=str(number))

    shop = a_plugin(Bazaar(Clock().now))
    shop.import_items = import_items  # type: ignore[attr-defined]  # a module made at run time
    settings = Settings(database_url=database_url, key_ring=SETTINGS.key_ring)
    runtime = assemble(settings, load_hosts({"bazaar": shop}))
    market = Market(runtime=runtime, stall=Stall(), merchant_id=a_merchant(runtime.database))
    opens_shop(market)
    yield market
    runtime.close()


def test_a_shop_that_lists_nothing_gives_no_page_and_a_finished_import(market: Market) -> None:
    market.settles()

    with market.database.reading() as db:
        kept = db.execute(sa.select(import_run)).one()
    (job,) = market.jobs("catalog.import_items")
    assert (job.state, job.error) == ("done", None)
    assert kept.tally == job.outcome
    assert job.outcome["items_seen"] == 0


def test_a_shop_that_was_emptied_lists_nothing_any_more(market: Market, shelf: list[Item]) -> None:
    shelf.extend(Item(ref=str(n), sku=f"SKU-{n}", name="Kaos", active=True, quantity=3) for n in range(3))
    market.settles()

    shelf.clear()
    with market.database.writing() as db:
        imports.start(market.runtime.channels, db, market.merchant_id, market.accounts["bazaar"], actor=CLI)
    market.settles()

    with market.database.reading() as db:
        current = db.execute(sa.select(listing.c.current)).scalars().all()
        kept = db.execute(sa.select(sa.func.count()).select_from(import_run)).scalar_one()
    assert (current, kept) == ([False] * 3, 2)
