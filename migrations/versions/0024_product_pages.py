"""catalogue: pages of products without those that are gone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HERE = sa.text("coalesce(gone_by, '') = ''")


def upgrade() -> None:
    op.drop_index("ix_product_page", "product")
    op.create_index("ix_product_page", "product", ["merchant_id", "id"], sqlite_where=HERE, postgresql_where=HERE)


def downgrade() -> None:
    op.drop_index("ix_product_page", "product")
    op.create_index("ix_product_page", "product", ["merchant_id", "id"])
