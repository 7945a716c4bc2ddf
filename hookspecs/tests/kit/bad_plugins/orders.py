"""Orders that get lost or come out of order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

import msgspec
from hub_hookspecs import Absent, Account, Order, Page, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def ordering(change: Callable[[Page[Order]], tuple[Order, ...]]) -> ModuleType:
    @hookimpl
    def import_orders(account: CornerAccount, cursor: str) -> Iterator[Page[Order]]:
        for page in good.import_orders(account, cursor):
            yield msgspec.structs.replace(page, records=change(page))

    return mutated(import_orders=import_orders)


@caught_by("test_every_order_is_well_formed")
def an_order_without_a_time_zone() -> ModuleType:
    def forget(order: Order) -> Order:
        return msgspec.structs.replace(order, placed_at=order.placed_at.replace(tzinfo=None))

    return ordering(lambda page: tuple(map(forget, page.records)))


@caught_by("test_no_order_is_lost_when_an_import_goes_on")
def an_order_lost_after_a_stop() -> ModuleType:
    @hookimpl
    def import_orders(account: CornerAccount, cursor: str) -> Iterator[Page[Order]]:
        for page in good.import_orders(account, cursor):
            yield msgspec.structs.replace(page, records=page.records[1:]) if cursor else page

    return mutated(import_orders=import_orders)


@caught_by("test_orders_come_oldest_change_first")
def the_newest_order_first() -> ModuleType:
    return ordering(lambda page: page.records[::-1])


@caught_by("test_every_order_asked_for_is_answered_once")
def a_missing_order_passed_over() -> ModuleType:
    @hookimpl
    def read_orders(account: CornerAccount, refs: Sequence[str]) -> Iterator[Order | Absent]:
        yield from (answer for answer in good.read_orders(account, refs) if isinstance(answer, Order))

    return mutated(read_orders=read_orders)
