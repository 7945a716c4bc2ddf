"""What the tests of taking back do to a catalogue, and how they look at all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.rules import ListingState
from hub.catalog.service.intake import Source, take_page
from hub.catalog.store.pages import ListingFilter
from hub.catalog.tables import class_count, listing, product, product_component, product_parent
from hub.kernel import events, jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI, Event
from hub.kernel.jobs import Job, Ticket
from hub.linking import jobs as linking_jobs
from hub.linking.service import deciding, selecting, undoing
from tests.slices.catalog.test_intake import NOW
from tests.slices.catalog.test_rules import CHANNEL

WAITING = ListingFilter(state=ListingState.PENDING)
State = dict[str, Any]  # Any: rows by id


@dataclass(frozen=True)
class Catalogue:
    """One merchant's, whose listings go by account and ref: "one/1"."""

    database: Database
    merchant: str = "merchant"

    def lists(self, account: str, *skus: str, group: str = "", names: str = "Kaos") -> None:
        """An import that finds these codes under the refs 1, 2, …; `group` is what the channel groups them by."""
        source = Source(merchant_id=self.merchant, account_id=account, channel=CHANNEL)
        items = [
            Item(ref=str(ref), sku=sku, name=f"{names} {sku}", active=True, quantity=5, parent_ref=group)
            for ref, sku in enumerate(skus, 1)
        ]
        with self.database.writing() as db:
            take_page(db, source, items, run="run", seen_at=NOW)

    def retires(self, name: str) -> None:
        """An import that finds this one inactive."""
        row = self.row(name)
        source = Source(merchant_id=self.merchant, account_id=row.account_id, channel=CHANNEL)
        shown = Item(ref=row.ref, sku=row.sku, name=row.name, active=False, quantity=5)
        with self.database.writing() as db:
            take_page(db, source, [shown], run="run", seen_at=NOW)

    def rows(self) -> dict[str, sa.Row[Any]]:  # Any: of the table of listings
        with self.database.reading() as db:
            found = db.execute(sa.select(listing).where(listing.c.merchant_id == self.merchant)).all()
        return {f"{row.account_id}/{row.ref}": row for row in found}

    def row(self, name: str) -> sa.Row[Any]:  # Any: see rows
        return self.rows()[name]

    def confirms(self, *names: str) -> str:
        """Gives the event of the last one."""
        known = self.rows()
        with self.database.writing() as db:
            deciding.confirm(db, self.merchant, [known[name].id for name in names], actor=CLI)
        return str(self.row(names[-1]).decision)

    def unlinks(self, name: str) -> str:
        with self.database.writing() as db:
            deciding.unlink(db, self.merchant, self.row(name).id, actor=CLI)
        return str(self.row(name).decision)

    def undoes(self, event_id: str) -> str:
        """Take a step of one back; gives the event of that."""
        undone = self.asks_undo(event_id)
        assert isinstance(undone, str)
        return undone

    def asks_undo(self, event_id: str) -> str | Ticket:
        with self.database.writing() as db:
            return undoing.undo(db, self.merchant, event_id, actor=CLI)

    def undoes_all(self, event_id: str) -> Job:
        ticket = self.asks_undo(event_id)
        assert isinstance(ticket, Ticket)
        return self.works(ticket)

    def asks_all(self, wanted: ListingFilter = WAITING) -> Ticket:
        with self.database.writing() as db:
            return selecting.confirm_all(db, self.merchant, wanted, actor=CLI)

    def confirms_all(self, wanted: ListingFilter = WAITING) -> Job:
        return self.works(self.asks_all(wanted))

    def works(self, ticket: Ticket, handlers: jobs.Handlers | None = None) -> Job:
        """Run what is due; gives the job of the ticket."""
        runtime = jobs.Runtime(database=self.database, handlers=handlers or linking_jobs.handlers(self.database))
        jobs.Runner(runtime).run_lane("default")
        return self.job(ticket)

    def job(self, ticket: Ticket) -> Job:
        with self.database.reading() as db:
            job = jobs.find(db, ticket.job_id)
        assert job is not None
        return job

    def retries(self, ticket: Ticket) -> Ticket:
        with self.database.writing() as db:
            return jobs.retry(db, ticket.job_id, {})

    def does(self, act: Callable[..., Any], *given: object) -> Any:  # Any: what the service gives
        with self.database.writing() as db:
            return act(db, self.merchant, *given, actor=CLI)

    def states(self) -> list[str]:
        return [row.state for _, row in sorted(self.rows().items())]

    def told(self, *kinds: str) -> list[Event]:
        """The events of these kinds, the oldest first."""
        with self.database.reading() as db:
            found = events.listing(db, self.merchant, limit=1_000)
        return [event for event in reversed(found) if event.kind in kinds]

    def variants(self) -> list[set[str]]:
        """The SKUs of each parent's products; an empty set is a parent without any."""
        state = self.state()
        return [
            {one["sku"] for one in state["products"].values() if one["parent_id"] == parent}
            for parent in sorted(state["parents"])
        ]

    def state(self) -> State:
        """All that people see of the catalogue; two equal ones are the same catalogue."""

        def mine(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> Any:  # Any: rows by name
            query = sa.select(table).where(table.c.merchant_id == self.merchant, *conditions)
            return db.execute(query).mappings()

        with self.database.reading() as db:
            found = _by_id(mine(product, product.c.gone_by.is_(None)))
            parts = db.execute(sa.select(product_component).where(product_component.c.bundle_id.in_(found)))
            return {
                "listings": _by_id(mine(listing), but={"seen_at", "seen_run"}),
                "products": found,
                "parents": _by_id(mine(product_parent, product_parent.c.gone_by.is_(None))),
                "components": sorted(map(tuple, parts)),
                "counts": {
                    (row["account_id"], row["sku_class"]): row["listings"]
                    for row in mine(class_count, class_count.c.listings > 0)
                },
            }


def _by_id(rows: Any, *, but: Collection[str] = ()) -> State:  # Any: SQLAlchemy's rows by name
    return {row["id"]: {name: value for name, value in row.items() if name not in but} for row in rows}
