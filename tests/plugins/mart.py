"""A depot whose buyers ask to cancel, and that is told what is said to them; each call may go wrong, as at a depot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import ModuleType

from hub_hookspecs import (
    Absent,
    Account,
    Capability,
    Channel,
    Order,
    OrderState,
    Receipt,
    Rejected,
    hookimpl,
)
from msgspec.structs import replace

from tests.plugins import depot
from tests.plugins.depot import Depot
from tests.plugins.kiosk import KioskSettings


class Mart(Depot):
    """The channel behind the plugin; `now` is each order as it is, `answered` what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.now: dict[str, Order] = {}
        self.answered: list[tuple[str, bool, str]] = []
        self.before_wish: Callable[[], None] = lambda: None  # its effect
        self.after_wish: Callable[[], None] = lambda: None
        self.cannot_read: Callable[[], None] = lambda: None

    def becomes(self, ref: str, state: OrderState) -> Order:
        """The order goes on, or ends; nothing of a cancelled one is wanted."""
        order = self.now[ref]
        lines = order.lines
        if state is OrderState.CANCELLED:
            lines = tuple(replace(one, quantity=0, cancelled=one.quantity) for one in lines)
        later = (order.updated_at or order.placed_at) + timedelta(seconds=1)
        self.now[ref] = replace(order, state=state, raw_state=state.value, lines=lines, updated_at=later)
        return self.now[ref]

    def answers(self, ref: str, *, accept: bool, reason: str) -> Receipt:
        """It looks first, as the contract has it: answered so before is no mistake."""
        self.answered.append((ref, accept, reason))
        self.before_wish()
        state, wanted = self.now[ref].state, OrderState.CANCELLED if accept else OrderState.READY
        if state is OrderState.CANCEL_REQUESTED:
            self.becomes(ref, wanted)
        elif state is not wanted:
            raise Rejected("the buyer does not ask for a cancellation any more", code="not_asked")
        self.after_wish()
        return Receipt(ref=ref)

    def look(self, refs: Sequence[str]) -> Iterator[Order | Absent]:
        self.cannot_read()
        for ref in refs:
            yield self.now.get(ref) or Absent(key=ref)


def a_plugin(mart: Mart, name: str) -> ModuleType:
    """A plugin module for this mart."""
    module = depot.a_plugin(mart, name)
    declared: Channel = module.describe_channel()
    answering = Capability.ANSWER_CANCELLATION

    @hookimpl
    def describe_channel() -> Channel:
        lacks = {each: why for each, why in declared.lacks.items() if each is not answering}
        return dataclasses.replace(declared, title="Mart", offers=declared.offers | {answering}, lacks=lacks)

    @hookimpl
    def answer_cancellation(account: Account[KioskSettings], order_ref: str, accept: bool, reason: str) -> Receipt:
        return mart.answers(order_ref, accept=accept, reason=reason)

    @hookimpl
    def read_orders(account: Account[KioskSettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
        yield from mart.look(refs)

    for hook in (describe_channel, answer_cancellation, read_orders):
        setattr(module, hook.__name__, hook)
    return module
