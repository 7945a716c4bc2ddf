"""One way in for whatever tells of a channel's orders: a poll, a read, a hint. The same news twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from hub_hookspecs import Money, Order, OrderLine, OrderState
from msgspec.structs import replace

from hub.kernel.db import Transaction
from hub.kernel.ids import new_id
from hub.kernel.sealing import KeyRing
from hub.orders.rules.leaving import state_after
from hub.orders.rules.lines import still_wanted
from hub.orders.service import buyers
from hub.orders.service.buyers import Buyer
from hub.orders.service.drafts import Draft, Seller, Settled
from hub.orders.service.settling import settle
from hub.orders.store import orders as store
from hub.orders.store.orders import LineRow, OrderRow, Stored

_encoder = msgspec.json.Encoder(order="deterministic")


class Taken(NamedTuple):
    """What became of a batch: orders that are new or changed, those told unchanged, and news that came too late."""

    settled: list[Settled]
    unchanged: int
    passed_by: int


def hold(db: Transaction, account_id: str) -> None:
    """Let the orders of an account be taken in one batch after the other: of two that find one new, one is first."""
    db.serialise(f"orders:{account_id}")


def take_in(db: Transaction, ring: KeyRing, seller: Seller, told: Sequence[Order], *, asked_at: datetime) -> Taken:
    """Take in what a read that began at `asked_at` told of the account's orders; the caller has the account by `hold`.

    Idempotent by what the channel calls an order, and by what it says of it. News from before what is known is passed
    by. An order that names a line twice is a fault of its plugin.
    """
    newest = _newest(told, asked_at)
    known = store.known(db, seller.account.id, newest)
    late = {ref for ref, one in newest.items() if ref in known and _is_older(one, known[ref].order, asked_at)}
    digests = {ref: digest_of(one) for ref, one in newest.items()}
    same = {ref for ref in newest.keys() - late if ref in known and known[ref].order.digest == digests[ref]}
    seen = [known[ref].order.id for ref in same if known[ref].order.seen_at < asked_at]
    store.saw(db, seen, at=asked_at)
    drafts = [
        _draft(ring, seller, one, known.get(ref), digests[ref], asked_at)
        for ref, one in newest.items()
        if ref not in same | late
    ]
    return Taken(settle(db, seller, drafts) if drafts else [], len(same), len(late))


def digest_of(order: Order) -> int:
    return int.from_bytes(hashlib.blake2b(_encoder.encode(order), digest_size=8).digest(), signed=True)


def _newest(told: Sequence[Order], asked_at: datetime) -> dict[str, Order]:
    """Each order once, as it was told last."""
    newest: dict[str, Order] = {}
    for one in told:
        if len({line.ref for line in one.lines}) < len(one.lines):
            raise ValueError(f"order {one.ref!r} names a line twice")
        if one.ref not in newest or _at(one, asked_at) >= _at(newest[one.ref], asked_at):
            newest[one.ref] = one
    return newest


def _at(order: Order, asked_at: datetime) -> datetime:
    return order.updated_at or asked_at


def _is_older(told: Order, kept: OrderRow, asked_at: datetime) -> bool:
    return (_at(told, asked_at), asked_at) < (kept.updated_at, kept.seen_at)


def _draft(
    ring: KeyRing, seller: Seller, told: Order, before: Stored | None, digest: int, asked_at: datetime
) -> Draft:  # fmt: skip
    order_id = before.order.id if before else new_id()
    now = Stored(
        order=row_of(ring, seller, told, order_id, before.order if before else None, digest, asked_at),
        lines=lines_of(told, order_id, before.lines if before else ()),
    )
    return Draft(now=now, before=before, kind="order.changed" if before else "order.taken_in")


def row_of(
    ring: KeyRing, seller: Seller, told: Order, order_id: str, before: OrderRow | None, digest: int,
    asked_at: datetime, *, source: str = "",
) -> OrderRow:  # fmt: skip
    """The order as it is told; what is decided about it comes with settling."""
    amount, currency = _money(told.total)
    row = OrderRow(
        id=order_id, merchant_id=seller.account.merchant_id, account_id=seller.account.id, ref=told.ref,
        number=told.number, state=told.state, raw_state=told.raw_state, source=source, placed_at=told.placed_at,
        updated_at=_at(told, asked_at), seen_at=asked_at, ship_by=told.ship_by, courier=told.courier, awb=told.awb,
        fulfilled_by_channel=told.fulfilled_by_channel, total=amount, currency=currency,
        buyer=buyers.sealed(ring, order_id, Buyer(recipient=told.recipient, note=told.note)), digest=digest,
        warehouse_id=before.warehouse_id if before else None, version=before.version if before else 0,
        created_at=asked_at, changed_at=asked_at, left_at=None,
    )  # fmt: skip
    return row if before is None or before.left_at is None else _left(row, before)


def _left(row: OrderRow, before: OrderRow) -> OrderRow:
    """What has left our own shelf has left, and who carries it is known, though its channel may not know it yet."""
    return replace(
        row, state=state_after(row.state), left_at=before.left_at, courier=row.courier or before.courier,
        awb=row.awb or before.awb,
    )  # fmt: skip


def lines_of(told: Order, order_id: str, before: Sequence[LineRow]) -> tuple[LineRow, ...]:
    """The lines as they are told, each with what it holds so far; one that is told no more is wanted no more."""
    kept = {line.ref: line for line in before}
    lines = [_line(told.state, one, n, order_id, kept.get(one.ref)) for n, one in enumerate(told.lines)]
    gone = [line for ref, line in kept.items() if ref not in {one.ref for one in told.lines}]
    return (*lines, *(replace(one, quantity=0, cancelled=one.quantity + one.cancelled) for one in gone))


def _line(state: OrderState, told: OrderLine, position: int, order_id: str, kept: LineRow | None) -> LineRow:
    amount, currency = _money(told.unit_price)
    wanted = still_wanted(state, told.quantity)
    one = LineRow(
        id=new_id(), order_id=order_id, ref=told.ref, position=position, listing_ref=told.listing_ref, sku=told.sku,
        name=told.name, quantity=wanted, cancelled=told.cancelled + told.quantity - wanted, unit_price=amount,
        currency=currency, place_ref=told.place_ref, package_ref=told.package_ref,
    )  # fmt: skip
    if kept is None:
        return one
    return replace(
        one, id=kept.id, listing_id=kept.listing_id, product_id=kept.product_id, pack=kept.pack, units=kept.units,
        turn=kept.turn, standing=kept.standing, in_margin=kept.in_margin,
    )  # fmt: skip


def _money(money: Money | None) -> tuple[str | None, str | None]:
    return (None, None) if money is None else (format(money.amount, "f"), money.currency)
