"""products: variants under a parent, bundles and their components"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LINKED = sa.text("product_id IS NOT NULL")
GROUPED = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("product", sa.Column("parent_id", Key))
    op.add_column("product", sa.Column("bundle", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_product_parent", "product", ["parent_id", "id"], postgresql_where=GROUPED, sqlite_where=GROUPED
    )  # fmt: skip
    op.create_index(
        "ix_product_bundle",
        "product",
        ["merchant_id", "id"],
        postgresql_where=sa.text("bundle"),
        sqlite_where=sa.text("bundle = 1"),
    )
    op.create_index(
        "ix_listing_sibling",
        "listing",
        ["account_id", "parent_ref", "product_id"],
        postgresql_where=LINKED,
        sqlite_where=LINKED,
    )
    op.create_table(
        "product_parent",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product_parent"),
    )
    op.create_index("ix_product_parent_page", "product_parent", ["merchant_id", "id"])
    op.create_table(
        "product_component",
        sa.Column("bundle_id", Key, nullable=False),
        sa.Column("product_id", Key, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bundle_id", "product_id", name="pk_product_component"),
        sa.CheckConstraint("bundle_id <> product_id", name=op.f("ck_product_component_itself")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_product_component_quantity")),
        sa.ForeignKeyConstraint(["bundle_id"], ["product.id"], name="fk_product_component_bundle_id"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_product_component_product_id"),
    )
    op.create_index("ix_product_component_product", "product_component", ["product_id", "bundle_id"])


def downgrade() -> None:
    op.drop_table("product_component")
    op.drop_table("product_parent")
    op.drop_index("ix_listing_sibling", "listing")
    for index in ("ix_product_bundle", "ix_product_parent"):
        op.drop_index(index, "product")
    for column in ("bundle", "parent_id"):
        op.drop_column("product", column)
