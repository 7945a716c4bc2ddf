"""What people do meanwhile: buyers, the merchant at her till and in her store-room, ops who open what was shut."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from hub_hookspecs import Address, ChannelError

from hub.catalog.service import imports
from hub.channels.service import standing
from hub.channels.service.hearing import retell
from hub.kernel.errors import HubError, Refused
from hub.kernel.events import CLI
from hub.orders.service import manual, reading
from hub.orders.service.manual import WantedLine, WantedOrder
from hub.stock.service import levels
from hub.stock.service.levels import Line
from tests.convergence.markets import Level, Market, Shelf
from tests.convergence.stall import HOUSES, PRODUCTS, Stall
from tests.slices.stock.goods import COUNTED

SARI = Address(name="Ibu Sari", lines=("Jl. Melati 5",), city="Bandung", country="ID")


@dataclass
class People:
    """All of them; what they do is decided by one pair of dice."""

    stall: Stall
    dice: random.Random
    cancels: bool = False
    lively: bool = True
    booked: dict[tuple[str, str], int] = field(default_factory=dict)  # by warehouse and SKU
    tilled: dict[str, dict[str, int]] = field(default_factory=dict)  # what manual orders hold, by SKU
    done: dict[str, int] = field(default_factory=dict)

    def come(self) -> None:
        """Do something now, and come again before long."""
        if self.lively:
            self.act()
            self.stall.stage.after(
                self.dice.choice((0.1, 1.0)) * self.dice.uniform(0, self.stall.wire.manner.pause), self.come
            )

    def act(self) -> None:
        doing = self.dice.choice(self._doings())
        self.done[doing.__name__] = self.done.get(doing.__name__, 0) + 1
        with self.stall.mortals.at_work():
            doing()

    def _doings(self) -> list[Callable[[], None]]:
        if not self.stall.wire.manner.sells:
            return [self.adjust, self.order]
        usual = [self.sell] * 6 + [self.order, self.order, self.adjust, self.adjust, self.transfer, self.hint]
        rare = [self.give_up, self.look, self.touch, self.shut] if self.dice.random() < 0.25 else []
        return usual + rare + [self.cancel] * (3 * self.cancels)

    def between(self, market: Market, told: list[Level]) -> None:
        """Somebody comes in between two steps of a call: mostly a buyer of just what is being told."""
        choice = self.dice.random()
        if told and choice < 0.5 and self.stall.wire.manner.sells:
            with self.stall.mortals.at_work():
                self.sell(self.dice.choice(told).shelf)
        elif choice < 0.8:
            self.act()
        else:
            self.stall.workers.work(self.dice.randint(1, 4))

    # Buyers

    def sell(self, shelf: Shelf | None = None) -> None:
        market = self.stall.markets[shelf.market] if shelf else self.dice.choice(list(self.stall.markets.values()))
        first = shelf or self.dice.choice(market.shelves)
        beside = [each for each in market.shelves if each.place == first.place and each != first]
        wanted = [first, *self.dice.sample(beside, min(len(beside), self.dice.choice((0, 0, 1))))]
        market.sell({each: self.dice.choice((1, 1, 2)) for each in wanted}, self.stall.stage.seconds)

    def cancel(self) -> None:
        market = self.dice.choice(list(self.stall.markets.values()))
        whole = [one for one in market.bought[-8:] if not any(line.cancelled for line in one.lines)]
        if not whole:
            return
        order, restock = self.dice.choice(whole), self.dice.random() < 0.6
        line = self.dice.choice(order.lines)
        part = self.dice.random() < 0.5 and line.units > 1
        market.cancel(order, line if part else None, 1, restock=restock)

    # The merchant

    def order(self) -> None:
        sku, units = self.dice.choice(PRODUCTS), self.dice.choice((1, 2))
        lines = (WantedLine(quantity=units, product_id=self.stall.goods.named[sku]),)
        wanted = WantedOrder(source="Instagram", recipient=SARI, lines=lines)
        with suppress(Refused), self.stall.database.writing() as db:
            made = manual.create(
                db, self.stall.runtime.channels, self.stall.goods.merchant, self.stall.till, wanted, actor=CLI
            )
            self.tilled[made.stored.order.id] = {sku: units}

    def give_up(self) -> None:
        if not self.tilled:
            return
        order_id = self.dice.choice(list(self.tilled))
        with self.stall.database.writing() as db:
            before = manual.find(db, self.stall.goods.merchant, order_id, for_change=True)
            manual.cancel(db, self.stall.runtime.channels, before, actor=CLI)
        del self.tilled[order_id]

    def adjust(self) -> None:
        sku, house, by = self.dice.choice(PRODUCTS), self.dice.choice(HOUSES), self.dice.choice((-3, -1, 1, 4, 8))
        with suppress(HubError):
            self.stall.goods.adjusts(sku, by, at=house)
            self.booked[house, sku] = self.booked.get((house, sku), 0) + by

    def transfer(self) -> None:
        sku, (source, target), units = self.dice.choice(PRODUCTS), self.dice.sample(HOUSES, 2), self.dice.randint(1, 4)
        named = self.stall.goods.named
        with suppress(HubError), self.stall.database.writing() as db:
            lines = [Line(named[sku], units)]
            levels.transfer(db, self.stall.goods.merchant, named[source], named[target], lines, COUNTED, actor=CLI)
            self.booked[source, sku] = self.booked.get((source, sku), 0) - units
            self.booked[target, sku] = self.booked.get((target, sku), 0) + units

    # What sets the hub going

    def hint(self) -> None:
        """A webhook that was proven: early, twice, or after a newer one; the order is read again."""
        market = self.dice.choice(list(self.stall.markets.values()))
        if market.bought:
            refs = [self.dice.choice(market.bought[-6:]).ref for _ in range(self.dice.choice((1, 2)))]
            with self.stall.database.writing() as db:
                reading.ask(db, self.stall.goods.merchant, self.stall.accounts[market.name], sorted(set(refs)))

    def look(self) -> None:
        """An import of items sees what is shown."""
        with self.stall.database.writing() as db:
            imports.enqueue(db, self.stall.goods.merchant, self.stall.accounts[self.dice.choice(["T2", "S2"])])

    def touch(self) -> None:
        self.retell([self.dice.choice(list(self.stall.accounts))])

    def retell(self, markets: list[str]) -> None:
        """Have every figure of these looked at again."""
        with self.stall.database.writing() as db:
            for market in markets:
                retell(db, self.stall.goods.merchant, self.stall.accounts[market])

    def shut(self) -> None:
        """A channel lets nobody in for a while, until somebody sees to it."""
        market = self.dice.choice(list(self.stall.markets.values()))
        market.close()
        self.stall.stage.after(self.dice.uniform(20, 120), market.open)
        self.stall.stage.after(self.dice.uniform(120, 180), self.cure)

    def cure(self) -> None:
        """Ops look after every account that waits for a person; one whose channel still refuses goes on waiting."""
        working = self.stall.stands()
        for market in sorted(set(self.stall.accounts) - set(working)):
            with self.stall.mortals.at_work(), suppress(ChannelError, HubError):
                merchant, account_id = self.stall.goods.merchant, self.stall.accounts[market]
                checked = standing.ask_channel(self.stall.runtime.channels, merchant, account_id, actor=CLI)
                with self.stall.database.writing() as db:
                    standing.note_check(db, checked, actor=CLI, resumes=True)
