"""One seeded world: a merchant's stock, what channels list of it, and people and troubles for a while."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hub.stock.rules import telling
from hub.stock.rules.telling import SKEW, Told
from tests.simulation_stock.books import Account, Books, Row, instant
from tests.simulation_stock.channel import Channel, Order, Shelf
from tests.simulation_stock.oracle import Oracle
from tests.simulation_stock.stage import Failed, Killed, Stage, Steps
from tests.simulation_stock.workers import Effect, Fate, Workers

CHAOS = 700.0  # seconds in which things happen
HOUSES = ("near", "far")
LISTED: dict[str, dict[str, int]] = {"shirt": {"A": 1}, "six": {"A": 6}, "mug": {"B": 1}, "set": {"A": 1, "B": 2}}
LINKED_AT = 60.0  # an import saw the listings at 0
TROUBLES: tuple[tuple[Fate, Effect], ...] = (
    ("killed", "never"), ("killed", "now"), ("killed", "late"),
    ("cut off", "never"), ("cut off", "now"), ("cut off", "late"),
    ("stalled", "now"), ("refused", "never"),
)  # fmt: skip


@dataclass(frozen=True)
class Manner:
    """What kind of a world a seed makes."""

    trouble: float  # how often a call or a page goes wrong
    cancels: bool
    edits: bool
    crowding: float  # how often somebody comes in between two steps
    most: int  # units at a time: few make figures meet by chance

    @staticmethod
    def of(dice: random.Random) -> Manner:
        return Manner(
            trouble=dice.choice((0.0, 0.1, 0.3)),
            cancels=dice.random() < 0.6,
            edits=dice.random() < 0.4,
            crowding=dice.choice((0.1, 0.4)),
            most=dice.choice((1, 1, 3)),
        )


GENTLE = Manner(trouble=0.0, cancels=False, edits=False, crowding=0.0, most=3)


class World:
    """Builds both sides from the dice, and is what happens to them."""

    def __init__(self, seed: object, *, blind: float, gentle: bool) -> None:
        self.dice = random.Random(f"{seed} stock")
        self.manner = GENTLE if gentle else Manner.of(self.dice)
        self.oracle = Oracle()
        self.stage = Stage()
        self.calm = False
        products = ("A", "B")
        self.books = Books(
            self.oracle,
            {(house, one): self.dice.randint(0, 5 * self.manner.most) for house in HOUSES for one in products},
        )
        self.accounts = [self._account(name, blind) for name in ("first", "second")]
        self.rows = [row for account in self.accounts for row in account.rows]
        workers = Workers(self.stage, self.books, self)
        for account in self.accounts:
            workers.hire(account)
        self.doings = self._doings()

    # What there is

    def _account(self, name: str, blind: float) -> Account:
        dice = self.dice
        channel = Channel(self.oracle, compare_and_set=dice.random() >= blind)
        visible_after = None if dice.random() < 0.1 else timedelta(seconds=dice.choice((0, 5, 30)))
        skew = dice.uniform(-0.95, 0.95) * SKEW.total_seconds()
        account = Account(name, channel, visible_after, skew)
        places = dice.choice(((HOUSES,), (HOUSES[:1],), (HOUSES[:1], HOUSES[1:])))
        for listing in dice.sample(list(LISTED), dice.choice((1, 2, 3))):
            for houses in places:
                shelf = Shelf(
                    f"{name}'s {listing} in {'+'.join(houses)}",
                    dice.randint(0, 4 * self.manner.most),
                    channel.compare_and_set,
                )
                self.books.show(Row(shelf, account, listing, LISTED[listing], houses))
        return account

    def link(self) -> None:
        """Confirm what an import saw a while ago; of accounts with several places nothing is known."""
        now, self.books.linked = self.stage.now, True
        for row in self.rows:
            if len(self.books.beside[row.account, row.listing]) == 1:
                row.told = telling.seeded(row.told, self.seen[row.shelf], page_asked_at=instant(0), at=instant(now))
                if row.told != Told():
                    self.books.want_import(row)
        self.books.touch(("A", "B"), now)
        for account in self.accounts:
            self.stage.go(self._polls(account))

    def begin(self) -> None:
        self.seen = {row.shelf: row.shelf.level for row in self.rows}
        for row in self.rows:
            row.reading_tick = self.oracle.next()
        self.stage.at(LINKED_AT, self.link)
        self.stage.at(CHAOS, self._calm_down)
        self.stage.go(self._people())

    def _polls(self, account: Account) -> Steps:
        while account.visible_after is not None:
            account.imports.want(self.stage.now)
            yield self.dice.uniform(20, 120) if not self.calm else 60.0

    # What people do

    def _people(self) -> Steps:
        while not self.calm:
            self.act()
            yield self.dice.choice((self.dice.uniform(0, 2), self.dice.uniform(0, 20), self.dice.uniform(0, 120)))

    def _calm_down(self) -> None:
        self.calm = True

    def act(self) -> None:
        self.dice.choice(self.doings)()

    def _doings(self) -> list[Callable[[], None]]:
        doings = [self.sell] * 6 + [self.adjust] * 2 + [self.transfer, self.hint, self.sync_one, self.touch]
        return doings + [self.cancel] * (2 * self.manner.cancels) + [self.edit] * self.manner.edits

    def sell(self, shelf: Shelf | None = None) -> None:
        account = self.dice.choice(self.accounts) if shelf is None else self.books.rows[shelf].account
        if account.visible_after is None:
            return  # a channel without orders sells nothing that we hear of
        others = self.dice.sample(account.rows, min(len(account.rows), self.dice.choice((1, 1, 2))))
        shelves = [shelf] if shelf is not None else [row.shelf for row in others]
        wanted = [(each, self.dice.randint(1, self.manner.most)) for each in shelves]
        named = self.dice.random() < 0.7
        order = account.channel.sell(wanted, named=named, now=self.stage.now, visible_at=self._visible(account))
        if order is None:
            return
        self.oracle.figures.sales += len(order.lines)
        self.oracle.figures.blind_sales += len(order.lines) * (not account.channel.compare_and_set)
        if self.dice.random() < 0.2 and self.stage.now > LINKED_AT:
            self.stage.at(self.stage.now + self.dice.choice((0.0, 20.0)), lambda: self._read(order))

    def cancel(self) -> None:
        account = self.dice.choice(self.accounts)
        if not account.channel.orders:
            return
        order = self.dice.choice(account.channel.orders)
        units = [self.dice.randint(0, line.units - line.cancelled) for line in order.lines]
        if self.dice.random() < 0.4:
            units = [line.units - line.cancelled for line in order.lines]
        restock = self.dice.random() < 0.6
        if any(units):
            account.channel.cancel(order, units, restock=restock, now=self.stage.now, visible_at=self._visible(account))

    def edit(self) -> None:
        row = self.dice.choice(self.rows)
        row.account.channel.edit(
            row.shelf, self.dice.randint(-min(row.shelf.level, self.manner.most), 2 * self.manner.most)
        )

    def adjust(self) -> None:
        self.books.adjust(
            self.dice.choice(HOUSES),
            self.dice.choice("AB"),
            self.dice.choice((-self.manner.most, 1, self.manner.most, 3 * self.manner.most)),
            self.stage.now,
        )

    def transfer(self) -> None:
        source, target = self.dice.sample(HOUSES, 2)
        self.books.transfer(self.dice.choice("AB"), source, target, self.dice.randint(1, 4), self.stage.now)

    def touch(self) -> None:
        """A cause that changes nothing."""
        self.books.touch((self.dice.choice("AB"),) if not self.calm else ("A", "B"), self.stage.now)

    def hint(self) -> None:
        """A webhook, perhaps the second: the order is read again at once."""
        account = self.dice.choice(self.accounts)
        if account.channel.orders and self.stage.now > LINKED_AT:
            self._read(self.dice.choice(account.channel.orders))

    def _read(self, order: Order) -> None:
        self.books.take_in(order, order.versions[-1].cancelled, self.stage.now)

    def sync_one(self) -> None:
        self.sync(self.dice.choice(self.accounts))

    def sync(self, account: Account) -> None:
        if self.stage.now > LINKED_AT:
            self.stage.go(self._sync(account))

    def _sync(self, account: Account) -> Steps:
        """A marketplace is asked what it shows, tells it and is heard: three moments."""
        asked = self.stage.now
        yield self.pause(5)
        told = [(row, row.shelf.level) for row in account.rows]
        yield self.pause(20)
        for row, quantity in told:
            self.books.synced(row, quantity, asked, self.stage.now)

    def _visible(self, account: Account) -> float:
        longest = account.visible_after.total_seconds() if account.visible_after else 0.0
        return self.stage.now + self.dice.choice((0.0, longest, self.dice.uniform(0, longest)))

    # What befalls workers

    def pause(self, longest: float) -> float:
        return self.dice.random() * longest

    def between(self, shelf: Shelf | None) -> None:
        if not self.calm and self.dice.random() < self.manner.crowding:
            if shelf is not None and self.dice.random() < 0.5:
                self.sell(shelf)
            else:
                self.act()

    def fate(self) -> tuple[Fate, Effect]:
        if self.calm or self.dice.random() >= self.manner.trouble:
            return "", "now"
        return self.dice.choice(TROUBLES)

    def breaks(self) -> None:
        if self.calm or self.dice.random() >= self.manner.trouble / 3:
            return
        if self.dice.random() < 0.5:
            self.oracle.figures.kills += 1
            raise Killed
        raise Failed(self.dice.uniform(1, 30))

    def shown(self, order: Order) -> list[tuple[Order, tuple[int, ...]]]:
        """What a page tells of an order: perhaps nothing yet, perhaps twice, perhaps an older version after a newer."""
        newest = order.shown(self.stage.now)
        if newest is None:
            return []
        told = [(order, newest.cancelled)]
        if not self.calm and self.dice.random() < 0.2:
            told.append((order, self.dice.choice(order.versions[: order.versions.index(newest) + 1]).cancelled))
        return told
