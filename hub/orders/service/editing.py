"""Edits manual orders before they leave: stock moves by just the difference, or the edit is refused whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec
from hub_hookspecs import Address, Money, OrderState
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.orders.service import buyers, manual
from hub.orders.service.buyers import Buyer
from hub.orders.service.drafts import Draft, Settled
from hub.orders.service.manual import WantedLine
from hub.orders.service.settling import settle
from hub.orders.store.listed import Listed
from hub.orders.store.orders import LineRow, Stored
from hub.stock.service.pushing import moment

T = TypeVar("T")


class WantedChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of an order; what is left out stays. `lines` are all that it shall have."""

    source: str | UnsetType = UNSET
    recipient: Address | UnsetType = UNSET
    note: str | UnsetType = UNSET
    lines: tuple[WantedLine, ...] | UnsetType = UNSET


def edit(db: Transaction, channels: Channels, before: Stored, wanted: WantedChange, *, actor: Actor) -> Settled:
    """Change a manual order that has not left; `before` was read for change. Twice is once.

    All its lines that this changes get what they want then, or nothing of it is kept.
    """
    order = before.order
    manual.require_manual(order, "change it there, and it is changed here")
    manual.require_here(order)
    if order.state is OrderState.CANCELLED:
        raise Refused("the order is cancelled; make a new one", code="order_cancelled")
    seller = manual.seller_of(db, channels, order, actor=actor)
    lines = before.lines
    if not isinstance(wanted.lines, UnsetType):
        lines = tuple(_lines(db, seller.account, before, wanted.lines))
    stood = buyers.opened(channels.ring, order.id, order.buyer)
    buyer = Buyer(recipient=_over(stood.recipient, wanted.recipient), note=_over(stood.note, wanted.note))
    source = _over(order.source, wanted.source)
    if (source, buyer, lines) == (order.source, stood, before.lines):
        return Settled(stored=before, flags=[])
    total = manual.total_of((_price(line), line.quantity) for line in lines if line.quantity)
    order = replace(
        order, source=source, total=format(total.amount, "f") if total else None,
        currency=total.currency if total else None, updated_at=moment(db),
        buyer=order.buyer if buyer == stood else buyers.sealed(channels.ring, order.id, buyer),
    )  # fmt: skip
    now = Stored(order=order, lines=lines)
    (settled,) = settle(db, seller, [Draft(now=now, before=before, kind="order.edited", by_hand=True)])
    manual.require_stock(settled, before)
    if buyer != stood:  # that it was, and by whom: what it says is the buyer's
        subject = Subject(kind="order", id=order.id)
        events.record(db, "order.buyer_changed", subject=subject, actor=actor, merchant_id=order.merchant_id)
    return settled


def _lines(
    db: Transaction, account: AccountRow, before: Stored, wanted: Sequence[WantedLine]
) -> Iterator[LineRow]:  # fmt: skip
    """The lines as they are wanted, then those that are not wanted any more.

    A line is known again by what it sells, so that it keeps what it holds. What is new to the order must be listed to
    the account; what it has already need not be any more.
    """
    left = sorted(before.lines, key=lambda line: not line.quantity)  # those given up before are taken up again last
    kept = {n: line for n, each in enumerate(wanted) if (line := _taken(left, each)) is not None}
    sold = manual.listings(db, account, {n: each for n, each in enumerate(wanted) if n not in kept})
    numbers = iter(range(len(before.lines) + 1, len(before.lines) + len(sold) + 1))
    for n, each in enumerate(wanted):
        line = kept.get(n) or _of_listing(left, sold[n], before.order.id, numbers)
        yield _rewritten(line, n, each)
    for n, line in enumerate(left, len(wanted)):
        yield replace(line, position=n, quantity=0, cancelled=line.cancelled + line.quantity)


def _taken(left: list[LineRow], wanted: WantedLine) -> LineRow | None:
    """A line that sells this now, taken out of those that are left."""
    for line in left:
        same = line.listing_id == wanted.listing_id if wanted.listing_id else line.product_id == wanted.product_id
        if same and line.quantity:
            left.remove(line)
            return line
    return None


def _of_listing(left: list[LineRow], sold: Listed, order_id: str, numbers: Iterator[int]) -> LineRow:
    """A line of this listing: one that the order had once, or a new one."""
    for line in left:
        if line.listing_ref == sold.ref:
            left.remove(line)
            return replace(line, sku=sold.sku, name=sold.name)
    return LineRow(
        id=new_id(), order_id=order_id, ref=str(next(numbers)), position=0, listing_ref=sold.ref, sku=sold.sku,
        name=sold.name, quantity=0, cancelled=0, unit_price=None, currency=None, place_ref="", package_ref="",
    )  # fmt: skip


def _rewritten(line: LineRow, position: int, wanted: WantedLine) -> LineRow:
    """A line as it is wanted; where no price is given it keeps the one that it has.

    What is wanted again is not given up any more: both together are the most that was ever wanted of it.
    """
    given_up = max(line.cancelled + line.quantity - wanted.quantity, 0)
    line = replace(line, position=position, quantity=wanted.quantity, cancelled=given_up)
    if (price := wanted.unit_price) is None:
        return line
    return replace(line, unit_price=format(price.amount, "f"), currency=price.currency)


def _price(line: LineRow) -> Money | None:
    if line.unit_price is None or line.currency is None:
        return None
    return Money(amount=Decimal(line.unit_price), currency=line.currency)


def _over(stands: T, given: T | UnsetType) -> T:
    return stands if isinstance(given, UnsetType) else given
