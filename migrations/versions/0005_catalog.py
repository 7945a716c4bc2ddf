"""catalogue: listings, products, import runs and counts by class"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")
LINKED = sa.text("product_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("sku_key", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Key, nullable=False),
        sa.Column("price", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("source_listing_id", Key),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.CheckConstraint("sku_key <> ''", name=op.f("ck_product_sku")),
        sa.UniqueConstraint("merchant_id", "sku_key", name="uq_product_merchant_id_sku_key"),
    )
    op.create_index("ix_product_name", "product", ["merchant_id", "name_key"])
    op.create_index("ix_product_page", "product", ["merchant_id", "id"])
    op.create_table(
        "listing",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("ref", Key, nullable=False),
        sa.Column("parent_ref", sa.Text, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("sku_key", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Key, nullable=False),
        sa.Column("price", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("quantity", sa.Integer),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.Column("pack", sa.Integer, nullable=False, server_default="1"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sku_class", sa.Text),
        sa.Column("product_id", Key),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("seen_run", Key, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
        sa.CheckConstraint("(state = 'linked') = (product_id IS NOT NULL)", name=op.f("ck_listing_linked")),
        sa.CheckConstraint("pack > 0", name=op.f("ck_listing_pack")),
        sa.CheckConstraint(
            "sku_class IN ('empty', 'duplicate', 'matched', 'unmatched')", name=op.f("ck_listing_sku_class")
        ),
        sa.CheckConstraint("state IN ('pending', 'linked', 'ignored')", name=op.f("ck_listing_state")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_listing_product_id"),
        sa.UniqueConstraint("account_id", "ref", name="uq_listing_account_id_ref"),
    )
    op.create_index("ix_listing_name", "listing", ["merchant_id", "name_key"])
    op.create_index("ix_listing_page", "listing", ["merchant_id", "id"])
    op.create_index("ix_listing_product", "listing", ["product_id"], postgresql_where=LINKED, sqlite_where=LINKED)
    op.create_index("ix_listing_sku", "listing", ["merchant_id", "sku_key", "account_id"])
    op.create_index(
        "ix_listing_waiting",
        "listing",
        ["merchant_id", "sku_class", "id"],
        postgresql_where=PENDING,
        sqlite_where=PENDING,
    )
    op.create_table(
        "import_run",
        sa.Column("job_id", Key, nullable=False),
        sa.Column("run", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger, nullable=False),
        sa.Column("tally", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_account", "import_run", ["account_id", "job_id"])
    op.create_table(
        "class_count",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("sku_class", sa.Text, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("listings", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sku_class", name="pk_class_count"),
        sa.CheckConstraint("listings >= 0", name=op.f("ck_class_count_listings")),
    )
    op.create_index("ix_class_count_merchant", "class_count", ["merchant_id"])


def downgrade() -> None:
    for table in ("class_count", "import_run", "listing", "product"):
        op.drop_table(table)
