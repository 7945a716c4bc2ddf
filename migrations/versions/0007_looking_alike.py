"""catalogue: what looks alike, which step a listing stands by, and products that are gone"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

from hub.catalog.rules import barcode_key, sku_fold
from hub.kernel import bulk
from hub.kernel.db import Transaction
from hub.kernel.types import Json, Key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BATCH = 5_000
CODED = sa.text("barcode_key != ''")
DECIDED = sa.text("state != 'pending'")
DRIFTED = sa.text("linked_sku IS NOT NULL AND linked_sku != sku_key")
CAUSED = sa.text("cause IS NOT NULL")
ADDED = {
    "listing": ("sku_fold", "barcode_key", "linked_sku", "decision"),
    "product": ("sku_fold", "barcode_key", "gone_by", "merged_into"),
}
_scratch = sa.MetaData()
TABLES = [
    sa.Table(
        name,
        _scratch,
        *(sa.Column(column, Key) for column in ("id", "sku", "sku_fold", "barcode_key")),
        sa.Column("details", Json),
    )
    for name in ADDED
]


def upgrade() -> None:
    for name in ADDED:
        op.add_column(name, sa.Column("sku_fold", Key, nullable=False, server_default=""))
        op.add_column(name, sa.Column("barcode_key", Key, nullable=False, server_default=""))
    for column in ADDED["listing"][2:]:
        op.add_column("listing", sa.Column(column, Key))
    for column in ADDED["product"][2:]:
        op.add_column("product", sa.Column(column, Key))
    db = Transaction(op.get_bind())
    for table in TABLES:
        _fill(db, table)
    db.execute(sa.text("UPDATE listing SET linked_sku = sku_key WHERE state = 'linked'"))
    _indexes(op.create_index)


def _fill(db: Transaction, table: sa.Table) -> None:
    """Compute what rules compute, batch by batch: no database folds letters as they do."""
    wanted = sa.select(table.c.id, table.c.sku, table.c.details).order_by(table.c.id).limit(BATCH)
    after = ""
    while rows := db.execute(wanted.where(table.c.id > after)).all():
        filled = [(row.id, sku_fold(row.sku), barcode_key(row.details.get("barcode", ""))) for row in rows]
        bulk.update(db, table, "id", ("sku_fold", "barcode_key"), filled)
        after = rows[-1].id


def _indexes(create: Callable[..., None]) -> None:
    def partial(name: str, table: str, columns: Sequence[str], condition: sa.TextClause) -> None:
        create(name, table, columns, postgresql_where=condition, sqlite_where=condition)

    create("ix_listing_fold", "listing", ["merchant_id", "sku_fold"])
    partial("ix_listing_barcode", "listing", ["merchant_id", "barcode_key"], CODED)
    partial("ix_listing_decided", "listing", ["merchant_id", "state", "id"], DECIDED)
    partial("ix_listing_drifted", "listing", ["merchant_id", "id"], DRIFTED)
    create("ix_product_fold", "product", ["merchant_id", "sku_fold"])
    partial("ix_product_barcode", "product", ["merchant_id", "barcode_key"], CODED)
    partial("ix_event_cause", "event", ["cause", "id"], CAUSED)


def downgrade() -> None:
    def drop(name: str, table: str, *_: object, **__: object) -> None:
        op.drop_index(name, table)

    _indexes(drop)
    for name, columns in ADDED.items():
        for column in columns:
            op.drop_column(name, column)
