"""The hub beside the model: which row is which listing, which event is which step."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from hub.catalog.tables import listing
from hub.kernel import events
from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.events import CLI, Event
from hub.kernel.ids import new_id
from hub.kernel.jobs import Ticket
from tests.slices.linking.model import Model
from tests.slices.linking.steps import Catalogue, State


class Beside(RuleBasedStateMachine):
    """A machine of one merchant, with what the hub calls the things of the model."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.merchant = new_id()
        self.model = Model()
        self.ids: dict[str, str] = {}  # listings by account and ref
        self.made: dict[int, str] = {}  # products by the model's number
        self.events: dict[int, str] = {}  # by the model's step
        self.learned = 1  # steps whose events are known
        self.seen: dict[Hashable, State] = {}  # by where steps have led, since anything else has changed it
        self.run = 0

    def state(self) -> State:
        return Catalogue(self.database, self.merchant).state()

    def account(self, name: str) -> str:
        return f"{self.merchant}:{name}"

    def name(self, row: Any) -> str:  # Any: a row of the listings
        return f"{row.account_id.split(':')[1]}/{row.ref}"

    def row(self, ref: str) -> Any:  # Any: see name
        with self.database.reading() as db:
            return db.execute(sa.select(listing).where(listing.c.id == self.ids[ref])).one()

    def several(self, data: st.DataObject, count: int) -> list[str]:
        return data.draw(
            st.lists(st.sampled_from(sorted(self.model.listings)), min_size=1, max_size=count, unique=True)
        )

    def a_product(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.model.products) - 1))

    def tries(self, act: Any, *given: str) -> HubError | None:  # Any: one of the services
        try:
            with self.database.writing() as db:
                act(db, self.merchant, *given, actor=CLI)
        except HubError as refused:
            return refused
        return None

    def work(self, ticket: Ticket) -> dict[str, Any]:  # Any: the outcome
        job = Catalogue(self.database, self.merchant).works(ticket)
        assert job.state == "done", job
        outcome: dict[str, Any] = job.outcome
        return outcome

    def learn_ids(self) -> None:
        with self.database.reading() as db:
            rows = db.execute(sa.select(listing).where(listing.c.merchant_id == self.merchant))
            self.ids = {self.name(row): row.id for row in rows}

    def learn_events(self, together: int | None = None, event_id: str = "") -> None:
        """Note under which event each new step of the model stands in the audit trail, and which products are new."""
        new = range(self.learned, len(self.model.steps))
        for number in new:
            for ref, *_ in self.model.steps[number].moved:
                self.events[number] = self.newest("listing", self.ids[ref]).id
        for ref, one in self.model.listings.items():
            if one.place[1] is not None:
                self.made.setdefault(one.place[1], self.row(ref).product_id)
        self.learned = len(self.model.steps)
        if together is None:
            return
        assert bool(event_id) <= bool(self.model.steps[together].children)
        if self.model.steps[together].children and not event_id:
            first = self.events[self.model.steps[together].children[0]]
            with self.database.reading() as db:
                told = events.find(db, self.merchant, first)
            assert told is not None
            event_id = told.cause or ""
        if event_id:
            self.events[together] = event_id

    def newest(self, kind: str, subject_id: str) -> Event:
        with self.database.reading() as db:
            (told,) = events.listing(db, self.merchant, limit=1, subject=(kind, subject_id))
        return told

    def learn_merge(self, number: int) -> None:
        self.learn_events()
        emptied = self.model.steps[number].merge
        assert emptied is not None
        self.events[number] = self.newest("product", self.made[emptied[0]]).id
