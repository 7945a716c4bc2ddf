"""A kiosk that tells of its orders, as it chooses: a feed of changes, and each order as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import ModuleType

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Capability,
    Channel,
    Kind,
    Order,
    Page,
    Paper,
    StockOutcome,
    StockTarget,
    hookimpl,
)

from tests.plugins.kiosk import Kiosk, KioskSettings

PAGE = 2  # orders


class Booth(Kiosk):
    """The channel behind the plugin; `log` is what its feed tells, in order, and `now` each order as it is."""

    def __init__(self, *, compare_and_set: bool = True) -> None:
        super().__init__(compare_and_set=compare_and_set)
        self.log: list[Order] = []
        self.now: dict[str, Order] = {}
        self.asked: list[str] = []  # cursors
        self.read: list[str] = []  # refs
        self.before_page: Callable[[int], None] = lambda start: None
        self.pause: timedelta | None = None  # between two pages
        self.looks = 0  # calls that name orders, and how many orders the last one named
        self.looked_at = 0
        self.before_look: Callable[[], None] = lambda: None
        self.late: dict[str, Order] = {}  # what becomes of orders once they have been looked at

    def tells(self, *orders: Order) -> None:
        self.log += orders
        self.now |= {one.ref: one for one in orders}

    def feed(self, cursor: str) -> Iterator[Page[Order]]:
        """A walk ends where the log ended when it was begun: half-way its cursor is such as "2/5"."""
        self.asked.append(cursor)
        start, _, stop = cursor.partition("/")
        here, end = int(start or 0), int(stop or len(self.log))
        while here < end:
            self.before_page(here)
            records = tuple(self.log[here : min(here + PAGE, end)])
            here += len(records)
            left = here < end
            yield Page(
                records=records,
                cursor=f"{here}/{end}" if left else f"{here}",
                resume_after=self.pause if left else None,
            )

    def look(self, refs: Sequence[str]) -> Iterator[Order | Absent]:
        self.read += refs
        self.looks, self.looked_at = self.looks + 1, len(refs)
        self.before_look()
        for ref in refs:
            yield self.now.get(ref) or Absent(key=ref)
            self.now |= {ref: self.late.pop(ref)} if ref in self.late else {}


def a_plugin(booth: Booth, name: str) -> ModuleType:
    """A plugin module for this booth."""
    module = ModuleType(f"hub_{name}")
    offers = frozenset({Capability.PUSH_STOCK, Capability.IMPORT_ORDERS})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Booth", kind=Kind.MARKETPLACE, settings=KioskSettings, offers=offers,
            lacks={each: "the booth only sells" for each in Capability if each not in offers},
            lacks_papers=dict.fromkeys(Paper, "the booth has none"),
            compare_and_set=booth.compare_and_set, stock_batch=booth.stock_batch, offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[KioskSettings]) -> AccountCheck:
        return AccountCheck(identity=account.settings.kiosk, name=f"Booth {account.settings.kiosk}")

    @hookimpl
    def push_stock(account: Account[KioskSettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        yield from booth.take(targets)

    @hookimpl
    def import_orders(account: Account[KioskSettings], cursor: str) -> Iterator[Page[Order]]:
        yield from booth.feed(cursor)

    @hookimpl
    def read_orders(account: Account[KioskSettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
        yield from booth.look(refs)

    for hook in (describe_channel, check_account, push_stock, import_orders, read_orders):
        setattr(module, hook.__name__, hook)
    return module
