"""Tells again what channels have refused, and whatever a person asks for.

A refused figure is due no more, so something else has to bring it back: a page that shows another figure than is
offered (`syncing`), a check of the account that went well, a day, or a person. Each try that is refused ends there.
What is told only when it was approved becomes due by that, and waits for its plan.
"""

from __future__ import annotations

import zlib
from datetime import timedelta

from hub.channels.rules import State
from hub.channels.rules.places import present
from hub.channels.service import hearing, places, standing
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import Ticket
from hub.stock.service.pushing import account as account_of
from hub.stock.service.pushing import moment
from hub.stock.service.touching import ask
from hub.stock.store import marking, offers, refusing, stale
from hub.stock.store.due import Marked
from hub.stock.store.stale import After, Behind

DAY = timedelta(days=1)  # between two tries of what a channel refuses
SPREAD = 3600  # seconds within which accounts follow each other, where many were refused at once


def some_again(db: Transaction, account_id: str, after: After, *, cause: str, limit: int) -> list[Behind]:
    """Let some of the figures that the account's channel has refused be due, from behind `after` on; gives them."""
    account, at = account_of(db, account_id), moment(db)
    if not account.tells_stock or account.state is State.CLOSED:
        return []
    found = stale.refused(db, account_id, until=at, after=after, limit=limit)
    if found:
        outlets = [(one.listing_id, one.place_ref) for one in found]
        marking.mark_again(db, Marked(account.merchant_id, account_id), outlets, cause=cause, at=at)
        ask(db, account.merchant_id, account_id)
    return found


def ask_for_left(db: Transaction, *, limit: int) -> int:
    """Have what is refused told again in a day, where nobody has asked for that yet; gives how many accounts."""
    found = refusing.left(db, limit=limit)
    at = moment(db) + DAY
    for merchant_id, account_id in found:
        late = timedelta(seconds=zlib.crc32(account_id.encode()) % SPREAD)
        hearing.retell_refused(db, merchant_id, account_id, at=at + late)
    return len(found)


def by_hand(db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Ticket:
    """Have every figure of an account looked at again; sent is what its channel is not known to show."""
    account = standing.open_account(db, merchant_id, account_id)
    _require_told(account)
    subject = Subject(kind="account", id=account_id)
    record(db, "stock.retelling_requested", merchant_id=merchant_id, subject=subject, actor=actor)
    return hearing.retell(db, merchant_id, account_id)


def one_by_hand(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Let the figures of a listing be due, at every place that is mapped."""
    one = offers.listed(db, [listing_id]).get(listing_id)
    if one is None or one.merchant_id != merchant_id:
        raise NotFound("listing")
    account = standing.open_account(db, merchant_id, one.account_id)
    _require_told(account)
    if one.product_id is None:
        raise Refused("the listing is not linked to a product: confirm it first", code="not_linked")
    mapped = places.behind(db, account)
    outlets = [(listing_id, ref) for ref in present(account.places) if ref in mapped]
    if not outlets:
        raise Refused("no place of the account is mapped to a warehouse: map one first", code="not_mapped")
    marking.mark_again(db, Marked(merchant_id, account.id), outlets, cause="asked", at=moment(db))
    ask(db, merchant_id, account.id)
    subject = Subject(kind="listing", id=listing_id)
    record(db, "stock.retelling_requested", merchant_id=merchant_id, subject=subject, actor=actor)


def _require_told(account: AccountRow) -> None:
    if not account.tells_stock:
        raise Refused(
            "the account is not told of stock: its channel, its check or the merchant's switch takes it away",
            code="not_told",
        )
