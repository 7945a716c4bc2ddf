"""Whether an order can be kept as it is told: one that cannot is left out, and stops no other."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hub_hookspecs import Order

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # what was "placed" earlier is a clock, or a field, that was never set
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST = 500  # characters of what orders and lines are found by: PostgreSQL keeps 2,704 bytes in an index


def unfit(order: Order) -> str:
    """Why the hub cannot keep this order, in words; empty: it can."""
    if not EARLIEST <= order.placed_at < LATEST:
        return f"placed_at is {order.placed_at.isoformat()}, which cannot be when it was placed"
    counts = Counter(line.ref for line in order.lines)
    twice = next((ref for ref, count in counts.items() if count > 1), None)
    if twice is not None:
        return f"it names the line {twice[:LONGEST]!r} twice"
    long = next((name for name, text in _keys(order) if len(text) > LONGEST), "")
    return f"{long} is longer than {LONGEST} characters" if long else ""


def _keys(order: Order) -> list[tuple[str, str]]:
    """What is looked up by, by the name of its field."""
    own = [("ref", order.ref), ("number", order.number), ("awb", order.awb)]
    return own + [
        (f"lines[{n}].{name}", text)
        for n, line in enumerate(order.lines)
        for name, text in (("ref", line.ref), ("listing_ref", line.listing_ref), ("place_ref", line.place_ref))
    ]
