"""Everything that people and imports do to listings, in any order: the hub is always where brute force says."""

from __future__ import annotations

import os
from collections import Counter
from types import ModuleType

import pytest
import sqlalchemy as sa
from hub_hookspecs import Item
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.catalog.service import archiving, products
from hub.catalog.service.intake import Source, retire_unseen, take_page
from hub.catalog.store import classes, parents
from hub.catalog.store.pages import ListingFilter
from hub.catalog.store.products import ProductData
from hub.catalog.tables import class_count, listing, product
from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.events import CLI
from hub.linking import jobs as linking_jobs
from hub.linking.service import back, deciding, holding, merging, relinking, selecting, undoing
from tests.slices.catalog.test_intake import NOW
from tests.slices.catalog.test_rules import CHANNEL
from tests.slices.linking.beside import Beside
from tests.slices.linking.model import ARCHIVED, Listed, Made

ACCOUNTS = ("one", "two", "three")
SKUS = ("", "A", "B", "C", "a")
EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES", "25")) // 2
GROUPS = ("", "kaos", "kaos", "topi")  # what a channel groups its listings by
items = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(SKUS), st.sampled_from((True, True, True, False)), st.sampled_from(GROUPS)
    ),
    min_size=1,
    max_size=4,
)


class Linking(Beside):
    """One merchant with three accounts; each rule does a thing to the hub and to the model."""

    # -- what imports bring ------------------------------------------------------------------------------------------

    @rule(account=st.sampled_from(ACCOUNTS), page=items)
    def import_page(self, account: str, page: list[tuple[int, str, bool, str]]) -> None:
        self.run += 1
        source = Source(merchant_id=self.merchant, account_id=self.account(account), channel=CHANNEL)
        with self.database.writing() as db:
            take_page(
                db,
                source,
                [
                    Item(ref=str(ref), sku=sku, name="Kaos", active=active, quantity=5, parent_ref=group)
                    for ref, sku, active, group in page
                ],
                run=str(self.run),
                seen_at=NOW,
            )
        for ref, (sku, active) in {ref: (sku, active) for ref, sku, active, _ in page}.items():
            known = self.model.listings.get(f"{account}/{ref}")
            if known:
                known.key, known.current = sku, active
            elif active:
                self.model.listings[f"{account}/{ref}"] = Listed(account, sku, current=True)
        self.learn_ids()
        self.seen.clear()

    @rule(account=st.sampled_from(ACCOUNTS), seen=st.booleans())
    def retire(self, account: str, seen: bool) -> None:
        with self.database.writing() as db:
            rows = db.execute(sa.select(listing).where(listing.c.account_id == self.account(account))).all()
            run = str(self.run if seen else 0)
            retire_unseen(db, self.merchant, self.account(account), run=run, before=NOW.replace(year=2027), after="")
        for row in rows:
            if row.seen_run != run:
                self.model.listings[f"{account}/{row.ref}"].current = False
        self.seen.clear()

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
        self.learn_events(len(self.model.steps) - 1, outcome.get("event_id", ""))

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

    @rule(sku=st.sampled_from(SKUS[1:]))
    def make_by_hand(self, sku: str) -> None:
        with self.database.writing() as db:
            if self.model.by_key(sku) is not None:
                return
            made = products.create(db, self.merchant, ProductData(sku=sku, name="Ours"), actor=CLI)
        self.made[len(self.model.products)] = made.product.id
        self.model.products.append(Made(sku, ours=True))

    @precondition(lambda self: self.model.products)
    @rule(data=st.data(), leaves=st.booleans())
    def group_by_hand(self, data: st.DataObject, leaves: bool) -> None:
        number = self.a_product(data)
        if not self.model.here(number):
            return
        with self.database.writing() as db:
            known = [one.id for one in parents.page(db, self.merchant, limit=100, after="")]
            old = products.find(db, self.merchant, self.made[number], for_change=True)
            to = None if leaves or not known else data.draw(st.sampled_from(known))
            new = ProductData(sku=old.product.sku, name=old.product.name, parent_id=to)
            changed = products.change(db, old, new, actor=CLI)
        self.model.products[number].ours |= changed != old
        self.seen.clear()

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

    @precondition(lambda self: self.model.products)
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        number = self.a_product(data)
        made = self.model.products[number]
        listed = any(one.place[1] == number for one in self.model.listings.values())
        allowed = made.gone_by == ARCHIVED or (self.model.here(number) and not listed)
        refused = self.tries(archiving.archive, self.made[number])
        assert bool(refused) != allowed, refused
        if allowed:
            made.gone_by, made.ours = ARCHIVED, True

    @precondition(lambda self: any(made.gone_by == ARCHIVED for made in self.model.products))
    @rule(data=st.data())
    def unarchive(self, data: st.DataObject) -> None:
        gone = [number for number, made in enumerate(self.model.products) if made.gone_by == ARCHIVED]
        number = data.draw(st.sampled_from(gone))
        allowed = self.model.by_key(self.model.products[number].key) is None
        refused = self.tries(archiving.restore, self.made[number])
        assert bool(refused) != allowed, refused
        if allowed:
            self.model.products[number].gone_by = 0

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.events)[-12:]))
        if self.model.steps[number].merge or self.model.steps[number].moved:
            self.undo_one(number)
        else:
            self.undo_many(number)

    def undo_one(self, number: int) -> bool:
        merge = self.model.steps[number].merge
        undone = self.model.undone(number)
        new = self.model.unmerge(number) if merge else self.model.undo(number)
        refused = self.tries(undoing.undo, self.events[number])
        assert bool(refused) == (new is None), refused
        assert undone == (refused is not None and refused.code == "undone_already"), refused
        if new is not None and merge:
            self.learn_merge(new)
        else:
            self.learn_events()
        return new is not None

    @rule(data=st.data())
    def take_everything_back(self, data: st.DataObject) -> None:
        """Step after step, in any order that there is, until nothing that anybody said is in force."""
        forward = [number for number in self.events if self.model.steps[number].led_to == number]
        left = data.draw(st.permutations(forward))
        while undone := [number for number in left if self.undo_one(number)]:
            left = [number for number in left if number not in undone]
            self.the_hub_is_where_the_model_is()
        if not any(made.ours or made.gone_by for made in self.model.products):
            assert not any(one.step for one in self.model.listings.values())
            assert not self.state()["products"]
            assert not self.state()["parents"]

    def undo_many(self, number: int) -> None:
        with self.database.writing() as db:
            try:
                ticket = undoing.undo(db, self.merchant, self.events[number], actor=CLI)
            except HubError:
                ticket = None
        assert (ticket is not None) == any(map(self.model.stands, self.model.steps[number].children))
        if ticket is None:
            return
        assert not isinstance(ticket, str)
        outcome = self.work(ticket)
        new = self.model.undo_all(number)
        assert outcome.get("undone", 0) == len(self.model.steps[new].children)
        self.learn_events(new, outcome.get("event_id", ""))

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

    @invariant()
    def the_way_here_makes_no_difference(self) -> None:
        state = self.state()
        assert self.seen.setdefault(self.model.place(), state) == state

    @invariant()
    def parents_are_there_with_their_products_and_only_those_that_people_use_without(self) -> None:
        state = self.state()
        full = {one["parent_id"] for one in state["products"].values()} - {None}
        assert full <= set(state["parents"])
        assert {id_ for id_, one in state["parents"].items() if not one["kept"]} <= full


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


@pytest.mark.parametrize(
    ("place", "name", "answer"),
    [
        pytest.param(classes, "reclassify", None, id="listings with the same code"),
        pytest.param(holding, "left_over", {}, id="products that nothing holds"),
        pytest.param(back, "regroup", None, id="parents"),
    ],
)
def test_the_machine_reports_a_hub_that_forgets(
    database: Database, monkeypatch: pytest.MonkeyPatch, place: ModuleType, name: str, answer: object
) -> None:
    monkeypatch.setattr(place, name, lambda *given, **named: answer)

    with pytest.raises(AssertionError):
        _run(database, monkeypatch, Phase.generate)
