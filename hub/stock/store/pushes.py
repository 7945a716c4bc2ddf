"""The log of what was told: what each channel believed when, and why; kept for some time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import MICROSECOND, Key, microseconds
from hub.stock.rules.telling import Told
from hub.stock.store.due import Due, Outlet
from hub.stock.tables import push

KEEP = timedelta(days=90)
BATCH = 500


class PushStatus(StrEnum):
    """How a push ended; without an answer it stays sent until it is told again, and is lost from then on."""

    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    STALE = "stale"
    LOST = "lost"


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that was told, in the channel's own units, and what came of it."""

    id: str
    account_id: str
    listing_id: str
    place_ref: str
    quantity: int
    expected: int | None
    cause: str
    sent_at: datetime
    status: PushStatus
    actual: int | None
    reason: str
    settled_at: datetime | None


class Figure(NamedTuple):
    """What is to be told of a product: what is due, and what was believed before."""

    due: Due
    told: Told
    product_id: str | None
    quantity: int


class Sent(NamedTuple):
    """A figure on its way: of which turn, and the row of the log that waits for its answer."""

    due: Due
    told: Told  # as it was before it was asked
    quantity: int
    push_id: str


_COLUMNS = (
    "id", "merchant_id", "account_id", "listing_id", "place_ref", "quantity", "expected", "cause", "sent_at", "status",
    "reason", "product_id",
)  # fmt: skip


def send(db: Transaction, account_id: str, figures: Sequence[Figure], *, at: datetime) -> list[Sent]:
    """Note what is told now; its answers find it by the id."""
    sent = [Sent(one.due, one.told, one.quantity, new_id()) for one in figures]
    given = [
        (
            one.push_id, one.due.merchant_id, account_id, one.due.listing_id, one.due.place_ref, one.quantity,
            one.told.expected, one.due.cause, microseconds(at), PushStatus.SENT.value, "", figure.product_id,
        )
        for one, figure in zip(sent, figures, strict=True)
    ]  # fmt: skip
    bulk.upsert(db, push, _COLUMNS, given, conflict=("id",))
    return sent


class Answer(NamedTuple):
    """What came of a push."""

    push_id: str
    status: PushStatus
    actual: int | None
    reason: str


def settle(db: Transaction, answers: Sequence[Answer], *, at: datetime) -> None:
    given = [(one.push_id, one.status.value, one.actual, one.reason, microseconds(at)) for one in answers]
    bulk.update(db, push, "id", ("status", "actual", "reason", "settled_at"), given)


_outlets = rows("outlets", listing_id=Key, place_ref=Key)
_lose = (
    sa.update(push)
    .where(
        push.c.listing_id == _outlets.c.listing_id,
        push.c.place_ref == _outlets.c.place_ref,
        push.c.status == PushStatus.SENT.value,
    )
    .values(status=PushStatus.LOST.value, settled_at=now(), reason="no answer came: it may have been written or not")
)


def lose(db: Transaction, outlets: Collection[Outlet]) -> None:
    """Nobody will say any more what became of the pushes of these that are still on their way."""
    if outlets:
        db.execute(_lose, {"outlets": sorted(outlets)})


def of_listing(db: Transaction, merchant_id: str, listing_id: str, *, limit: int, before: str | None) -> list[Push]:
    """What was told of a listing, the newest first; one more than `limit`."""
    query = sa.select(*(push.c[name] for name in Push.__struct_fields__)).where(
        push.c.listing_id == listing_id, push.c.merchant_id == merchant_id
    )
    if before is not None:
        query = query.where(push.c.id < before)
    return [read(row) for row in db.execute(query.order_by(push.c.id.desc()).limit(limit + 1))]


def read(row: sa.Row[Any]) -> Push:  # Any: a row of the table
    """A push as it is stored."""
    named = {name: getattr(row, name) for name in Push.__struct_fields__ if name != "status"}
    return Push(**named, status=PushStatus(row.status))


_newest = (
    sa.select(push)
    .where(push.c.listing_id == _outlets.c.listing_id, push.c.place_ref == _outlets.c.place_ref)
    .order_by(push.c.sent_at.desc(), push.c.id.desc())
    .limit(1)
    .correlate(_outlets)
)
_beside = _newest.lateral("newest")
_last_of: dict[str, sa.Select[Any]] = {  # Any: a row of the table
    "postgresql": sa.select(_beside).select_from(_outlets).join(_beside, sa.true()),
    "sqlite": sa.select(push).join_from(
        _outlets, push, push.c.id == _newest.with_only_columns(push.c.id).scalar_subquery()
    ),
}


def last_of(db: Transaction, outlets: Collection[Outlet]) -> dict[Outlet, Push]:
    """What was told last of each of these, as far as the log is kept."""
    if not outlets:
        return {}
    told = (read(row) for row in db.execute(_last_of[db.dialect], {"outlets": sorted(outlets)}))
    return {(one.listing_id, one.place_ref): one for one in told}


def purge_pushes(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(push.c.id).where(sa.type_coerce(push.c.sent_at, sa.BigInteger) <= until).order_by(push.c.sent_at)
    some = past.limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(push).where(push.c.id.in_(some))).rowcount
