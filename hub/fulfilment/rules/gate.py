"""Whether an outbound may be pushed: each thing that stands against it has a reason of its own, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from hub_hookspecs import OrderState, Paper

_NAMED = 5  # SKUs in a reason


class Wait(NamedTuple):
    """What an outbound waits for."""

    code: str
    reason: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides it. `routing` is what the router has against the warehouse that holds it.

    `awb` and `has_label` are what is held of the papers; what is kept as a label can be printed as a PDF. `rival` says
    who else has this AWB, `other` is the one that the channel names where the label has this one, and `label_error` why
    there is no label, where that is known.
    """

    state: OrderState
    sent_by_channel: bool = False
    unlinked: Sequence[str] = ()  # SKUs
    short: Sequence[str] = ()  # SKUs
    routing: Sequence[Wait] = ()
    needs: frozenset[Paper] = frozenset()
    awb: str = ""
    rival: str = ""
    other: str = ""
    has_label: bool = False
    label_error: str = ""


_STATES = {
    OrderState.UNPAID: Wait("unpaid", "the order is not paid"),
    OrderState.CANCEL_REQUESTED: Wait("cancel_requested", "its buyer asks to cancel it: answer that"),
    OrderState.CANCELLED: Wait("cancelled", "the order is cancelled"),
    OrderState.SHIPPED: Wait("shipped", "the order has left already, so it is never pushed"),
    OrderState.DELIVERED: Wait("shipped", "the order has left already, so it is never pushed"),
    OrderState.RETURNED: Wait("shipped", "the order has left already, so it is never pushed"),
    OrderState.UNKNOWN: Wait("unknown_state", "its channel says a word that the plugin does not know"),
}


def waits(facts: Facts) -> list[Wait]:
    """Everything that it waits for; nothing: it may be pushed. What is lacking for good is not also awaited."""
    before = of_order(facts)
    said = {each.code for each in before}
    return [*before, *(each for each in _of_papers(facts) if each.code not in said)]


def is_open(found: Sequence[Wait]) -> bool:
    return not found


def of_order(facts: Facts) -> list[Wait]:
    """What stands against it whatever papers there are: as long as anything does, nobody is asked for them."""
    return [*_of_order(facts), *facts.routing]


def _of_order(facts: Facts) -> Iterator[Wait]:
    if facts.state in _STATES:
        yield _STATES[facts.state]
    if facts.sent_by_channel:
        yield Wait("sent_by_channel", "its channel sends it out of its own warehouse")
    if facts.unlinked:
        yield Wait("unlinked", f"not linked to a product: {_listed(facts.unlinked)}")
    if facts.short:
        yield Wait("short", f"not enough stock: {_listed(facts.short)}")


def _of_papers(facts: Facts) -> Iterator[Wait]:
    if Paper.AWB in facts.needs:
        if not facts.awb:
            yield Wait("no_awb", "its courier's number (AWB) is not there yet")
        elif facts.rival:
            yield Wait("awb_in_use", f"its AWB {facts.awb} belongs to {facts.rival}; correct it on its channel")
        if facts.other:
            yield Wait("awb_differs", f"its label says {facts.awb}, and its channel {facts.other}; look at it there")
    if Paper.LABEL_PDF in facts.needs and not facts.has_label:
        yield Wait("no_label", facts.label_error or "its shipping label is not there yet")


def _listed(skus: Sequence[str]) -> str:
    named = [sku[:100] or "a line without a SKU" for sku in skus[:_NAMED]]
    return ", ".join([*named, *([f"and {len(skus) - _NAMED} more"] if len(skus) > _NAMED else [])])
