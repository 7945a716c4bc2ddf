"""warehouses, the places mapped to them, and where an account's opening stock is booked"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Json, Key

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = sa.text("archived_at IS NULL")
CODED = sa.text("archived_at IS NULL AND code <> ''")
DEFAULT = sa.text("is_default")


def upgrade() -> None:
    op.add_column("account", sa.Column("opening_warehouse", Key, nullable=False, server_default="default"))
    op.create_table(
        "warehouse",
        sa.Column("id", Key, primary_key=True),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Key, nullable=False),
        sa.Column("code", Key, nullable=False),
        sa.Column("country", Key, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("address", Json, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("archived_at", Instant),
        sa.CheckConstraint("NOT is_default OR archived_at IS NULL", name="default_is_open"),
    )
    op.create_index("ix_warehouse_page", "warehouse", ["merchant_id", "id"])
    for name, columns, where in (
        ("uq_warehouse_default", ["merchant_id"], DEFAULT),
        ("uq_warehouse_name", ["merchant_id", "name_key"], OPEN),
        ("uq_warehouse_code", ["merchant_id", "code"], CODED),
    ):
        op.create_index(name, "warehouse", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "place_map",
        sa.Column("account_id", Key, primary_key=True),
        sa.Column("place_ref", Key, primary_key=True),
        sa.Column("warehouse_id", Key, sa.ForeignKey("warehouse.id"), primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("place_name", sa.Text, nullable=False),
    )
    op.create_index("ix_place_map_warehouse_id", "place_map", ["warehouse_id"])
    _found_warehouses()
    _map_accounts_without_places()


def downgrade() -> None:
    op.drop_table("place_map")
    op.drop_table("warehouse")
    op.drop_column("account", "opening_warehouse")


def _found_warehouses() -> None:
    """Give every merchant the default warehouse that a new one gets when it is first asked for.

    Its id is a UUIDv7 of the merchant's own millisecond, so that it stays the oldest.
    """
    # The table of this revision, whatever comes later; SQLite and PostgreSQL have no function for UUIDv7 in common.
    postgresql = op.get_bind().dialect.name == "postgresql"
    chance = "md5(CAST(random() AS text) || id)" if postgresql else "lower(hex(randomblob(16)))"
    op.execute(
        sa.text(
            "INSERT INTO warehouse (id, merchant_id, kind, name, name_key, code, country, timezone, address, "  # noqa: S608 - our own words
            "is_default, created_at, changed_at) "
            "SELECT substr(id, 1, 14) || '7' || substr(chance, 1, 3) || '-8' || substr(chance, 4, 3) || '-' "
            "|| substr(chance, 7, 12), id, 'own', 'Main warehouse', 'main warehouse', '', '', '', '{}', "
            f"true, :moment, :moment FROM (SELECT id, {chance} AS chance FROM merchant) AS each_merchant"
        ).bindparams(moment=time.time_ns() // 1000)
    )


def _map_accounts_without_places() -> None:
    op.execute(
        "INSERT INTO place_map (account_id, place_ref, warehouse_id, rank, shared, place_name) "
        "SELECT account.id, '', warehouse.id, 0, false, '' FROM account "
        "JOIN warehouse ON warehouse.merchant_id = account.merchant_id AND warehouse.is_default "
        "WHERE account.places = '[]' AND account.state <> 'closed'"
    )
