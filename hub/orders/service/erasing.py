"""Erases who ordered, where a channel or a person asks for it: what has ended at once, what is open when it has ended.

An open order still needs its address: it has to be sent, and that is what the buyer asked for first. The order itself
stays, with what was sold and for how much: books must be kept. What is told of it later brings nobody back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Order
from msgspec.structs import replace

from hub.channels import store as channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import JobKind
from hub.orders.rules.erased import EVERYONE, digest_of, shop_of
from hub.orders.service.drafts import Draft
from hub.orders.store import erasures
from hub.orders.store.orders import OrderRow, Stored
from hub.orders.store.states import OPEN

# The slice of webhooks handles it, since messages go too; by account, but not its own: a pause does not hold it up.
ERASE = JobKind("webhooks.erase_buyers", lane="default")
DAILY = "17 3 * * *"
BATCH = 100  # orders looked at in one transaction


class Erased(NamedTuple):
    """An order whose buyer is erased, by id and by the channel's reference."""

    order_id: str
    ref: str


class Step(NamedTuple):
    """What a transaction came to: `after` is where to go on, None where nothing more can be done for now."""

    erased: Sequence[Erased]
    over: Sequence[str]  # wishes that are fulfilled, or ask for what the hub does not have
    after: str | None


def ask(db: Transaction, merchant_id: str, account_id: str, refs: Collection[str], *, everyone: bool = False) -> None:
    """Have buyers erased by a job, and looked for daily as long as orders of theirs are open."""
    erasures.add(db, account_id, merchant_id, refs, everyone=everyone)
    jobs.enqueue(db, ERASE, key=account_id, merchant_id=merchant_id)
    jobs.every(db, ERASE, rule=DAILY, key=account_id, merchant_id=merchant_id)


def step(db: Transaction, account_id: str, after: str, *, actor: Actor) -> Step:
    """Erase what may be of the next orders; the caller has the account by `hold`: who takes one in sees this, or we it.

    What the hub does not have, or has erased, is remembered as a digest: told later it comes without its buyer.
    """
    shop = _shop(channels.accounts.expect(db, account_id))
    if wish := erasures.everyone(db, account_id):
        erasures.remember(db, [digest_of(shop, EVERYONE)], at=wish.asked_at)
        return Step((), _spread(db, account_id, wish.merchant_id, wish.ref, wish.done_to), "")
    refs = erasures.named(db, account_id, after=after, limit=BATCH)
    found = erasures.known(db, account_id, refs)
    ended = [row for row in found if not (row.is_open and row.has_buyer)]
    forget(db, [(row.id, row.merchant_id) for row in ended if row.has_buyer], actor=actor)
    over = sorted(set(refs) - {row.ref for row in found} | {row.ref for row in ended})
    erasures.remember(db, [digest_of(shop, ref) for ref in over])
    erasures.done(db, account_id, over)
    return Step([Erased(row.id, row.ref) for row in ended], over, refs[-1] if len(refs) == BATCH else None)


def forget(db: Transaction, orders: Sequence[tuple[str, str]], *, actor: Actor) -> None:
    """Let the hub know no more who made these orders, each given with its merchant; they are kept from others."""
    if orders:
        erasures.erase(db, [order_id for order_id, _ in orders])
    for order_id, merchant_id in orders:
        subject = Subject(kind="order", id=order_id)
        record(db, "order.buyer_erased", subject=subject, actor=actor, merchant_id=merchant_id)


def at_once(db: Transaction, order: OrderRow, *, actor: Actor) -> bool:
    """Erase an order's buyer by a person's word; False: it is open, and its buyer goes as soon as it has ended.

    The order was read for change, and the caller has its account by `hold`. Twice is once.
    """
    if not order.buyer:
        return True
    waits = erasures.is_asked(db, order.account_id, order.ref)
    if not waits:
        subject = Subject(kind="order", id=order.id)
        record(db, "order.erasure_requested", subject=subject, actor=actor, merchant_id=order.merchant_id)
    if order.state in OPEN:
        if not waits:
            ask(db, order.merchant_id, order.account_id, [order.ref])
        return False
    forget(db, [(order.id, order.merchant_id)], actor=actor)
    erasures.remember(db, [digest_of(_shop(channels.accounts.expect(db, order.account_id)), order.ref)])
    erasures.done(db, order.account_id, [order.ref])
    return True


def digests_of(account: AccountRow, refs: Collection[str]) -> list[str]:
    """By which it is known whether the buyers of these orders, or all of their shop, were erased."""
    return [digest_of(_shop(account), ref) for ref in (EVERYONE, *refs)]


def unwelcome(account: AccountRow, told: Sequence[Order], erased: Mapping[str, datetime]) -> set[str]:
    """Those of these new orders, by ref, whose buyers were erased before the hub had heard of them.

    `erased`: those of `digests_of` that were, and since when.
    """
    shop = _shop(account)
    since = erased.get(digest_of(shop, EVERYONE))
    before = {one.ref for one in told if since is not None and one.placed_at <= since}
    return before | {one.ref for one in told if digest_of(shop, one.ref) in erased}


def wished(db: Transaction, orders: Mapping[str, str]) -> set[str]:
    """Those of these orders, each with its account, by ref, whose buyers are to be erased once they have ended."""
    return erasures.wished(db, orders) if orders else set()


def without_buyer(draft: Draft) -> Draft:
    """The same order, of which nobody is told who made it, now or later."""
    return dataclasses.replace(draft, now=Stored(order=replace(draft.now.order, buyer=""), lines=draft.now.lines))


def everyone_since(db: Transaction, account_id: str) -> datetime | None:
    """When it was asked for that all buyers of the account be erased, as long as that is not done."""
    wish = erasures.everyone(db, account_id)
    return wish.asked_at if wish else None


def among_erased(
    db: Transaction, orders: Collection[tuple[str, str]], shops: Mapping[str, tuple[str, str]]
) -> set[tuple[str, str]]:  # fmt: skip
    """Those of these orders, by account and ref, whose buyers are erased, whether the hub has the order or not.

    `shops`: as `shop_of` names them, by account.
    """
    digests = {digest_of(shops[account_id], ref): (account_id, ref) for account_id, ref in orders}
    gone = erasures.remembered(db, digests)
    return erasures.nameless(db, orders) | {one for digest, one in digests.items() if digest in gone}


def are_left(db: Transaction, account_id: str) -> bool:
    """Whether orders are still to end before their buyers can be erased."""
    return erasures.left(db, account_id)


def _shop(account: AccountRow) -> tuple[str, str]:
    return shop_of(account.id, account.credentials, account.shop_ref)


def _spread(db: Transaction, account_id: str, merchant_id: str, ref: str, done_to: str) -> Sequence[str]:
    """Turn a wish for a whole account into one for each of its orders, some at a time."""
    rows = erasures.orders_after(db, account_id, done_to, limit=BATCH)
    erasures.add(db, account_id, merchant_id, [row.ref for row in rows])
    if len(rows) == BATCH:
        erasures.come_to(db, account_id, ref, rows[-1].id)
        return ()
    erasures.done(db, account_id, [ref])
    return (ref,)
