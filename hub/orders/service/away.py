"""What lies in warehouses of others is moved here, and only when fulfilment says so: let go of, left, done with.

Whoever calls has read the order for change, and before that nothing of its outbounds: orders are locked first, then
what fulfilment keeps, then levels. In one transaction it is done for one order. Each settles the order as it is now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from hub.channels.service.wiring import Channels
from hub.channels.store import warehouses
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.rules.flags import REMEDIES, Code, Flag
from hub.orders.rules.leaving import state_after
from hub.orders.rules.lines import Standing
from hub.orders.service import flagging, manual, wanting
from hub.orders.service.drafts import Draft, Settled
from hub.orders.service.moves import Left, Word
from hub.orders.service.settling import settle
from hub.orders.store import orders, resolving
from hub.orders.store.orders import Stored
from hub.stock.rules.adopting import Counted
from hub.stock.store import levels, movements, reservations

OWN = "own"  # the name of what leaves the own shelf
_DONE = (Standing.SHIPPED, Standing.COVERED)
NONE: Mapping[str, Mapping[str, Counted]] = {}


def hold_levels(db: Transaction, stored: Sequence[Stored], product_ids: Collection[str] = ()) -> None:
    """Keep all levels from others that settling these orders may move, and those of these products.

    For who settles more than once in a transaction, several orders or one of them step by step: each time it comes for
    its levels by itself, which may sort before those that it has already.
    """
    held = reservations.of_orders(db, [one.order.id for one in stored])
    products = {*product_ids, *(one.product_id for one in held)}
    for each in stored:
        order, refs = each.order, {line.listing_ref for line in each.lines}
        known = resolving.known(db, order.merchant_id, order.account_id, refs)
        for needs in wanting.needs(db, [each], known).values():
            products |= needs.keys()
    levels.lock_all(db, products)


def release(db: Transaction, channels: Channels, stored: Stored, line_ids: Collection[str], *, actor: Actor) -> Stored:
    """Let these lines go of what they hold in warehouses of others: nobody packs it there, nor will.

    What is still wanted is held anew, wherever it may be sent from now; what is not is free. A line of which something
    has left before is done with instead: the rest of it is free.
    """
    gone = {one.line_id for one in movements.left_for(db, line_ids)} if line_ids else set()
    words = {line: Word(ends=True) if line in gone else Word(let_go=True) for line in line_ids}
    return _settle(db, channels, stored, words, kind="order.let_go", actor=actor).stored


def ship(
    db: Transaction, channels: Channels, stored: Stored, left: Mapping[str, Mapping[str, int]], *, warehouse_id: str,
    cause: str, left_at: datetime | None, actor: Actor, counted: Mapping[str, Mapping[str, Counted]] = NONE,
) -> Stored:  # fmt: skip
    """So many base units of each product have left that warehouse for these lines, beside what had left before.

    What is on hand and what is promised fall together. `cause` names this news: whatever comes again by it has left
    once. `left_at` None: just now. Goods that leave though the line holds them there no more leave all the same; what
    the hub then knows nothing of flags the order. What was `counted` off there before this was known, by line and
    product, is promised no more and leaves nothing a second time.
    """
    words = {line: Word(left=Left(warehouse_id, units, cause, counted.get(line, {}))) for line, units in left.items()}
    settled = _settle(db, channels, stored, words, kind="order.left_in_part", actor=actor, left_at=left_at)
    if settled.beyond:
        flagging.raise_flag(db, settled.stored.order, _unknown(settled))
    return settled.stored


def finish(
    db: Transaction, channels: Channels, stored: Stored, line_ids: Collection[str], *, left_at: datetime | None,
    actor: Actor,
) -> Stored:  # fmt: skip
    """Nothing more will leave for these lines: they are shipped with what has left, and the rest of it is free.

    An order whose lines have all left has left, though its channel may not know that yet.
    """
    words = {line: Word(ends=True) for line in line_ids}
    now = _settle(db, channels, stored, words, kind="order.left", actor=actor, left_at=left_at).stored
    return _closed(db, now, left_at)


def leave_own(db: Transaction, channels: Channels, stored: Stored, *, left_at: datetime, actor: Actor) -> Stored:
    """Let leave what an order holds on the own shelf, while the rest of it is sent from elsewhere. Twice is once."""
    ids = {line.warehouse_id for line in stored.lines if line.warehouse_id}
    houses = warehouses.named(db, stored.order.merchant_id, ids) if ids else {}
    units: dict[str, dict[str, int]] = {}
    for one in reservations.of_orders(db, [stored.order.id]):
        if not houses[one.warehouse_id].account_id:
            units.setdefault(one.cause.split(":")[1], {})[one.product_id] = one.quantity
    words = {
        line.id: Word(left=Left(line.warehouse_id, units[line.id], OWN), ends=True)
        for line in stored.lines
        if line.id in units and line.warehouse_id
    }
    if not words:
        return stored
    now = _settle(db, channels, stored, words, kind="order.left_in_part", actor=actor, left_at=left_at).stored
    return _closed(db, now, left_at)


def _closed(db: Transaction, now: Stored, left_at: datetime | None) -> Stored:
    """Note that an order has left of which nothing is still to be sent."""
    if now.order.left_at is not None or not _has_left(now):
        return now
    at = left_at or now.order.changed_at
    whole = Stored(order=replace(now.order, state=state_after(now.order.state), left_at=at), lines=now.lines)
    orders.write(db, [whole])
    return whole


def _settle(
    db: Transaction, channels: Channels, before: Stored, words: Mapping[str, Word], *, kind: str, actor: Actor,
    left_at: datetime | None = None,
) -> Settled:  # fmt: skip
    seller = manual.seller_of(db, channels, before.order, actor=actor)
    is_manual = bool(before.order.source)
    draft = Draft(now=before, before=before, kind=kind, by_hand=is_manual, words=words, left_at=left_at)
    (settled,) = settle(db, seller, [draft])
    return settled


def _has_left(now: Stored) -> bool:
    """Whether something of an order has left, and nothing of it is still to be sent."""
    is_done = all(line.standing in _DONE or not line.quantity for line in now.lines)
    return is_done and any(line.standing is Standing.SHIPPED for line in now.lines)


def _unknown(settled: Settled) -> Flag:
    reason = f"{sum(settled.beyond.values())} unit(s) left its warehouse of which the hub had none that was free"
    return Flag(Code.LEFT_UNKNOWN, reason, REMEDIES[Code.LEFT_UNKNOWN])
