"""Everything that people and imports do to listings, in any order: the hub is always where brute force says."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.catalog.service.intake import Source, retire_unseen, take_page
from hub.catalog.store import classes
from hub.catalog.store.pages import ListingFilter
from hub.catalog.tables import class_count, listing, product
from hub.kernel import events, jobs
from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.events import CLI, Event
from hub.kernel.ids import new_id
from hub.linking import jobs as linking_jobs
from hub.linking.service import deciding, merging, relinking, selecting, undoing
from tests.slices.catalog.test_intake import NOW, an_item
from tests.slices.catalog.test_rules import CHANNEL
from tests.slices.linking.model import Listed, Model

ACCOUNTS = ("one", "two", "three")
SKUS = ("", "A", "B", "C", "a")
EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES", "25")) // 2
items = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(SKUS), st.sampled_from((True, True, True, False))),
    min_size=1,
    max_size=4,
)


class Linking(RuleBasedStateMachine):
    """One merchant with three accounts; each rule does a thing to the hub and to the model."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.merchant = new_id()
        self.model = Model()
        self.ids: dict[str, str] = {}  # listings by account and ref
        self.made: dict[int, str] = {}  # products by the model's number
        self.events: dict[int, str] = {}  # by the model's step
        self.learned = 1  # steps whose events are known
        self.undone: set[int] = set()  # steps of many that were taken back
        self.run = 0

    # -- what imports bring ------------------------------------------------------------------------------------------

    @rule(account=st.sampled_from(ACCOUNTS), page=items)
    def import_page(self, account: str, page: list[tuple[int, str, bool]]) -> None:
        self.run += 1
        source = Source(merchant_id=self.merchant, account_id=self.account(account), channel=CHANNEL)
        with self.database.writing() as db:
            take_page(
                db,
                source,
                [an_item(ref, sku, active=active) for ref, sku, active in page],
                run=str(self.run),
                seen_at=NOW,
            )
        for ref, sku, active in {ref: (ref, sku, active) for ref, sku, active in page}.values():
            known = self.model.listings.get(f"{account}/{ref}")
            if known:
                known.key, known.current = sku, active
            elif active:
                self.model.listings[f"{account}/{ref}"] = Listed(account, sku, current=True)
        self.learn_ids()

    @rule(account=st.sampled_from(ACCOUNTS), seen=st.booleans())
    def retire(self, account: str, seen: bool) -> None:
        with self.database.writing() as db:
            rows = db.execute(sa.select(listing).where(listing.c.account_id == self.account(account))).all()
            run = str(self.run if seen else 0)
            retire_unseen(db, self.merchant, self.account(account), run=run, before=NOW.replace(year=2027), after="")
        for row in rows:
            if row.seen_run != run:
                self.model.listings[f"{account}/{row.ref}"].current = False

    # -- what people say ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.listings)
    @rule(data=st.data(), count=st.integers(1, 4))
    def confirm(self, data: st.DataObject, count: int) -> None:
        refs = self.several(data, count)
        with self.database.writing() as db:
            answers = deciding.confirm(db, self.merchant, [self.ids[ref] for ref in refs], actor=CLI)
        together, linked = self.model.confirm(sorted(refs, key=self.ids.__getitem__))
        assert [answer.outcome == "linked" for answer in answers] == [linked[ref] for ref in refs]
        self.learn_events(together)

    @precondition(lambda self: self.model.listings)
    @rule(account=st.sampled_from((None, *ACCOUNTS)))
    def confirm_all(self, account: str | None) -> None:
        wanted = ListingFilter(state="pending", account_id=account and self.account(account))  # type: ignore[arg-type] # as JSON
        fitting = [
            ref
            for ref, one in sorted(self.model.listings.items(), key=lambda known: self.ids[known[0]])
            if one.place[0] == "pending" and account in (None, one.account)
        ]
        with self.database.writing() as db:
            ticket = selecting.confirm_all(db, self.merchant, wanted, actor=CLI)
        outcome = self.work(ticket)
        children: list[int] = []
        for start in range(0, len(fitting), linking_jobs.BATCH):
            before = len(self.model.steps)
            together, _ = self.model.confirm(fitting[start : start + linking_jobs.BATCH])
            if together is not None:
                self.model.steps.pop()
            children += range(before, len(self.model.steps))
        assert outcome.get("linked", 0) == len(children)
        self.model.steps.append(type(self.model.steps[0])(children=children))
        self.learn_events(len(self.model.steps) - 1, outcome["event_id"])

    @precondition(lambda self: self.model.listings)
    @rule(data=st.data(), act=st.sampled_from(("ignore", "restore", "unlink")))
    def decide(self, data: st.DataObject, act: str) -> None:
        (ref,) = self.several(data, 1)
        state = self.model.listings[ref].place[0]
        moves = {("ignore", "pending"): "ignored", ("restore", "ignored"): "pending", ("unlink", "linked"): "pending"}
        refused = self.tries(getattr(deciding, act), self.ids[ref])
        assert bool(refused) == ((act, state) in {("ignore", "linked"), ("unlink", "ignored")})
        if to := moves.get((act, state)):
            self.model.put(ref, (to, None))
            self.learn_events()

    @precondition(lambda self: self.model.listings and self.model.products)
    @rule(data=st.data())
    def link_by_hand(self, data: st.DataObject) -> None:
        (ref,), number = self.several(data, 1), self.a_product(data)
        one = self.model.listings[ref]
        linked_sku = self.row(ref).linked_sku
        allowed = self.model.here(number) and (one.place[0] == "linked" or self.model.may_link(one))
        refused = self.tries(relinking.link, self.ids[ref], self.made[number])
        assert bool(refused) != allowed, refused
        if allowed and (one.place[1] != number or linked_sku != one.key):
            self.model.put(ref, ("linked", number))
            self.learn_events()

    @precondition(lambda self: len(self.model.products) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        emptied, into = self.a_product(data), self.a_product(data)
        allowed = emptied != into and self.model.here(emptied) and self.model.here(into)
        refused = self.tries(merging.merge, self.made[emptied], self.made[into])
        assert bool(refused) != allowed, refused
        if allowed:
            self.model.merge(emptied, into)
            self.learn_merge(len(self.model.steps) - 1)

    @precondition(lambda self: len(self.model.steps) > 1)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        known = sorted(self.events)
        number = data.draw(st.sampled_from(known[-12:]))
        step = self.model.steps[number]
        if step.merge:
            new = self.model.unmerge(number)
            refused = self.tries(undoing.undo, self.events[number])
            assert bool(refused) == (new is None), refused
            if new is not None:
                self.learn_merge(new)
        elif step.moved:
            new = self.model.undo(number)
            refused = self.tries(undoing.undo, self.events[number])
            assert bool(refused) == (new is None), refused
            self.learn_events()
        else:
            self.undo_many(number)

    def undo_many(self, number: int) -> None:
        with self.database.writing() as db:
            try:
                ticket = undoing.undo(db, self.merchant, self.events[number], actor=CLI)
            except HubError:
                ticket = None
        if ticket is None:
            assert number in self.undone
            return
        assert number not in self.undone
        assert not isinstance(ticket, str)
        outcome = self.work(ticket)
        new = self.model.undo_all(number)
        assert outcome.get("undone", 0) == len(self.model.steps[new].children)
        if not self.model.steps[new].children:
            assert "event_id" not in outcome
            return
        self.undone.add(number)
        self.learn_events(new, outcome["event_id"])

    # -- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def the_hub_is_where_the_model_is(self) -> None:
        with self.database.reading() as db:
            rows = db.execute(sa.select(listing).where(listing.c.merchant_id == self.merchant)).all()
            here = product.c.gone_by.is_(None)
            found = db.execute(sa.select(product).where(product.c.merchant_id == self.merchant, here)).all()
            counts = db.execute(sa.select(class_count).where(class_count.c.merchant_id == self.merchant)).all()
        numbers = {product_id: number for number, product_id in self.made.items()}
        real = {
            self.name(row): (row.state, numbers.get(row.product_id or ""), row.current, row.sku_class) for row in rows
        }
        assert real == {
            ref: (*one.place, one.current, self.model.sku_class(one)) for ref, one in self.model.listings.items()
        }
        assert {numbers[row.id]: row.sku_key for row in found} == {
            number: made.key for number, made in enumerate(self.model.products) if self.model.here(number)
        }
        counted = Counter({(row.account_id.split(":")[1], row.sku_class): row.listings for row in counts})
        assert +counted == self.model.counts()

    # -- how the two are held together -------------------------------------------------------------------------------

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

    def work(self, ticket: jobs.Ticket) -> dict[str, Any]:  # Any: the outcome
        runtime = jobs.Runtime(database=self.database, handlers=linking_jobs.handlers(self.database))
        jobs.Runner(runtime).run_lane("default")
        with self.database.reading() as db:
            job = jobs.find(db, ticket.job_id)
        assert job is not None
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
        if self.model.steps[together].children and not event_id:
            first = self.events[self.model.steps[together].children[0]]
            with self.database.reading() as db:
                told = events.find(db, self.merchant, first)
            assert told is not None
            event_id = told.cause or ""
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


def _run(database: Database, monkeypatch: pytest.MonkeyPatch, *phases: Phase) -> None:
    monkeypatch.setattr(linking_jobs, "BATCH", 3)
    machine = type("OnThisDatabase", (Linking,), {"database": database})
    chosen = settings(
        max_examples=EXAMPLES,
        phases=phases,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_whatever_people_and_imports_do_the_hub_is_where_brute_force_says(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(database, monkeypatch, Phase.generate, Phase.shrink)


def test_the_machine_reports_a_hub_that_forgets_others(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "reclassify", lambda *given: None)

    with pytest.raises(AssertionError):
        _run(database, monkeypatch, Phase.generate)
