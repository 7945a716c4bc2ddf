"""A merchant with products and two accounts to list them on, one on a channel with categories, over each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hub_hookspecs import Item, Money

from hub.catalog.service import intake
from hub.catalog.service.intake import Source
from hub.catalog.store import pages, products
from hub.catalog.store.products import ProductData
from hub.channels.host import load_hosts
from hub.channels.service import doors, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.crosslisting.service import asking, giving_up
from hub.crosslisting.service.asking import RESULT, WORKBOOK
from hub.crosslisting.service.shop import Desk, Outlet
from hub.crosslisting.store import rows, runs
from hub.crosslisting.store.rows import Outcome
from hub.crosslisting.store.runs import Choice, Chosen, Run
from hub.kernel import files, jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.kernel.jobs import LANES, Job, State
from hub.notices import store as notices
from hub.notices.store import Notice
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from tests.callers import SETTINGS, a_merchant
from tests.plugins.stall import Stall, a_stall
from tests.sheets import Line, lines, refilled

LOST = timedelta(seconds=31)
LATER = timedelta(minutes=3)
NOON = timedelta(hours=5)  # of Jakarta, in UTC: trees are fetched anew in the night, never while a test waits for hours


@dataclass(kw_only=True)
class Market:
    """What a merchant, and the hub's own workers, do in these tests."""

    runtime: Runtime
    stall: Stall
    merchant_id: str
    accounts: dict[str, str] = field(default_factory=dict)  # by plugin

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def desk(self) -> Desk:
        """What the jobs of this slice work with."""
        return Desk(database=self.database, ring=self.runtime.ring, open_shop=self._shop)

    def _shop(self, account_id: str) -> Outlet:
        door = doors.open_door(self.runtime.channels, account_id)
        return Outlet(merchant_id=self.merchant_id, host=door.host, door=door, is_disabled=door.is_disabled)

    def opens(self, plugin: str) -> str:
        """Enable the plugin and connect an account; gives its id."""
        with self.database.writing() as db:
            switching.turn(self.runtime.channels, db, self.merchant_id, plugin, enabled=True, actor=CLI)
        wish = Wish(merchant_id=self.merchant_id, plugin=plugin, settings={}, preconditions_confirmed=True)
        proof = prove(self.runtime.channels, wish)
        with self.database.writing() as db:
            account = bind(self.runtime.channels, db, proof, actor=CLI, starts_import=False).account
        self.accounts[plugin] = account.id
        return account.id

    def makes(self, *skus: str, **details: Any) -> list[str]:  # Any: fields of a product
        """Make products with these SKUs; gives their ids."""
        made = [new_id() for _ in skus]
        price = Money(amount=Decimal(details.pop("amount", 50_000)), currency="IDR")
        with self.database.writing() as db:
            for product_id, sku in zip(made, skus, strict=True):
                data = ProductData(sku=sku, name=f"Kaos {sku}", price=price, **details)
                products.insert(db, self.merchant_id, product_id, data)
        return made

    def begins(self, *product_ids: str, plugin: str = "counter", **chosen: Any) -> str:  # Any: fields of `Chosen`
        wanted = Chosen(product_ids=product_ids or None, filter=None if product_ids else Choice(), until=new_id())
        wanted = Chosen(**{**{name: getattr(wanted, name) for name in Chosen.__struct_fields__}, **chosen})
        with self.database.writing() as db:
            account_id = self.accounts[plugin]
            return asking.start(self.runtime.channels, db, self.merchant_id, account_id, wanted, actor=CLI).id

    def hands_in(self, run_id: str, content: bytes) -> Run:
        channels, ring = self.runtime.channels, self.runtime.ring
        with self.database.writing() as db:
            return asking.hand_in(channels, ring, db, self.merchant_id, run_id, content, actor=CLI)

    def fills(self, run_id: str, change: Callable[[list[Line]], list[Line]] = lambda found: found) -> bytes:
        """The workbook of a cross-listing, filled in."""
        return refilled(self.file(run_id, WORKBOOK), change)

    def lists(self, *product_ids: str, plugin: str = "counter") -> str:
        """Make a workbook and hand it in as it is; nothing is pushed yet."""
        run_id = self.begins(*product_ids, plugin=plugin)
        self.works("default")
        self.hands_in(run_id, self.fills(run_id))
        self.works("default")
        return run_id

    def works(self, *lanes: str) -> None:
        """Let a worker run these lanes, or all, until nothing is due now."""
        runner = jobs.Runner(self.runtime.work)
        while sum(runner.run_lane(lane) for lane in lanes or LANES):
            pass

    def works_but(self, kind: str) -> None:
        """Work on everything that is due now except jobs of this kind."""
        handlers = {each: handler for each, handler in self.runtime.work.handlers.items() if each.name != kind}
        runner = jobs.Runner(jobs.Runtime(database=self.database, handlers=handlers))
        while sum(runner.run_lane(lane) for lane in LANES):
            pass

    def finds(self, ref: str, sku: str, plugin: str = "counter") -> None:
        """An import of the account meets this listing."""
        channel = self.runtime.channels.hosts.loaded[plugin].channel
        source = Source(merchant_id=self.merchant_id, account_id=self.accounts[plugin], channel=channel)
        item = Item(ref=ref, sku=sku, name="Kaos", active=True, quantity=3)
        with self.database.writing() as db:
            intake.take_page(db, source, [item], run="import", seen_at=self.database.clock.now())

    def settles(self, *, rounds: int = 60) -> None:
        """Work, and let time pass, until nothing is left to do."""
        for _ in range(rounds):
            self.works()
            if not self.unfinished():
                return
            self.passes(LATER)
        raise AssertionError(f"still open: {self.unfinished()}")

    def passes(self, span: timedelta) -> None:
        self.database.clock.offset += span
        jobs.sweep(self.database)

    def is_looked_after(self) -> None:
        """A minute later, the caretaker comes round."""
        self.passes(giving_up.STILL * 1.1)
        care, looked = giving_up.Caretaker(), 1
        while looked:
            with self.database.writing() as db:
                looked = care(db)

    def unfinished(self) -> list[str]:
        return [f"{job.kind} {job.state} {job.error}" for job in self.jobs() if job.state not in jobs.FINISHED]

    def jobs(self, kind: str = "") -> list[Job]:
        with self.database.reading() as db:
            kinds = (kind,) if kind else ()
            return jobs.listing(db, self.merchant_id, limit=100_000, kinds=kinds)

    def run(self, run_id: str) -> Run:
        with self.database.reading() as db:
            return runs.expect(db, run_id)

    def rows(self, run_id: str) -> list[Outcome]:
        with self.database.reading() as db:
            return rows.listing(db, run_id, limit=100_000)

    def outcomes(self, run_id: str) -> dict[str, int]:
        with self.database.reading() as db:
            return rows.counts(db, run_id)

    def file(self, run_id: str, kind: str) -> bytes:
        run = self.run(run_id)
        digest = (run.workbook if kind == WORKBOOK else run.result) or ""
        with self.database.reading() as db:
            return files.get(db, self.runtime.ring, digest, merchant_id=self.merchant_id, kind=kind).content

    def result(self, run_id: str) -> list[Line]:
        return lines(self.file(run_id, RESULT), "Result")

    def notices(self) -> list[Notice]:
        with self.database.reading() as db:
            return notices.listing(db, self.merchant_id, limit=1_000)

    def listings(self, plugin: str = "counter") -> dict[str, str]:
        """What the hub has of the account: ref to product."""
        wanted = pages.ListingFilter(account_id=self.accounts[plugin])
        with self.database.reading() as db:
            found = pages.listings(db, self.merchant_id, wanted, limit=100_000)
        return {row["ref"]: row["product_id"] for row in found}

    def listing_id(self, ref: str, plugin: str = "counter") -> str:
        wanted = pages.ListingFilter(account_id=self.accounts[plugin])
        with self.database.reading() as db:
            found = pages.listings(db, self.merchant_id, wanted, limit=100_000)
        return next(str(row["id"]) for row in found if row["ref"] == ref)

    def pushing(self) -> Job:
        (job,) = [each for each in self.jobs("crosslisting.push") if each.state not in jobs.FINISHED]
        assert job.state is not State.READY, job
        return job


@pytest.fixture
def stall() -> Stall:
    return Stall()


@pytest.fixture
def market(database_url: str, stall: Stall) -> Iterator[Market]:
    hosts = load_hosts({"stall": a_stall(stall), "counter": a_stall(stall, "counter", with_categories=False)})
    assert not hosts.refused, hosts.refused
    noon = Settings(database_url=database_url, key_ring=SETTINGS.key_ring, clock_offset=_until_noon().total_seconds())
    runtime = assemble(noon, hosts)
    market = Market(runtime=runtime, stall=stall, merchant_id=a_merchant(runtime.database))
    for plugin in ("stall", "counter"):
        market.opens(plugin)
    market.works()
    yield market
    runtime.close()


def _until_noon() -> timedelta:
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + NOON - now) % timedelta(days=1)
