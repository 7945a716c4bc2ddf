"""What warehouses had said stays said when its tables are made anew, up and down."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel import migrating
from hub.kernel.db import Database, Transaction

BEFORE = "0051"
SYNC = {
    "id": "s1", "merchant_id": "m", "warehouse_id": "w", "account_id": "a", "cause": "daily", "state": "done",
    "phase": "adopting", "cursor": "end", "counts": '{"same": 1}', "reason": "", "job_id": "j", "created_at": 1,
    "started_at": 2, "finished_at": 3,
}  # fmt: skip
LINE = {
    "sync_id": "s1", "sku": "TEE", "product_id": "p", "good": 4, "frozen": 1, "damaged": 0, "before": 5,
    "held_before": 0, "turn": 1, "accepted": 1, "mark": "", "after": 5, "held": 0, "outcome": "same", "reason": "",
}  # fmt: skip
HOUSE = {
    "id": "w", "merchant_id": "m", "kind": "third_party", "name": "W", "name_key": "w", "code": "", "country": "",
    "timezone": "", "address": "{}", "is_default": False, "created_at": 1, "changed_at": 1,
}  # fmt: skip


def put(db: Transaction, table: str, row: dict[str, object]) -> None:
    db.execute(sa.insert(sa.table(table, *map(sa.column, row))), row)


def found(older: Database, table: str, row: dict[str, object]) -> list[dict[str, object]]:
    with older.reading() as db:
        return [
            dict(each) for each in db.execute(sa.select(*map(sa.column, row)).select_from(sa.table(table))).mappings()
        ]


def test_syncs_and_their_lines_stay_what_they_were(older: Database) -> None:
    with older.writing() as db:
        put(db, "warehouse", HOUSE)
        put(db, "stock_sync", SYNC)
        put(db, "stock_sync_line", LINE)

    migrating.upgrade(older)
    up = found(older, "stock_sync", SYNC), found(older, "stock_sync_line", LINE)
    late = found(older, "stock_sync_line", {"late": 0})
    with older.writing() as db:
        put(db, "stock_sync", SYNC | {"id": "s2", "cause": "news", "phase": "fitting"})
        put(db, "stock_sync", SYNC | {"id": "s3", "cause": "check"})
    migrating.downgrade(older, BEFORE)
    down = found(older, "stock_sync", SYNC), found(older, "stock_sync_line", LINE)

    assert (up, late) == (([SYNC], [LINE]), [{"late": 0}])
    assert down == ([SYNC, SYNC | {"id": "s2", "cause": "hand"}], [LINE])
