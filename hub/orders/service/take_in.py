"""One way in for whatever tells of a channel's orders: a poll, a read, a hint. The same news twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from hub_hookspecs import Order
from msgspec.structs import replace

from hub.kernel.db import Transaction
from hub.kernel.ids import new_id
from hub.kernel.sealing import KeyRing
from hub.orders.rules.fitting import changed_at, unfit
from hub.orders.rules.history import is_history
from hub.orders.rules.leaving import state_after
from hub.orders.rules.lines import Standing
from hub.orders.service import buyers, erasing, refusing
from hub.orders.service.buyers import Buyer
from hub.orders.service.drafts import Draft, Seller, Settled
from hub.orders.service.settling import settle
from hub.orders.service.told_lines import lines_of, money_of
from hub.orders.store import orders as store
from hub.orders.store.former import Shop
from hub.orders.store.orders import OrderRow, Stored

_encoder = msgspec.json.Encoder(order="deterministic")


class Taken(NamedTuple):
    """What became of a batch: orders that are new or changed, those told unchanged, and news that came too late.

    `refused`: those that the hub cannot keep as they are told, and why, by ref.
    """

    settled: list[Settled]
    unchanged: int
    passed_by: int
    refused: Mapping[str, str] = MappingProxyType({})


def hold(db: Transaction, account_id: str) -> None:
    """Let the orders of an account be taken in one batch after the other: of two that find one new, one is first."""
    db.serialise(_turn_of(account_id))


def held(db: Transaction, account_ids: Sequence[str]) -> list[str]:
    """Those of these accounts whose orders somebody else is taking in; the rest wait until this transaction ends."""
    accounts = {_turn_of(each): each for each in account_ids}
    return [accounts[turn] for turn in db.taken(list(accounts))]


def _turn_of(account_id: str) -> str:
    return f"orders:{account_id}"


def take_in(db: Transaction, ring: KeyRing, seller: Seller, told: Sequence[Order], *, asked_at: datetime) -> Taken:
    """Take in what a read that began at `asked_at` told of the account's orders; the caller has the account by `hold`.

    Idempotent by what the channel calls an order, and by what it says of it. News from before what is known is passed
    by, and so is what a former account of the same shop is done with. What such an account has that is still open goes
    on with this one: it holds stock, and nobody else would hear what becomes of it. What the hub cannot keep is left
    out, and said so: the others come in all the same.
    """
    newest = _newest([one for one in told if not unfit(one)], asked_at)
    account = seller.account
    shop = Shop(account.merchant_id, account.plugin, account.identity)
    known, former, erased = store.told_before(db, account.id, newest, erasing.digests_of(account, newest), shop)
    newest = {ref: one for ref, one in newest.items() if ref not in former}
    late = {ref for ref, one in newest.items() if ref in known and _is_older(one, known[ref].order, asked_at)}
    digests = {ref: digest_of(one) for ref, one in newest.items()}
    adopted = {ref: known[ref].order.account_id for ref in known.keys() - late}
    adopted = {ref: former_id for ref, former_id in adopted.items() if former_id != account.id}
    same = {ref for ref in known.keys() - late - adopted.keys() if known[ref].order.digest == digests[ref]}
    seen = [known[ref].order.id for ref in same if known[ref].order.seen_at < asked_at]
    store.saw(db, seen, at=asked_at)
    unwelcome = erasing.unwelcome(seller.account, [newest[ref] for ref in newest.keys() - known.keys()], erased)
    drafts = [
        _draft(ring, seller, one, known.get(ref), digests[ref], asked_at)
        for ref, one in newest.items()
        if ref not in same | late
    ]
    drafts = [erasing.without_buyer(one) if one.now.order.ref in unwelcome else one for one in drafts]
    if wished := unwelcome | erasing.wished(db, adopted):  # what else the hub has of them goes by a job
        erasing.ask(db, seller.account.merchant_id, seller.account.id, wished)
    return Taken(
        settle(db, seller, drafts) if drafts else [], len(same), len(late | former), _refused(db, seller, told)
    )


def _refused(db: Transaction, seller: Seller, told: Sequence[Order]) -> dict[str, str]:
    """Those that cannot be kept, and why, by ref; people are told of each."""
    left_out = {one.ref: (one, reason) for one in told if (reason := unfit(one))}
    for one, reason in left_out.values():
        refusing.announce(db, seller, one, reason, digest=digest_of(one))
    return {ref: reason for ref, (_, reason) in left_out.items()}


def digest_of(order: Order) -> int:
    return int.from_bytes(hashlib.blake2b(_encoder.encode(order), digest_size=8).digest(), signed=True)


def _newest(told: Sequence[Order], asked_at: datetime) -> dict[str, Order]:
    """Each order once, as it was told last."""
    newest: dict[str, Order] = {}
    for one in told:
        if one.ref not in newest or _at(one, asked_at) >= _at(newest[one.ref], asked_at):
            newest[one.ref] = one
    return newest


def _at(order: Order, asked_at: datetime) -> datetime:
    return changed_at(order.updated_at, asked_at)


def _is_older(told: Order, kept: OrderRow, asked_at: datetime) -> bool:
    return (_at(told, asked_at), asked_at) < (changed_at(kept.updated_at, kept.seen_at), kept.seen_at)


def _draft(
    ring: KeyRing, seller: Seller, told: Order, before: Stored | None, digest: int, asked_at: datetime
) -> Draft:  # fmt: skip
    order_id = before.order.id if before else new_id()
    past = before is None and is_history(told, seller.account.created_at)
    lines = lines_of(told, order_id, before.lines if before else ())
    now = Stored(
        order=row_of(ring, seller, told, order_id, before.order if before else None, digest, asked_at),
        lines=tuple(replace(line, standing=Standing.COVERED) for line in lines) if past else lines,
    )
    return Draft(now=now, before=before, kind="order.changed" if before else "order.taken_in", is_history=past)


def row_of(
    ring: KeyRing, seller: Seller, told: Order, order_id: str, before: OrderRow | None, digest: int,
    asked_at: datetime, *, source: str = "",
) -> OrderRow:  # fmt: skip
    """The order as it is told; what is decided about it comes with settling."""
    amount, currency = money_of(told.total)
    row = OrderRow(
        id=order_id, merchant_id=seller.account.merchant_id, account_id=seller.account.id, ref=told.ref,
        number=told.number, state=told.state, raw_state=told.raw_state, source=source, placed_at=told.placed_at,
        updated_at=_at(told, asked_at), seen_at=asked_at, ship_by=told.ship_by, courier=told.courier, awb=told.awb,
        fulfilled_by_channel=told.fulfilled_by_channel, total=amount, currency=currency,
        buyer=_buyer(ring, told, order_id, before), digest=digest,
        warehouse_id=before.warehouse_id if before else None, version=before.version if before else 0,
        created_at=asked_at, changed_at=asked_at, left_at=None,
        acknowledged=before.acknowledged if before else "{}", country=told.recipient.country.strip().upper()[:2],
    )  # fmt: skip
    return row if before is None or before.left_at is None else _left(row, before)


def _buyer(ring: KeyRing, told: Order, order_id: str, before: OrderRow | None) -> str:
    """Who was erased stays so, whatever the channel still tells."""
    if before is not None and not before.buyer:
        return before.buyer
    return buyers.sealed(ring, order_id, Buyer(recipient=told.recipient, note=told.note))


def _left(row: OrderRow, before: OrderRow) -> OrderRow:
    """What has left our own shelf has left, and who carries it is known, though its channel may not know it yet."""
    return replace(
        row, state=state_after(row.state), left_at=before.left_at, courier=row.courier or before.courier,
        awb=row.awb or before.awb,
    )  # fmt: skip
