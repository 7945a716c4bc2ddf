"""catalogue: which channel group a parent was made for, and which steps gave it to products"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HERE = sa.text("gone_by IS NULL")
GROUPED = sa.text("account_id IS NOT NULL")
ADDED: dict[str, sa.types.TypeEngine[str]] = {"account_id": Key, "parent_ref": sa.Text(), "gone_by": Key}


def upgrade() -> None:
    for name, kind in ADDED.items():
        op.add_column("product_parent", sa.Column(name, kind))
    # Of those that there are nobody knows who made them: they stay.
    op.add_column("product_parent", sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.true()))
    op.drop_index("ix_product_parent_page", "product_parent")
    op.create_index(
        "ix_product_parent_here", "product_parent", ["merchant_id", "id"], sqlite_where=HERE, postgresql_where=HERE
    )
    op.create_index(
        "ix_product_parent_group", "product_parent", ["account_id", "parent_ref"], unique=True,
        sqlite_where=GROUPED, postgresql_where=GROUPED,
    )  # fmt: skip
    op.add_column("product_link", sa.Column("parent_id", Key))
    op.drop_index("ix_product_link_standing", "product_link")
    op.create_index("ix_product_link_product", "product_link", ["product_id", "stands", "step"])


def downgrade() -> None:
    op.drop_index("ix_product_link_product", "product_link")
    op.create_index(
        "ix_product_link_standing", "product_link", ["product_id", "step"],
        sqlite_where=sa.text("stands = 1"), postgresql_where=sa.text("stands"),
    )  # fmt: skip
    op.drop_column("product_link", "parent_id")
    op.drop_index("ix_product_parent_group", "product_parent")
    op.drop_index("ix_product_parent_here", "product_parent")
    op.execute("DELETE FROM product_parent WHERE gone_by IS NOT NULL")  # no product is in them, and all would show them
    op.create_index("ix_product_parent_page", "product_parent", ["merchant_id", "id"])
    for name in (*ADDED, "kept"):
        op.drop_column("product_parent", name)
