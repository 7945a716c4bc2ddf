"""Cross-listings as wholes; each step is one conditional statement, so that it happens once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import sqlalchemy as sa

from hub.crosslisting.rules import State
from hub.crosslisting.tables import crosslisting, is_under_way
from hub.kernel.db import Transaction, now
from hub.kernel.types import MICROSECOND

Begins = Annotated[str, msgspec.Meta(max_length=200, description="The beginning of the SKU or of the name.")]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which products: what is left out does not narrow. `unlisted`: only those that the account does not list."""

    q: Begins | None = None
    unlisted: bool = False


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked to list: products by id, or all that fit; those made later are not meant."""

    product_ids: tuple[str, ...] | None = None
    filter: Choice | None = None
    category_ref: str = ""
    until: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A cross-listing as it is kept."""

    id: str
    merchant_id: str
    account_id: str
    state: State
    chosen: Chosen
    products: int
    workbook: str | None
    upload: str | None
    result: str | None
    open_rows: int
    reason: str
    job_id: str | None
    created_at: datetime
    changed_at: datetime
    outcomes: dict[str, int] | None


def make(db: Transaction, run_id: str, *, merchant_id: str, account_id: str, chosen: Chosen) -> None:
    row = {"id": run_id, "merchant_id": merchant_id, "account_id": account_id, "chosen": chosen}
    row |= {"state": State.DRAFTING.value, "products": 0, "open_rows": 0, "reason": ""}
    db.execute(sa.insert(crosslisting).values(created_at=now(), changed_at=now(), **row))


def find(db: Transaction, run_id: str, *, merchant_id: str | None = None, for_change: bool = False) -> Run | None:
    """Look one up, of one merchant or of any; `for_change` keeps it from others until the commit."""
    wanted = sa.select(crosslisting).where(crosslisting.c.id == run_id)
    if merchant_id is not None:
        wanted = wanted.where(crosslisting.c.merchant_id == merchant_id)
    found = db.execute(wanted.with_for_update() if for_change else wanted).mappings().one_or_none()
    return None if found is None else _read(found)


def expect(db: Transaction, run_id: str) -> Run:
    return _read(db.execute(sa.select(crosslisting).where(crosslisting.c.id == run_id)).mappings().one())


def listing(
    db: Transaction, merchant_id: str, *, limit: int, before: str | None = None, account_id: str | None = None
) -> list[Run]:
    """The newest first, older than `before`."""
    wanted = sa.select(crosslisting).where(crosslisting.c.merchant_id == merchant_id)
    if before is not None:
        wanted = wanted.where(crosslisting.c.id < before)
    if account_id is not None:
        wanted = wanted.where(crosslisting.c.account_id == account_id)
    rows = db.execute(wanted.order_by(crosslisting.c.id.desc()).limit(limit)).mappings()
    return [_read(row) for row in rows]


def next_still(db: Transaction, *, after: str, span: timedelta) -> Run | None:
    """The next cross-listing behind `after` that is under way and has not changed for so long."""
    before = sa.type_coerce(now(), sa.BigInteger) - span // MICROSECOND
    still = sa.select(crosslisting).where(is_under_way, crosslisting.c.id > after)
    still = still.where(sa.type_coerce(crosslisting.c.changed_at, sa.BigInteger) < before)
    found = db.execute(still.order_by(crosslisting.c.id).limit(1)).mappings().one_or_none()
    return None if found is None else _read(found)


def under_way(db: Transaction, account_id: str) -> list[Run]:
    """All of the account that is neither with a person nor at its end."""
    wanted = sa.select(crosslisting).where(is_under_way, crosslisting.c.account_id == account_id)
    return [_read(row) for row in db.execute(wanted.order_by(crosslisting.c.id)).mappings()]


def turn(
    db: Transaction, run_id: str, states: Collection[State], *, of_upload: str | None = None, **values: object
) -> bool:
    """Change a cross-listing that is in one of these states, and still about this upload; False where it is not."""
    mine = sa.update(crosslisting).where(crosslisting.c.id == run_id, crosslisting.c.state.in_(states))
    if of_upload is not None:
        mine = mine.where(crosslisting.c.upload == of_upload)
    return db.execute(mine.values(changed_at=now(), **values)).rowcount == 1


def settle_rows(db: Transaction, run_id: str, number: int) -> int:
    """Count so many rows as settled; answers how many are left. Whoever counts the last one ends the cross-listing."""
    mine = sa.update(crosslisting).where(crosslisting.c.id == run_id)
    counted = mine.values(open_rows=crosslisting.c.open_rows - number, changed_at=now())
    return int(db.execute(counted.returning(crosslisting.c.open_rows)).scalar_one())


def _read(row: sa.RowMapping) -> Run:
    chosen = msgspec.convert(row["chosen"], Chosen)
    return Run(**{**row, "state": State(row["state"]), "chosen": chosen})
