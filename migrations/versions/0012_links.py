"""catalogue: the steps that put listings on products, and whether they stand"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product_link",
        sa.Column("step", Key, primary_key=True),
        sa.Column("product_id", Key, sa.ForeignKey("product.id"), nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
    )
    op.create_index(
        "ix_product_link_standing", "product_link", ["product_id", "step"],
        sqlite_where=sa.text("stands = 1"), postgresql_where=sa.text("stands"),
    )  # fmt: skip
    # Of what was done before only the last step of each listing is known; it holds the product that it led to.
    op.execute(
        "INSERT INTO product_link (step, product_id, stands) "
        "SELECT decision, product_id, TRUE FROM listing WHERE product_id IS NOT NULL AND decision IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_product_link_standing", "product_link")
    op.drop_table("product_link")
