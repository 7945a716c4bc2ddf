"""The messages of deliveries: each stands, sealed, in the first row of its delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Instant
from hub.webhooks.rules import Sealed
from hub.webhooks.tables import webhook

_first, _other = webhook.alias("first"), webhook.alias("other")
_same = (_first.c.credentials == webhook.c.credentials, _first.c.digest == webhook.c.digest, _first.c.position == 0)
# Whose a hint is that nobody has looked at yet, or whose shop is connected no more, nobody can tell.
_unclear = sa.and_(_other.c.merchant_id.is_(None), sa.or_(_other.c.dispatched_at.is_(None), _other.c.shop_ref != ""))
_others = (
    sa.select(_other.c.id)
    .where(_other.c.credentials == webhook.c.credentials, _other.c.digest == webhook.c.digest)
    .where(sa.or_(_other.c.merchant_id != webhook.c.merchant_id, _unclear))
    .limit(1)
    .scalar_subquery()
)
_message = sa.select(
    _first.c.id, _first.c.plugin, _first.c.received_at, _first.c.raw_key, _first.c.raw, _others.label("of_others")
).select_from(webhook.join(_first, sa.and_(*_same)))


def find(db: Transaction, merchant_id: str, webhook_id: str) -> sa.Row[Any] | None:
    """The first row of the delivery that a merchant's row belongs to; `of_others`: it is others' too, or may be."""
    # Any: the columns above
    return db.execute(_message.where(webhook.c.id == webhook_id, webhook.c.merchant_id == merchant_id)).first()


def sealed_otherwise(db: Transaction, key_id: str, *, limit: int) -> list[Sealed]:
    """Messages that are sealed with another key, held so that none is erased meanwhile."""
    other = sa.or_(webhook.c.raw_key < key_id, webhook.c.raw_key > key_id)  # `!=` is served by no index
    wanted = sa.select(webhook.c.id, webhook.c.raw_key, webhook.c.raw).where(other).limit(limit)
    found = db.execute(wanted.with_for_update())
    return [Sealed(webhook_id=row.id, key_id=row.raw_key, content=row.raw) for row in found]


def put_back(db: Transaction, messages: list[Sealed]) -> None:
    """Keep messages that were sealed anew."""
    if not messages:
        return
    rows = [(each.webhook_id, each.key_id, each.content) for each in messages]
    bulk.update(db, webhook, "id", ("raw_key", "raw"), rows)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Of whom messages are: an account, and what its shop goes by at its address."""

    account_id: str
    credentials: str
    shop_ref: str


_delivery = sa.select(_first.c.id).select_from(webhook.join(_first, sa.and_(*_same)))
_about = _delivery.where(webhook.c.account_id == sa.bindparam("account"), among(webhook.c.ref, "refs"))
_from_it = (
    webhook.c.credentials == sa.bindparam("address"),
    sa.or_(webhook.c.shop_ref == sa.bindparam("shop"), webhook.c.shop_ref == ""),
)
_of_nobody = _delivery.where(webhook.c.account_id.is_(None), among(webhook.c.ref, "refs"), *_from_it)


def erase(db: Transaction, sender: Sender, refs: Collection[str]) -> None:
    """Forget the messages that named one of these; that they came, and what of, stays.

    Also those that nobody has looked at yet, or that came while the shop was not connected.
    """
    if not refs:
        return
    _forget(db, _about, {"account": sender.account_id, "refs": sorted(refs)})
    given = {"address": sender.credentials, "shop": sender.shop_ref, "refs": sorted(refs)}
    _forget(db, _of_nobody, given)


_of_rows = _delivery.where(among(webhook.c.id, "ids"))


def erase_of(db: Transaction, webhook_ids: Collection[str]) -> None:
    """Forget the messages that these hints came with."""
    if webhook_ids:
        _forget(db, _of_rows, {"ids": sorted(webhook_ids)})


_until = webhook.c.received_at <= sa.bindparam("until", type_=Instant())
_of_shop = (
    sa.select(webhook.c.id)
    .where(webhook.c.credentials == sa.bindparam("address"), webhook.c.raw_key.is_not(None), _until)
    .order_by(webhook.c.id)
    .limit(sa.bindparam("limit"))
)
_named = _of_shop.where(webhook.c.shop_ref == sa.bindparam("shop"))
_unnamed = _of_shop.where(webhook.c.shop_ref == "", webhook.c.account_id == sa.bindparam("account"))


def erase_shop(db: Transaction, sender: Sender, *, until: datetime, limit: int) -> int:
    """Forget some of what came for the shop until then; how much, below `limit`: all is forgotten."""
    given = {"address": sender.credentials, "until": until}
    one = {"shop": sender.shop_ref, "limit": limit}
    count = _forget(db, _named, given | one) if sender.shop_ref else 0
    if count < limit:
        count += _forget(db, _unnamed, given | {"account": sender.account_id, "limit": limit - count})
    return count


_shared = _delivery.where(
    webhook.c.account_id == sa.bindparam("account"), webhook.c.position > 0, _first.c.raw_key.is_not(None), _until
)


def erase_shared(db: Transaction, account_id: str, *, until: datetime) -> None:
    """Forget the messages whose first hint is not the account's, and another one is."""
    _forget(db, _shared, {"account": account_id, "until": until})


def _forget(db: Transaction, which: sa.Select[Any], given: Mapping[str, Any]) -> int:  # Any: texts, lists, an instant
    gone = sa.update(webhook).where(webhook.c.id.in_(which)).values(raw=None, raw_key=None)
    return db.execute(gone, given).rowcount
