"""Manual orders, cancellations, counts, transfers and rules in any order: the hub is always where brute force says."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hub_hookspecs import Address
from hub_pos import plugin as pos
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.channels.host import load_hosts
from hub.channels.service import mapping
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.store import accounts
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from hub.orders.service import manual
from hub.orders.service.manual import WantedLine, WantedOrder
from hub.stock.rules import levels as rules_of_levels
from hub.stock.rules.offered import Rule
from hub.stock.service import levels, offering, ruling
from hub.stock.service.levels import Line
from hub.stock.store import levels as stored_levels
from hub.stock.tables import level, movement, reservation
from tests.oversell.model import Model, Place
from tests.plugins.kiosk import Kiosk, a_plugin
from tests.slices.orders.till import list_at
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import COUNTED, Goods

EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES", "25")) // 2
SKUS = ("TEE", "CAP", "MUG")
BUNDLES = {"SET": {"TEE": 1, "CAP": 2}, "BOX": {"MUG": 3}}
ALL = (*SKUS, *BUNDLES)
WHERE = ("main", "annex")
START = 6
PACKS = {"CAP": 2}
quantities = st.integers(1, 5)
few = st.one_of(st.none(), st.integers(0, 4))


@dataclass
class Stage:
    """A merchant with a point of sale and a kiosk, both before the same two warehouses."""

    fair: Fair
    till: str
    model: Model = field(default_factory=lambda: Model({}, WHERE, PACKS))
    made: list[str] = field(default_factory=list)  # orders, as the model has them

    @property
    def goods(self) -> Goods:
        return self.fair.goods

    def begins_anew(self) -> None:
        """Cancel what is left, count what is there, and drop all rules, so that each example begins alike."""
        for order_id in self.made:
            self.cancels(order_id)
        for place in itertools.product(WHERE, SKUS):
            standing = self.goods.standing(place[1], at=place[0])
            if difference := START - (standing.on_hand if standing else 0):
                self.goods.adjusts(place[1], difference, at=place[0])
        for sku in ("", *ALL):
            self.puts(sku, Rule())
        self.made.clear()
        parts = {sku: {sku: 1} for sku in SKUS} | BUNDLES
        there = Counter(dict.fromkeys(itertools.product(WHERE, SKUS), START))
        self.model = Model(parts, WHERE, PACKS, there)

    def does(self, act: Callable[[Transaction], object]) -> bool:
        """Whether it was done, in a transaction of its own; a refusal leaves nothing."""
        try:
            with self.fair.database.writing() as db:
                act(db)
        except Refused:
            return False
        return True

    def sells(self, lines: list[tuple[str, int]]) -> bool:
        wanted = WantedOrder(
            source="Instagram", recipient=Address(),
            lines=tuple(WantedLine(quantity=count, product_id=self.goods.named[sku]) for sku, count in lines),
        )  # fmt: skip

        def sell(db: Transaction) -> None:
            made = manual.create(db, self.fair.channels, self.goods.merchant, self.till, wanted, actor=CLI)
            self.made.append(made.stored.order.id)

        return self.does(sell)

    def cancels(self, order_id: str) -> None:
        with self.fair.database.writing() as db:
            before = manual.find(db, self.goods.merchant, order_id, for_change=True)
            manual.cancel(db, self.fair.channels, before, actor=CLI)

    def puts(self, sku: str, new: Rule) -> None:
        merchant, product = self.goods.merchant, self.goods.named[sku] if sku else ""
        with self.fair.database.writing() as db:
            old = ruling.locked(db, merchant, self.fair.accounts["north"], product)
            ruling.put(db, merchant, self.fair.accounts["north"], product, old, new, actor=CLI)


class Selling(RuleBasedStateMachine):
    """Each rule does a thing to the hub and to the model."""

    stage: Stage

    @initialize()
    def begin(self) -> None:
        self.stage.begins_anew()

    @property
    def model(self) -> Model:
        return self.stage.model

    @rule(lines=st.lists(st.tuples(st.sampled_from(ALL), quantities), min_size=1, max_size=4))
    def sell(self, lines: list[tuple[str, int]]) -> None:
        assert self.stage.sells(lines) == self.model.sells(lines)

    @precondition(lambda self: self.stage.made)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.stage.made) - 1))
        self.stage.cancels(self.stage.made[at])
        self.model.orders[at].clear()

    @rule(where=st.sampled_from(WHERE), changes=st.dictionaries(st.sampled_from(SKUS), quantities, min_size=1),
          sign=st.sampled_from((-1, 1)))  # fmt: skip
    def adjust(self, where: str, changes: dict[str, int], sign: int) -> None:
        goods = self.stage.goods
        lines = [Line(goods.named[sku], sign * count) for sku, count in changes.items()]
        done = self.stage.does(
            lambda db: levels.adjust(db, goods.merchant, goods.named[where], lines, COUNTED, actor=CLI)
        )
        assert done == self.model.moves({(where, sku): sign * count for sku, count in changes.items()})

    @rule(ways=st.permutations(WHERE), moved=st.dictionaries(st.sampled_from(SKUS), quantities, min_size=1))
    def transfer(self, ways: list[str], moved: dict[str, int]) -> None:
        goods, (source, target) = self.stage.goods, ways
        lines = [Line(goods.named[sku], count) for sku, count in moved.items()]
        here, there = goods.named[source], goods.named[target]
        done = self.stage.does(
            lambda db: levels.transfer(db, goods.merchant, here, there, lines, COUNTED, actor=CLI)
        )  # fmt: skip
        out = {(source, sku): -count for sku, count in moved.items()}
        assert done == self.model.moves(out | {(target, sku): count for sku, count in moved.items()})

    @rule(sku=st.sampled_from(("", *ALL)), buffer=few, percent=st.one_of(st.none(), st.integers(0, 100)), cap=few,
          fixed=st.one_of(st.none(), st.none(), st.integers(0, 4)))  # fmt: skip
    def change_rule(
        self, sku: str, buffer: int | None, percent: int | None, cap: int | None, fixed: int | None
    ) -> None:  # fmt: skip
        new = Rule(buffer, percent, cap, fixed)
        self.stage.puts(sku, new)
        self.model.rules[sku] = new
        if new == Rule():
            del self.model.rules[sku]

    @invariant()
    def levels_are_what_the_model_says_and_what_the_books_come_to(self) -> None:
        standing = _levels(self.stage)
        assert standing == {
            place: (self.model.there[place], self.model.promised(place)) for place in itertools.product(WHERE, SKUS)
        }
        assert standing == _books(self.stage)

    @invariant()
    def the_kiosk_is_offered_what_the_model_says(self) -> None:
        fair = self.stage.fair
        ids = {fair.listing("north", sku): sku for sku in ALL}
        with fair.database.reading() as db:
            account = accounts.expect(db, fair.accounts["north"])
            found = offering.offers_of(db, account, [(id_, "") for id_ in ids])
        figures = {ids[id_]: each.offer.figure if each.offer else None for (id_, _), each in found.items()}
        assert figures == {sku: self.model.figure(sku) for sku in ALL}


def _levels(stage: Stage) -> dict[Place, tuple[int, int]]:
    name = {id_: named for named, id_ in stage.goods.named.items()}
    with stage.fair.database.reading() as db:
        return {
            (name[row.warehouse_id], name[row.product_id]): (row.on_hand, row.reserved)
            for row in db.execute(sa.select(level))
        }


def _books(stage: Stage) -> dict[Place, tuple[int, int]]:
    """What movements and open reservations come to."""
    name = {id_: named for named, id_ in stage.goods.named.items()}
    found: dict[Place, tuple[int, int]] = {}
    with stage.fair.database.reading() as db:
        for table, which in ((movement, sa.true()), (reservation, reservation.c.state == "open")):
            keys = (table.c.warehouse_id, table.c.product_id)
            query = sa.select(*keys, sa.func.sum(table.c.quantity).label("sum")).where(which).group_by(*keys)
            for row in db.execute(query):
                place = (name[row.warehouse_id], name[row.product_id])
                there, promised = found.get(place, (0, 0))
                more = int(row.sum)
                found[place] = (there + more, promised) if table is movement else (there, promised + more)
    return found


@contextmanager
def a_stage(database: Database) -> Iterator[Stage]:
    http = ChannelHttp(database)
    hosts = load_hosts({"north": a_plugin(Kiosk(), "north"), "pos": pos})
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    fair = Fair(Goods(database), channels, {"north": Kiosk()})
    goods = fair.goods
    goods.sells(*SKUS)
    for bundle, parts in BUNDLES.items():
        goods.sells(bundle, **parts)
    goods.builds("annex")
    for where in WHERE:
        goods.adjusts_all([(sku, START) for sku in SKUS], at=where)
    for plugin in hosts.loaded:
        fair.switches(plugin, enabled=True)
    proof = prove(channels, Wish(merchant_id=goods.merchant, plugin="pos", settings={"store_name": "Tanah Abang"}))
    with database.writing() as db:
        till = bind(channels, db, proof, actor=CLI).account.id
    list_at(database, goods.merchant, till, *ALL)
    fair.joins("north")
    for sku in ALL:
        fair.lists("north", PACKS.get(sku, 1), **{sku: 1})
    fair.confirms("north", *ALL)
    for account in (till, fair.accounts["north"]):
        with database.writing() as db:
            row = mapping.locked(db, goods.merchant, account)
            mapping.map_place(db, row, "", [goods.named[each] for each in WHERE], shared=True, actor=CLI)
    yield Stage(fair, till)
    http.close()


def _run(database: Database, *phases: Phase) -> None:
    with a_stage(database) as stage:
        machine = type("OnThisDatabase", (Selling,), {"stage": stage})
        chosen = settings(
            max_examples=EXAMPLES,
            phases=phases,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=chosen)


def test_whatever_people_do_to_stock_the_hub_is_where_brute_force_says(database: Database) -> None:
    _run(database, Phase.generate, Phase.shrink)


@pytest.mark.parametrize("forgotten", ["what is promised", "what leaves"])
def test_the_machine_reports_a_hub_that_forgets(
    database: Database, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:  # fmt: skip
    if forgotten == "what is promised":
        monkeypatch.setattr(
            rules_of_levels.Standing, "free", property(lambda standing: standing.on_hand - standing.held)
        )  # fmt: skip
    else:
        change = stored_levels.change
        monkeypatch.setattr(stored_levels, "change", lambda db, on_hand, **named: change(db, {}, **named) or True)

    with pytest.raises((AssertionError, RuntimeError)):
        _run(database, Phase.generate)
