"""Links, orders and stock in any order: nothing is oversold, the books hold, at rest no flag stands for nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
from hub_hookspecs import Capability, Order, OrderState
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
from msgspec.structs import replace

from hub.catalog.service import bundles, packs
from hub.catalog.store.bundles import Component
from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.linking.service import deciding, merging, relinking
from hub.orders.store import waiting
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.books import Rest, faults_of_the_books
from tests.slices.orders.counter import Counter, line
from tests.slices.stock.fair import a_fair

EXAMPLES = max(1, int(os.environ.get("HUB_TEST_EXAMPLES", "25")) // 3)
KIOSKS = ("north", "south")
REFS = ("A", "B", "C", "D")  # listings at each kiosk; D is there only once orders have named it
PRODUCTS = ("A", "B", "C", "SET")
SILENT = {Capability.PUSH_STOCK: "nobody is told here"}
NOW_AND_THEN = st.sampled_from((False, False, False, True))
READY, GONE = (OrderState.READY,) * 4, (OrderState.CANCELLED,) * 3
LATER = (OrderState.READY, OrderState.CANCEL_REQUESTED, OrderState.UNKNOWN, OrderState.UNPAID)
kiosks, refs, products = st.sampled_from(KIOSKS), st.sampled_from(REFS), st.sampled_from(PRODUCTS)
units = st.integers(1, 3)


class Selling(RuleBasedStateMachine):
    """One merchant with two kiosks, whose orders go by kiosk and number."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.told: dict[tuple[str, str], Order] = {}
        self.holds_unpaid = False

    def teardown(self) -> None:
        self.comes_to_rest()
        self.stack.close()

    @initialize(quantities=st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=3, max_size=3),
                unlinked=st.sets(st.sampled_from(REFS[:3]), max_size=1))  # fmt: skip
    def opens(self, quantities: list[int | None], unlinked: set[str]) -> None:
        made = {name: Kiosk() for name in KIOSKS}
        for each in made.values():
            each.lacks = SILENT
        self.fair = self.stack.enter_context(a_fair(self.database, **made))
        self.counter = Counter(self.fair)
        for kiosk in KIOSKS:
            self.fair.joins(kiosk, known_as=new_id())
            self.fair.lists(kiosk, **dict(zip(REFS, quantities, strict=False)))
        self.fair.goods.sells("A", "B", "C")
        self.fair.goods.sells("SET", A=1, B=2)
        for kiosk in KIOSKS:
            for ref in sorted({*REFS[:3]} - unlinked):
                self.confirms(kiosk, ref)

    def tries(self, act: Callable[..., Any], *given: Any, **named: Any) -> None:  # Any: one of the services
        """What people may be refused is refused whole."""
        with suppress(HubError), self.fair.database.writing() as db:
            act(db, self.fair.goods.merchant, *given, **named)

    def listing(self, kiosk: str, ref: str) -> str:
        return self.fair.listing(kiosk, ref)

    # -- what channels tell -----------------------------------------------------------------------------------------

    @rule(kiosk=kiosks, carts=st.lists(st.dictionaries(refs, units, min_size=1, max_size=2), min_size=1, max_size=3),
          early=NOW_AND_THEN, state=st.sampled_from((*READY, *LATER, OrderState.SHIPPED)))  # fmt: skip
    def buys(self, kiosk: str, carts: list[dict[str, int]], early: bool, state: OrderState) -> None:
        for wanted in carts:
            ref = str(len(self.told))
            hour = timedelta(hours=-1 if early else 1)
            lines = [line(sku, count) for sku, count in wanted.items()]
            order = self.counter.order(ref, *lines, state=state, placed_at=self.counter.now() + hour)
            self.told[kiosk, ref] = order
            self.counter.tells(order, kiosk=kiosk)

    def tells_again(self, data: st.DataObject, change: Callable[[Order], Order]) -> None:
        kiosk, ref = data.draw(st.sampled_from(sorted(self.told)))
        self.counter.ticks += 1
        at = self.counter.now() + timedelta(hours=3, minutes=self.counter.ticks)
        self.told[kiosk, ref] = replace(change(self.told[kiosk, ref]), updated_at=at)
        self.counter.tells(self.told[kiosk, ref], kiosk=kiosk)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), by=st.integers(-1, 2))
    def changes_a_line(self, data: st.DataObject, by: int) -> None:
        """One unit cancelled, or more of it wanted."""

        def changed(order: Order) -> Order:
            first, *others = order.lines
            gone = min(first.quantity, max(-by, 0))
            quantity = first.quantity - gone + max(by, 0)
            return replace(order, lines=(replace(first, quantity=quantity, cancelled=first.cancelled + gone), *others))

        self.tells_again(data, changed)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), state=st.sampled_from([*LATER, OrderState.SHIPPED, *GONE]))
    def goes_on(self, data: st.DataObject, state: OrderState) -> None:
        self.tells_again(data, lambda order: replace(order, state=state, raw_state=state.value))

    # -- what people do ---------------------------------------------------------------------------------------------

    @rule(kiosk=kiosks, ref=refs, product=products)
    def links(self, kiosk: str, ref: str, product: str) -> None:
        if ref == "D":
            self.fair.lists(kiosk, D=2)
        self.tries(relinking.link, self.listing(kiosk, ref), self.fair.goods.named[product], actor=CLI)

    @rule(kiosk=kiosks, ref=st.sampled_from(REFS[:3]))
    def confirms(self, kiosk: str, ref: str) -> None:
        self.tries(deciding.confirm, [self.listing(kiosk, ref)], actor=CLI)

    @rule(kiosk=kiosks, ref=st.sampled_from(REFS[:3]))
    def unlinks(self, kiosk: str, ref: str) -> None:
        self.tries(deciding.unlink, self.listing(kiosk, ref), actor=CLI)

    @rule(product=st.sampled_from(("B", "C")), into=st.sampled_from(("A", "C")))
    def merges(self, product: str, into: str) -> None:
        named = self.fair.goods.named
        self.tries(merging.merge, named[product], named[into], actor=CLI)

    @rule(product=st.sampled_from(("A", "B", "C")), by=st.integers(-3, 5).filter(bool))
    def counts(self, product: str, by: int) -> None:
        with suppress(HubError):
            self.fair.goods.adjusts(product, by)

    @rule(parts=st.dictionaries(st.sampled_from(("A", "B", "C")), st.integers(1, 2), min_size=1, max_size=2))
    def makes_the_set_otherwise(self, parts: dict[str, int]) -> None:
        named = self.fair.goods.named
        components = [Component(product_id=named[each], quantity=count) for each, count in parts.items()]
        self.tries(bundles.set_components, named["SET"], components)

    @rule(kiosk=kiosks, ref=st.sampled_from(REFS[:3]), pack=st.integers(1, 3))
    def packs_otherwise(self, kiosk: str, ref: str, pack: int) -> None:
        self.tries(packs.set_pack, self.listing(kiosk, ref), pack, actor=CLI)

    @rule()
    def has_unpaid_orders_hold_stock_or_not(self) -> None:
        self.holds_unpaid = not self.holds_unpaid
        self.fair.holds_unpaid(self.holds_unpaid)

    # -- what must be -----------------------------------------------------------------------------------------------

    @rule()
    def comes_to_rest(self) -> None:
        if not hasattr(self, "fair"):
            return
        self.fair.works(ticks=50)
        assert self.fair.unfinished() == []
        rest = Rest(self.database, self.fair.goods.merchant, holds_unpaid=self.holds_unpaid)
        assert rest.faults() == []

    @invariant()
    def the_books_hold(self) -> None:
        assert faults_of_the_books(self.database) == []


def _run(database: Database, *phases: Phase) -> None:
    machine = type("OnThisDatabase", (Selling,), {"database": database})
    chosen = settings(
        max_examples=EXAMPLES, phases=phases, stateful_step_count=40, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=chosen)


def test_whatever_is_sold_linked_and_counted_nothing_is_oversold_and_no_flag_stands_too_long(
    database: Database,
) -> None:
    _run(database, Phase.generate, Phase.shrink)


def test_the_machine_reports_a_hub_that_looks_at_no_order_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "concerned", lambda *given, **named: [])

    with pytest.raises(AssertionError):
        _run(database, Phase.generate)
