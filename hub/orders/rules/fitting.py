"""Whether an order can be kept as it is told: one that cannot is left out, and stops no other."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hub_hookspecs import Order

from hub.orders.rules.lines import is_of_the_hub

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # what was "placed" earlier is a clock, or a field, that was never set
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # how far the clock of a channel may be before ours; what is later was never set
LARGEST = 2**31 - 1  # units of a line, by the contract
LONGEST = 500  # characters of what orders and lines are found by: PostgreSQL keeps 2,704 bytes in an index


def unfit(order: Order) -> str:
    """Why the hub cannot keep this order, in words; empty: it can."""
    if not EARLIEST <= order.placed_at < LATEST:
        return f"placed_at is {order.placed_at.isoformat()}, which cannot be when it was placed"
    counts = Counter(line.ref for line in order.lines)
    twice = next((ref for ref, count in counts.items() if count > 1), None)
    if twice is not None:
        return f"it names the line {twice[:LONGEST]!r} twice"
    if wild := next((f"{name} is {count}" for name, count in _figures(order) if not 0 <= count <= LARGEST), ""):
        return f"{wild}, which is not between 0 and {LARGEST}"
    if own := next((line.ref for line in order.lines if is_of_the_hub(line.ref)), ""):
        return f"it names a line {own[:LONGEST]!r}, as only the hub names what was added to one"
    long = next((name for name, text in _keys(order) if len(text) > LONGEST), "")
    return f"{long} is longer than {LONGEST} characters" if long else ""


def changed_at(told: datetime | None, asked_at: datetime) -> datetime:
    """When an order changed last, by a channel that was asked then; one that says nothing that can be: just now.

    Else whatever comes later would be older news for good, a cancellation too.
    """
    return told if told is not None and told <= asked_at + AHEAD else asked_at


def _figures(order: Order) -> list[tuple[str, int]]:
    """What is counted, by the name of its field."""
    return [
        (f"lines[{n}].{name}", count)
        for n, line in enumerate(order.lines)
        for name, count in (("quantity", line.quantity), ("cancelled", line.cancelled))
    ]


def _keys(order: Order) -> list[tuple[str, str]]:
    """What is looked up by, by the name of its field."""
    own = [("ref", order.ref), ("number", order.number), ("awb", order.awb)]
    return own + [
        (f"lines[{n}].{name}", text)
        for n, line in enumerate(order.lines)
        for name, text in (("ref", line.ref), ("listing_ref", line.listing_ref), ("place_ref", line.place_ref))
    ]
