"""Orders that people make at a point of sale: their stock falls at the moment they are made, else they are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from hub_hookspecs import Address, Kind, Money, Order, OrderLine, OrderState
from msgspec.structs import replace

from hub.channels.rules import State as AccountState
from hub.channels.service import standing
from hub.channels.service.proving import require_enabled
from hub.channels.service.wiring import Channels
from hub.channels.store import switches
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.orders.service.drafts import Draft, Seller, Settled
from hub.orders.service.settling import settle
from hub.orders.service.take_in import digest_of, row_of
from hub.orders.service.told_lines import lines_of
from hub.orders.store import listed, orders
from hub.orders.store.listed import Listed
from hub.orders.store.orders import OrderRow, Stored
from hub.stock.service.pushing import moment

_SENT = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)


class WantedLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many of a listing of the account, named itself or by the product that it sells."""

    quantity: int
    product_id: str = ""
    listing_id: str = ""
    unit_price: Money | None = None


class WantedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a person makes it; `source` is where the customer asked for it."""

    source: str
    recipient: Address
    lines: tuple[WantedLine, ...]
    note: str = ""


def create(
    db: Transaction, channels: Channels, merchant_id: str, account_id: str, wanted: WantedOrder, *, actor: Actor
) -> Settled:  # fmt: skip
    """Make an order and hold its stock at once; refuse it whole where there is not enough, before anything is kept.

    Only what is listed to the account can be ordered there.
    """
    account = standing.open_account(db, merchant_id, account_id)
    seller = _seller(db, channels, account, actor)
    found = listings(db, account, dict(enumerate(wanted.lines)))
    order_id, at = new_id(), next(iter(found.values())).at if found else moment(db)
    told = _told(order_id, wanted, list(found.values()), at)
    row = row_of(channels.ring, seller, told, order_id, None, digest_of(told), at, source=wanted.source)
    now = Stored(order=row, lines=lines_of(told, order_id, ()))
    (settled,) = settle(db, seller, [Draft(now=now, before=None, kind="order.created", by_hand=True)])
    require_stock(settled)
    return settled


def cancel(db: Transaction, channels: Channels, before: Stored, *, actor: Actor) -> Settled:
    """Cancel a manual order, whose stock is free again at once; `before` was read for change. Twice is once.

    So is one of a channel whose account is closed: nobody hears of it from there any more.
    """
    order = before.order
    seller = seller_of(db, channels, order, actor=actor)
    if not is_cancelled_here(seller, order):
        require_manual(order, "cancel it there, and it is cancelled here")
    if order.state is OrderState.CANCELLED:
        return Settled(stored=before, flags=[])
    require_here(order)
    now = Stored(
        order=replace(order, state=OrderState.CANCELLED, updated_at=moment(db)),
        lines=tuple(replace(line, quantity=0, cancelled=line.cancelled + line.quantity) for line in before.lines),
    )
    (settled,) = settle(db, seller, [Draft(now=now, before=before, kind="order.cancelled", by_hand=True)])
    return settled


def is_cancelled_here(seller: Seller, order: OrderRow) -> bool:
    """Whether no channel tells of an order, so that people cancel it in the hub."""
    return bool(order.source) or seller.account.state is AccountState.CLOSED


def find(db: Transaction, merchant_id: str, order_id: str, *, for_change: bool = False) -> Stored:
    """Find an order of the merchant; `for_change` keeps it from others until the transaction ends."""
    found = orders.find(db, merchant_id, order_id, for_change=for_change)
    if found is None:
        raise NotFound("order")
    return found


def require_manual(order: OrderRow, instead: str) -> None:
    """Refuse what is not ours to change: the channel's word would come over it."""
    if not order.source:
        raise Refused(f"this order came from its channel: {instead}", code="not_manual")


def require_here(order: OrderRow) -> None:
    """Refuse to change what is on its way."""
    if order.state in _SENT:
        raise Refused("the order has left; count what comes back and adjust the stock by it", code="order_sent")


def seller_of(db: Transaction, channels: Channels, order: OrderRow, *, actor: Actor) -> Seller:
    """The account that an order was made at, whatever has become of it since."""
    account = standing.account(db, order.merchant_id, order.account_id)
    is_gone = account.state is AccountState.CLOSED  # then its plugin may be gone as well, and there is nobody to tell
    channel = None if is_gone else channels.host(account.plugin).channel
    return Seller(account=account, channel=channel, actor=actor, declared=channels.hosts.declared)


def _seller(db: Transaction, channels: Channels, account: AccountRow, actor: Actor) -> Seller:
    channel = channels.host(account.plugin).channel
    if channel.kind is not Kind.POS:
        message = f"orders of {account.name} come from {channel.title}; make manual orders at a point of sale"
        raise Refused(message, code="not_a_point_of_sale", errors=(FieldError(field="account_id", message=message),))
    enabled = switches.is_enabled_until_commit(db, account.merchant_id, account.plugin)
    require_enabled(enabled=enabled, plugin=account.plugin)
    if account.state is not AccountState.ACTIVE:
        raise Refused(f"{account.name} is {account.state.value}; resume it first", code="account_not_active")
    return Seller(account=account, channel=channel, actor=actor, declared=channels.hosts.declared)


def listings(db: Transaction, account: AccountRow, lines: Mapping[int, WantedLine]) -> dict[int, Listed]:
    """The listing of each line, by its place in what was asked for."""
    sold = listed.chosen(
        db, account.id, listing_ids=[each.listing_id for each in lines.values() if each.listing_id],
        product_ids=[each.product_id for each in lines.values() if each.product_id],
    )  # fmt: skip
    named = {one.product_id: one for one in reversed(sold)} | {one.id: one for one in sold}
    keys = {n: each.listing_id or each.product_id for n, each in lines.items()}
    errors = tuple(
        FieldError(
            field=f"lines[{n}].{'listing_id' if lines[n].listing_id else 'product_id'}",
            message=f"is not listed to {account.name}: cross-list the product there first",
        )
        for n, key in keys.items()
        if key not in named
    )
    if errors:
        raise Invalid(f"{len(errors)} line(s) are not listed to {account.name}", code="not_listed", errors=errors)
    return {n: named[key] for n, key in keys.items()}


def _told(order_id: str, wanted: WantedOrder, found: Sequence[Listed], at: datetime) -> Order:
    lines = tuple(
        OrderLine(
            ref=str(n), listing_ref=one.ref, sku=one.sku, name=one.name, quantity=each.quantity,
            unit_price=each.unit_price,
        )
        for n, (each, one) in enumerate(zip(wanted.lines, found, strict=True), 1)
    )  # fmt: skip
    return Order(
        ref=order_id, number=_number(order_id, at), state=OrderState.READY, raw_state="", placed_at=at, updated_at=at,
        lines=lines, recipient=wanted.recipient, note=wanted.note,
        total=total_of((line.unit_price, line.quantity) for line in wanted.lines),
    )  # fmt: skip


def _number(order_id: str, at: datetime) -> str:
    """What people call it: the day, and the end of its id, which is random."""
    return f"{at:%y%m%d}-{order_id[-6:].upper()}"


def total_of(lines: Iterable[tuple[Money | None, int]]) -> Money | None:
    """What all lines come to, where each has a price and all are in one currency."""
    found = list(lines)
    prices = [price for price, _ in found if price is not None]
    if len(prices) < len(found) or len({price.currency for price in prices}) != 1:
        return None
    total = sum((price.amount * quantity for price, (_, quantity) in zip(prices, found, strict=True)), Decimal(0))
    return Money(amount=total, currency=prices[0].currency)


def require_stock(settled: Settled, before: Stored | None = None) -> None:
    """Refuse an order whose lines did not get all they want, with what is missing of each.

    What a line wanted `before` already, of the same listing, is no fault of this change: its order is flagged.
    """
    stood = {(line.id, line.listing_ref, line.quantity) for line in before.lines} if before else set()
    errors = tuple(
        FieldError(field=f"lines[{line.position}].quantity", message=str(lack))
        for line in settled.stored.lines
        if (line.id, line.listing_ref, line.quantity) not in stood
        for lack in settled.lacks[line.id]
    )
    if errors:
        message = f"there is not enough stock: {'; '.join(each.message for each in errors[:5])}"
        raise Refused(message, code="not_enough_stock", errors=errors)
