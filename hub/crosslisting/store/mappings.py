"""What a merchant's own words mean in the categories of an account."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.crosslisting.rules import words_key
from hub.crosslisting.tables import category_mapping
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id

MOST = 10_000  # of one account; they are read at once


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """Products whose `field` has this `value` go to the channel's category."""

    id: str
    field: str
    value: str
    category_ref: str
    created_at: datetime


_columns = [category_mapping.c[name] for name in Mapping.__struct_fields__]


def put(db: Transaction, merchant_id: str, account_id: str, *, field: str, value: str, category_ref: str) -> Mapping:
    """Keep a mapping; the same words again lead to the new category."""
    insert = (postgresql.insert if db.dialect == "postgresql" else sqlite.insert)(category_mapping)
    said = {"field": field, "value": value, "category_ref": category_ref}
    made = insert.values(
        id=new_id(), merchant_id=merchant_id, account_id=account_id, created_at=now(),
        field_key=words_key(field), value_key=words_key(value), **said,
    )  # fmt: skip
    kept = made.on_conflict_do_update(index_elements=["account_id", "field_key", "value_key"], set_=said)
    return Mapping(**db.execute(kept.returning(*_columns)).mappings().one())


def count(db: Transaction, account_id: str) -> int:
    mine = sa.select(sa.func.count()).where(category_mapping.c.account_id == account_id)
    return int(db.execute(mine).scalar_one())


def listing(db: Transaction, account_id: str, *, limit: int, after: str = "") -> list[Mapping]:
    mine = sa.select(*_columns).where(category_mapping.c.account_id == account_id, category_mapping.c.id > after)
    return [Mapping(**row) for row in db.execute(mine.order_by(category_mapping.c.id).limit(limit)).mappings()]


def remove(db: Transaction, account_id: str, mapping_id: str) -> Mapping | None:
    mine = sa.delete(category_mapping).where(
        category_mapping.c.account_id == account_id, category_mapping.c.id == mapping_id
    )
    row = db.execute(mine.returning(*_columns)).mappings().one_or_none()
    return None if row is None else Mapping(**row)


def of_account(db: Transaction, account_id: str) -> dict[tuple[str, str], str]:
    """Every mapping of an account: folded field and value to the category."""
    wanted = sa.select(category_mapping.c.field_key, category_mapping.c.value_key, category_mapping.c.category_ref)
    rows = db.execute(wanted.where(category_mapping.c.account_id == account_id))
    return {(row.field_key, row.value_key): row.category_ref for row in rows}
