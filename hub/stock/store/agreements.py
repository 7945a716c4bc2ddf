"""Figures that were due and not sent, since channels showed them already: what they sold, what an import saw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import EPOCH, MICROSECOND, Instant, Key, microseconds
from hub.stock.store.pushes import BATCH, KEEP, Figure
from hub.stock.tables import agreement


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in the channel's own units that was offered and shown alike, and what had made us look."""

    id: str
    account_id: str
    listing_id: str
    place_ref: str
    figure: int
    cause: str
    at: datetime


_new = rows(
    "figures", id=Key, merchant_id=Key, listing_id=Key, place_ref=Key, product_id=Key, figure=sa.BigInteger(),
    cause=Key, shown_at=Instant(),
)  # fmt: skip
_last = (
    sa.select(agreement.c.figure)
    .where(
        agreement.c.listing_id == _new.c.listing_id,
        agreement.c.place_ref == _new.c.place_ref,
        # What was told and confirmed since says more.
        agreement.c.at > sa.func.coalesce(_new.c.shown_at, sa.literal(EPOCH, Instant())),
    )
    .order_by(agreement.c.at.desc(), agreement.c.id.desc())
    .limit(1)
    .correlate(_new)
    .scalar_subquery()
)
_COLUMNS = ("id", "merchant_id", "listing_id", "place_ref", "product_id", "figure", "cause")
_note = sa.insert(agreement).from_select(
    [*_COLUMNS, "account_id", "at"],
    sa.select(
        *(_new.c[name] for name in _COLUMNS), sa.bindparam("account", type_=Key),
        sa.bindparam("moment", type_=Instant()),
    ).where(_last.is_distinct_from(_new.c.figure)),
)  # fmt: skip


def note(db: Transaction, account_id: str, figures: Sequence[Figure], *, at: datetime) -> None:
    """Keep that these are shown without having been told, where that is news; nothing is asked where there are none."""
    given = [
        (
            new_id(), one.due.merchant_id, *one.due.outlet, one.product_id, one.quantity, one.due.cause,
            None if one.told.shown_at is None else microseconds(one.told.shown_at),
        )
        for one in figures
    ]  # fmt: skip
    if given:
        db.execute(_note, {"figures": given, "account": account_id, "moment": at})


def purge_agreements(db: Transaction) -> int:
    """Delete some of what is past its retention, which is that of pushes; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(agreement.c.id).where(sa.type_coerce(agreement.c.at, sa.BigInteger) <= until)
    some = past.order_by(agreement.c.at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(agreement).where(agreement.c.id.in_(some))).rowcount
