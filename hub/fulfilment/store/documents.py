"""What inbounds and outbounds are both asked: found, changed, listed, and what is due of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.documents import PushStatus, State
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key

Row = TypeVar("Row", bound=msgspec.Struct)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of documents is narrowed to; None: all."""

    push_status: PushStatus | None = None
    state: State | None = None
    warehouse_id: str | None = None


class Documents(Generic[Row]):
    """The documents of one table, each read as `row`; `is_open`: what else holds of one that has not ended."""

    def __init__(self, table: sa.Table, row: type[Row], *, is_open: sa.ColumnElement[bool]) -> None:
        of = table.c
        self._table, self._row = table, row
        self._columns = [of[name] for name in row.__struct_fields__]
        self._of_codes = sa.select(*self._columns).where(
            of.account_id == sa.bindparam("account", type_=Key), among(of.code, "codes")
        )
        self._of_ids = sa.select(*self._columns).where(among(of.id, "ids")).order_by(of.id)
        due_by = of.next_look_at <= sa.bindparam("until", type_=Instant())
        self._due = (
            sa.select(*self._columns)
            .where(of.account_id == sa.bindparam("account", type_=Key), due_by)
            .order_by(of.next_look_at)
            .limit(sa.bindparam("limit"))
        )
        self._accounts_due = (
            sa.select(sa.func.max(of.merchant_id).label("merchant_id"), of.account_id)
            .where(of.next_look_at.is_not(None), due_by, of.account_id > sa.bindparam("after", type_=Key))
            .group_by(of.account_id)
            .order_by(of.account_id)
            .limit(sa.bindparam("limit"))
        )
        goes_on = of.state.in_([State.CREATE.value, State.PENDING.value, State.PART_COMPLETE.value])
        self._open_codes = (
            sa.select(of.code)
            .where(of.warehouse_id == sa.bindparam("warehouse", type_=Key), goes_on, is_open)
            .where(of.push_status != PushStatus.VOID.value)
            .order_by(of.id)
            .limit(sa.bindparam("limit"))
        )

    def find(self, db: Transaction, document_id: str, *, for_change: bool = False) -> Row | None:
        """A document; `for_change` keeps it from others until the transaction ends."""
        query = sa.select(*self._columns).where(self._table.c.id == document_id)
        return self._first(db, query.with_for_update() if for_change else query)

    def of_ids(self, db: Transaction, document_ids: Collection[str]) -> list[Row]:
        """These documents, in the order of their ids."""
        found = db.execute(self._of_ids, {"ids": sorted(document_ids)}).mappings()
        return [read(row, self._row) for row in found]

    def of_codes(self, db: Transaction, account_id: str, codes: Collection[str]) -> list[Row]:
        """Those that this account knows by these codes."""
        found = db.execute(self._of_codes, {"account": account_id, "codes": sorted(codes)}).mappings()
        return [read(row, self._row) for row in found]

    def add(self, db: Transaction, values: Mapping[str, Any]) -> Row:  # Any: columns of a document
        """Keep a new document."""
        made = sa.insert(self._table).values({**values, "created_at": now(), "changed_at": now()})
        return read(db.execute(made.returning(*self._columns)).mappings().one(), self._row)

    def change(self, db: Transaction, document_id: str, **values: Any) -> Row:  # Any: columns of a document
        changed = sa.update(self._table).where(self._table.c.id == document_id).values(values | {"changed_at": now()})
        return read(db.execute(changed.returning(*self._columns)).mappings().one(), self._row)

    def turn(
        self, db: Transaction, document_id: str, before: Collection[PushStatus], **values: Any
    ) -> Row | None:  # Any: columns of a document
        """Change it where its push status is still one of these; None: somebody was quicker."""
        of = self._table.c
        changed = sa.update(self._table).where(
            of.id == document_id, of.push_status.in_([each.value for each in before])
        )
        return self._first(db, changed.values(values | {"changed_at": now()}).returning(*self._columns))

    def look(self, db: Transaction, document_ids: Collection[str], at: datetime | Any) -> None:  # Any: SQL
        """Have the warehouse asked for these at that instant."""
        if document_ids:
            mine = sa.update(self._table).where(among(self._table.c.id, "ids"))
            db.execute(mine.values(next_look_at=at), {"ids": sorted(document_ids)})

    def ask_no_more(self, db: Transaction, account_id: str) -> None:
        """Have the warehouses of an account asked for nothing by themselves."""
        of = self._table.c
        mine = sa.update(self._table).where(of.account_id == account_id, of.next_look_at.is_not(None))
        db.execute(mine.values(next_look_at=None))

    def due(self, db: Transaction, account_id: str, *, until: datetime, limit: int) -> list[Row]:
        """Those of an account that the warehouse is to be asked for by then, the longest due first."""
        found = db.execute(self._due, {"account": account_id, "until": until, "limit": limit}).mappings()
        return [read(row, self._row) for row in found]

    def accounts_due(self, db: Transaction, *, until: datetime, after: str, limit: int) -> list[tuple[str, str]]:
        """Accounts behind this one, in order, of which something is due: by merchant and id."""
        found = db.execute(self._accounts_due, {"until": until, "after": after, "limit": limit})
        return [(row.merchant_id, row.account_id) for row in found]

    def open_codes(self, db: Transaction, warehouse_id: str, *, limit: int) -> list[str]:
        """The codes of what a warehouse may still work on, the oldest first."""
        return list(db.execute(self._open_codes, {"warehouse": warehouse_id, "limit": limit}).scalars())

    def page(
        self, db: Transaction, merchant_id: str, wanted: Filter, *, limit: int, before: str | None = None
    ) -> list[Row]:  # fmt: skip
        """The merchant's documents, the newest first; one more than `limit`, to tell whether there are others."""
        of, chosen = self._table.c, msgspec.structs.asdict(wanted)
        query = sa.select(*self._columns).where(of.merchant_id == merchant_id)
        query = query.where(*(of[name] == value for name, value in chosen.items() if value is not None))
        if before is not None:
            query = query.where(of.id < before)
        found = db.execute(query.order_by(of.id.desc()).limit(limit + 1)).mappings()
        return [read(row, self._row) for row in found]

    def _first(self, db: Transaction, query: sa.Executable) -> Row | None:
        row = db.execute(query).mappings().first()
        return None if row is None else read(row, self._row)
