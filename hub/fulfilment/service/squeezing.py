"""Adopts what lies in a warehouse where more of it is promised: the youngest promises that nobody packs are let go of.

Their orders are settled as they are then, in the same transaction: held elsewhere, or flagged as short. Orders are
locked before the level, so what was chosen without a lock is chosen again with it, and left be where it differs.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.syncs import NEAREST, Outcome, SyncPhase
from hub.fulfilment.service import crossing
from hub.fulfilment.service.counting import documents_of, judged, undisturbed, word_of
from hub.fulfilment.store import standing, syncs
from hub.fulfilment.store.syncs import Judged, SyncLine, SyncRow
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.service import away, manual
from hub.orders.store.orders import Stored
from hub.stock.rules.adopting import Promise, Release, lacking, release
from hub.stock.service import adopting
from hub.stock.service.adopting import Word
from hub.stock.store import reservations


def squeeze(db: Transaction, channels: Channels, one: SyncRow, line: SyncLine, *, actor: Actor) -> Outcome:
    """Adopt such a line, or say why not; gives what became of it."""
    word = word_of(line)
    if word is None:
        raise RuntimeError("a planned line of which the warehouse said nothing")
    found = _adopted(db, channels, one, line, word, actor=actor)
    syncs.judge(db, one.id, [found])
    return found.outcome


def _adopted(
    db: Transaction, channels: Channels, one: SyncRow, line: SyncLine, word: Word, *, actor: Actor
) -> Judged:  # fmt: skip
    """What became of it; a person who has approved what does not fit lets it be as near to that as can be."""
    forced = one.phase is SyncPhase.FITTING
    chosen = _chosen(db, one, word)
    orders = sorted({each.order_id for each in chosen.let_go})
    locked = [manual.find(db, one.merchant_id, order_id, for_change=True) for order_id in orders]
    crossing.alone(db, one.warehouse_id)
    away.hold_levels(db, locked, [word.product_id])
    if _chosen(db, one, word) != chosen or not undisturbed(line, documents_of(db, one)):
        return judged(line, Outcome.CHANGED)
    if chosen.lacks and not forced:
        return judged(line, Outcome.SHORT, lacks=chosen.lacks)
    now = adopting.adopt_without(
        db, one.merchant_id, one.warehouse_id, word, chosen.let_go, sync=one.id, forced=forced, actor=actor
    )
    if now is None:
        return judged(line, Outcome.CHANGED)
    for stored in locked:
        lines = {_line_of(each.cause) for each in chosen.let_go if each.order_id == stored.order.id}
        away.release(db, channels, _begun_anew(stored, lines), lines, actor=actor)
    why = NEAREST.format(lacks=chosen.lacks) if chosen.lacks else ""
    return Judged(line.sku, Outcome.ADOPTED, why, now.on_hand, now.held)


def _chosen(db: Transaction, one: SyncRow, word: Word) -> Release:
    """Whom to let go of by what is promised of the level now."""
    found = reservations.of_level(db, one.warehouse_id, word.product_id)
    lines = {_line_of(held.cause) for held, _ in found}
    packed = set(standing.packed(db, one.warehouse_id, {held.order_id for held, _ in found}, lines))
    promises = [
        Promise(held.cause, held.order_id, held.quantity, made_at, _line_of(held.cause) in packed)
        for held, made_at in found
    ]
    return release(lacking(word.after, sum(each.quantity for each in promises)), promises)


def _begun_anew(stored: Stored, line_ids: Collection[str]) -> Stored:
    """The order, of which these lines reserve by another name: by the one that they have they hold nothing any more."""
    lines = tuple(replace(each, turn=each.turn + 1) if each.id in line_ids else each for each in stored.lines)
    return Stored(order=stored.order, lines=lines)


def _line_of(cause: str) -> str:
    """The line of an order that a promise was made to."""
    return cause.split(":")[1]
