"""cross-listings, their rows, category trees and mappings"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('queued', 'pushing')")
STATES = "state IN ('drafting', 'ready', 'checking', 'pushing', 'done', 'failed', 'cancelled')"
ROW_STATES = "state IN ('checked', 'refused', 'queued', 'pushing', 'done', 'failed', 'cancelled')"


def upgrade() -> None:
    _crosslistings()
    _categories()


def downgrade() -> None:
    for table in ("category_mapping", "category", "category_tree", "crosslisting_row", "crosslisting"):
        op.drop_table(table)


def _crosslistings() -> None:
    op.create_table(
        "crosslisting",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("chosen", sa.Text, nullable=False),
        sa.Column("products", sa.Integer, nullable=False),
        sa.Column("workbook", Key),
        sa.Column("upload", Key),
        sa.Column("result", Key),
        sa.Column("open_rows", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_crosslisting"),
        sa.CheckConstraint("open_rows >= 0", name=op.f("ck_crosslisting_open_rows")),
        sa.CheckConstraint(STATES, name=op.f("ck_crosslisting_state")),
    )
    op.create_index("ix_crosslisting_page", "crosslisting", ["merchant_id", "id"])
    op.create_table(
        "crosslisting_row",
        sa.Column("crosslisting_id", Key, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("product_id", Key),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("told", sa.Text),
        sa.Column("listing_ref", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("resume", sa.Text, nullable=False),
        sa.Column("errors", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("crosslisting_id", "number", name="pk_crosslisting_row"),
        sa.CheckConstraint(ROW_STATES, name=op.f("ck_crosslisting_row_state")),
    )
    op.create_index(
        "ix_crosslisting_row_open", "crosslisting_row", ["account_id", "product_id"],
        postgresql_where=OPEN, sqlite_where=OPEN,
    )  # fmt: skip


def _categories() -> None:
    op.create_table(
        "category_tree",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("edition", Key, nullable=False),
        sa.Column("categories", sa.Integer, nullable=False),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_category_tree"),
    )
    op.create_table(
        "category",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("edition", Key, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("ref", Key, nullable=False),
        sa.Column("parent_ref", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("leaf", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "edition", "position", name="pk_category"),
    )
    op.create_index("ix_category_parent", "category", ["account_id", "edition", "parent_ref", "position"])
    op.create_index("ix_category_ref", "category", ["account_id", "edition", "ref"])
    op.create_table(
        "category_mapping",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("field_key", Key, nullable=False),
        sa.Column("value_key", Key, nullable=False),
        sa.Column("category_ref", Key, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_category_mapping"),
        sa.UniqueConstraint(
            "account_id", "field_key", "value_key", name="uq_category_mapping_account_id_field_key_value_key"
        ),
    )
    op.create_index("ix_category_mapping_page", "category_mapping", ["account_id", "id"])
