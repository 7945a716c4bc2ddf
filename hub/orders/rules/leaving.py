"""What a channel may still say of an order that has left our own shelf, and what stands against its leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub_hookspecs import OrderState

from hub.orders.rules.lines import Line, Standing

_BEHIND = (OrderState.UNPAID, OrderState.READY, OrderState.UNKNOWN)
_WAITS = {
    OrderState.UNPAID: "nobody has paid it yet: send it once its channel says that it is paid",
    OrderState.CANCEL_REQUESTED: "its buyer asks to cancel it: answer that first",
    OrderState.UNKNOWN: "its channel says a word that the plugin does not know: look at the order there first",
    OrderState.CANCELLED: "it is cancelled: nothing of it is to be sent",
}
_REMEDIES = {
    Standing.UNLINKED: "is not linked: link its listing to the product that it sells",
    Standing.SHORT: "is not there: receive or count stock of it",
}


class Leaving(NamedTuple):
    """A line that is to leave: its SKU, how many are wanted, and what it holds."""

    sku: str
    wanted: int
    has: Line


def state_after(told: OrderState) -> OrderState:
    """What has left has left, though its channel may not know that yet; that its buyer wants it no more is news."""
    return OrderState.SHIPPED if told in _BEHIND else told


def objection(state: OrderState, *, sent_by_channel: bool, lines: Sequence[Leaving]) -> str:
    """Why an order cannot leave our own shelf now, as a whole; "" where nothing does."""
    if sent_by_channel:
        return "its channel sends it out of its own warehouse"
    if state in _WAITS:
        return _WAITS[state]
    return "" if any(line.wanted for line in lines) else "nothing of it is wanted any more"


def missing(line: Leaving) -> str:
    """Why this line cannot leave; "" where it holds all that is wanted of it, or its stock has left before."""
    if not line.wanted or line.has.standing in (Standing.COVERED, Standing.SHIPPED):
        return ""
    if line.has.standing is Standing.RESERVED and line.has.units == line.wanted:
        return ""
    return f"{line.sku} {_REMEDIES.get(line.has.standing, _REMEDIES[Standing.SHORT])}"
