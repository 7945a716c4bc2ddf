"""catalogue: the products that listings with a code are linked to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LINKED = sa.text("coalesce(product_id, '') <> ''")
COLUMNS = ["merchant_id", "sku_key", "product_id"]


def upgrade() -> None:
    op.create_index("ix_listing_linked", "listing", COLUMNS, sqlite_where=LINKED, postgresql_where=LINKED)


def downgrade() -> None:
    op.drop_index("ix_listing_linked", "listing")
