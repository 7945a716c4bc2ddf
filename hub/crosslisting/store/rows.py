"""Rows of cross-listings: what was read from the workbook, and how each stands with its channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Product

from hub.crosslisting.rules import RowState
from hub.crosslisting.tables import crosslisting, is_open, row
from hub.kernel import bulk
from hub.kernel.bulk import StorageRow, among
from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND
from hub.kernel.workbooks import CellError

COLUMNS = (
    "crosslisting_id", "number", "merchant_id", "account_id", "product_id", "sku", "state", "told", "listing_ref",
    "calls", "resume", "errors", "code", "reason",
)  # fmt: skip


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row of the workbook that was uploaded last. `listing_ref`: the listing it updates or made."""

    number: int
    product_id: str | None
    sku: str
    state: RowState
    listing_ref: str
    errors: tuple[CellError, ...]
    code: str
    reason: str


class Row(Outcome, frozen=True, kw_only=True):
    """The same with how it stands with its channel, and what that is told: that may be long, and few need it."""

    crosslisting_id: str
    merchant_id: str
    account_id: str
    told: Product | None
    asked_at: datetime | None
    calls: int
    resume: str


def clear(db: Transaction, crosslisting_id: str) -> None:
    """Forget the rows of an earlier upload."""
    db.execute(sa.delete(row).where(row.c.crosslisting_id == crosslisting_id))


def keep(db: Transaction, rows: Sequence[StorageRow]) -> None:
    """Keep what was read, given as `COLUMNS`."""
    bulk.upsert(db, row, COLUMNS, rows, conflict=("crosslisting_id", "number"))


def counts(db: Transaction, crosslisting_id: str) -> dict[str, int]:
    """How many rows are in each state."""
    wanted = sa.select(row.c.state, sa.func.count().label("rows")).where(row.c.crosslisting_id == crosslisting_id)
    return {found.state: found.rows for found in db.execute(wanted.group_by(row.c.state))}


def counts_of(db: Transaction, crosslistings: Collection[str]) -> dict[str, dict[str, int]]:
    """The same for each of several."""
    wanted = sa.select(row.c.crosslisting_id, row.c.state, sa.func.count().label("rows"))
    grouped = wanted.where(among(row.c.crosslisting_id, "ids")).group_by(row.c.crosslisting_id, row.c.state)
    found: dict[str, dict[str, int]] = {}
    for each in db.execute(grouped, {"ids": crosslistings}):
        found.setdefault(each.crosslisting_id, {})[each.state] = each.rows
    return found


def listing(
    db: Transaction,
    crosslisting_id: str,
    *,
    limit: int,
    after: int = 0,
    states: Collection[RowState] = (),
) -> list[Outcome]:
    """Rows in the order of the workbook, from behind row `after` on."""
    shown = sa.select(*(row.c[name] for name in Outcome.__struct_fields__))
    wanted = shown.where(row.c.crosslisting_id == crosslisting_id, row.c.number > after)
    if states:
        wanted = wanted.where(row.c.state.in_(states))
    found = db.execute(wanted.order_by(row.c.number).limit(limit)).mappings()
    return [Outcome(**_fields(each, Outcome)) for each in found]


def queue(db: Transaction, crosslisting_id: str, *, limit: int) -> list[str]:
    """Queue some of the rows that may be pushed, and give the products whose jobs they need."""
    checked = (row.c.crosslisting_id == crosslisting_id, row.c.state == RowState.CHECKED.value)
    some = sa.select(row.c.number).where(*checked).order_by(row.c.number).limit(limit)
    # Said twice: where PostgreSQL had to wait for a row, it looks again at what stands outside, and only at that.
    queued = sa.update(row).where(*checked, row.c.number.in_(some))
    return list(db.execute(queued.values(state=RowState.QUEUED.value).returning(row.c.product_id)).scalars())


def cancel_queued(db: Transaction, crosslisting_id: str) -> int:
    """Take back what no channel was told; answers how many rows that are."""
    states = [RowState.CHECKED.value, RowState.QUEUED.value]
    untold = sa.update(row).where(row.c.crosslisting_id == crosslisting_id, row.c.state.in_(states))
    return db.execute(untold.values(state=RowState.CANCELLED.value, reason="cancelled before it was sent")).rowcount


def open_products(db: Transaction, crosslisting_id: str, *, limit: int | None = None) -> list[str]:
    """Products of rows that are queued, or with the channel."""
    wanted = sa.select(row.c.product_id).where(row.c.crosslisting_id == crosslisting_id, is_open).limit(limit)
    return list(db.execute(wanted).scalars())


def give_up(
    db: Transaction, crosslisting_id: str, products: Collection[str] | None, *, code: str, reason: str, in_doubt: str
) -> None:
    """Fail what has not ended: what was not queued yet and what is of these products, or all (None).

    The reason of what was sent and never answered, or taken and not finished, is `in_doubt`.
    """
    doubtful = row.c.asked_at.is_not(None) | (row.c.resume != "")
    values = {"state": RowState.FAILED.value, "code": code, "reason": sa.case((doubtful, in_doubt), else_=reason)}
    ended = sa.update(row).where(row.c.crosslisting_id == crosslisting_id, _unsettled)
    if products is not None:
        ended = ended.where((row.c.state == RowState.CHECKED.value) | among(row.c.product_id, "products"))
    ended = ended.values(asked_at=None, resume="", waiting_since=None, **values)
    db.execute(ended, {} if products is None else {"products": products})


def unsettled(db: Transaction, crosslisting_id: str) -> int:
    """How many rows have not ended."""
    wanted = sa.select(sa.func.count()).where(row.c.crosslisting_id == crosslisting_id, _unsettled)
    return int(db.execute(wanted).scalar_one())


_unsettled = row.c.state.in_([RowState.CHECKED.value, RowState.QUEUED.value, RowState.PUSHING.value])


# What a call to the channel does to a row. In doubt (`asked_at`) is written before the call, and ends by its answer.


def next_open(db: Transaction, account_id: str, product_id: str) -> Row | None:
    """The row of this product to go on with: the one that is with the channel, else of the workbook uploaded first.

    So the last upload is what the channel shows in the end. Ids are made in the order of time, and so is that of the
    job that checks an upload.
    """
    mine = sa.select(row).where(row.c.account_id == account_id, row.c.product_id == product_id, is_open)
    mine = mine.join(crosslisting, crosslisting.c.id == row.c.crosslisting_id)
    asked = (crosslisting.c.job_id, row.c.crosslisting_id, row.c.number)
    found = db.execute(mine.order_by(row.c.state, *asked).limit(1)).mappings().one_or_none()  # "pushing", "queued"
    return None if found is None else _read(found)


def begin_call(db: Transaction, one: Row, *, listing_ref: str) -> Row | None:
    """Note that a call goes out now; None where the row was taken back in the meantime."""
    going = sa.update(row).where(*_this(one), row.c.state == one.state.value, row.c.asked_at.is_(None))
    values = {"state": RowState.PUSHING.value, "asked_at": now(), "calls": row.c.calls + 1, "listing_ref": listing_ref}
    found = db.execute(going.values(values).returning(row)).mappings().one_or_none()
    return None if found is None else _read(found)


def end_call(db: Transaction, one: Row) -> None:
    """Note that this very call came to nothing: the row is as it was before. Another's call is left alone."""
    back = RowState.PUSHING if one.resume else RowState.QUEUED
    mine = sa.update(row).where(*_this(one), row.c.asked_at == one.asked_at)
    db.execute(mine.values(state=back.value, asked_at=None, calls=row.c.calls - 1))


def give_up_call(db: Transaction, one: Row) -> None:
    """Note that this call is lost: nobody will see its effect any more, and the row may be sent again."""
    back = RowState.PUSHING if one.resume else RowState.QUEUED
    db.execute(
        sa.update(row).where(*_this(one), row.c.asked_at == one.asked_at).values(state=back.value, asked_at=None)
    )


def wait(db: Transaction, one: Row, *, resume: str) -> timedelta:
    """Note that the channel took it and wants to be asked again; gives for how long it has been wanting that.

    It answered, so the calls before this one are no reason any more to think that it never will.
    """
    since = sa.func.coalesce(row.c.waiting_since, now())
    asked = sa.update(row).where(*_this(one)).values(asked_at=None, calls=0, resume=resume, waiting_since=since)
    waited = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(row.c.waiting_since, sa.BigInteger)
    return int(db.execute(asked.returning(waited)).scalar_one()) * MICROSECOND


def settle(
    db: Transaction, one: Row, state: RowState, *, listing_ref: str = "", code: str = "", reason: str = ""
) -> bool:
    """End a row; False where it has ended already."""
    still = sa.update(row).where(*_this(one), is_open)
    values = {"state": state.value, "listing_ref": listing_ref, "code": code, "reason": reason, "asked_at": None}
    return db.execute(still.values(resume="", waiting_since=None, **values)).rowcount == 1


def left_of(db: Transaction, one: Row, span: timedelta) -> timedelta:
    """How long it still is until `span` has passed since the call; nothing where it is no longer in doubt."""
    waited = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(row.c.asked_at, sa.BigInteger)
    passed = db.execute(sa.select(waited).where(*_this(one))).scalar_one()
    return timedelta(0) if passed is None else span - int(passed) * MICROSECOND


def _this(one: Row) -> tuple[sa.ColumnElement[bool], ...]:
    return row.c.crosslisting_id == one.crosslisting_id, row.c.number == one.number


def _read(found: sa.RowMapping) -> Row:
    told = None if found["told"] is None else msgspec.convert(found["told"], Product)
    return Row(**_fields(found, Row) | {"told": told})


def _fields(found: sa.RowMapping, kind: type[Outcome]) -> dict[str, Any]:  # Any: as the fields are
    fields = {name: found[name] for name in kind.__struct_fields__}
    errors = tuple(msgspec.convert(each, CellError) for each in found["errors"])
    return fields | {"state": RowState(found["state"]), "errors": errors}
