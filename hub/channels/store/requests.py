"""Access requests: a merchant asks our team for the API data of a store."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.channels.tables import access_request
from hub.kernel.db import Transaction, now


class AccessRequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """What our team needs to ask a channel for API data."""

    id: str
    merchant_id: str
    plugin: str
    store_name: str
    store_link: str
    email: str
    created_at: datetime


def note(db: Transaction, values: dict[str, str]) -> AccessRequestRow:
    made = sa.insert(access_request).values(created_at=now(), **values).returning(access_request)
    return read(db.execute(made).mappings().one(), AccessRequestRow)


def access_requests_of(
    db: Transaction, merchant_id: str, *, limit: int, after_id: str | None = None
) -> list[AccessRequestRow]:
    """Oldest first; one more than `limit`, so that the page knows whether more follow."""
    asked = access_request.c.merchant_id == merchant_id
    wanted = sa.select(access_request).where(asked).order_by(access_request.c.id).limit(limit + 1)
    if after_id is not None:
        wanted = wanted.where(access_request.c.id > after_id)
    return [read(row, AccessRequestRow) for row in db.execute(wanted).mappings()]
