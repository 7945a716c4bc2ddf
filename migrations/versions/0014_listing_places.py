"""the places in which listings stand, by merchant and by account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PENDING, DECIDED = sa.text("state = 'pending'"), sa.text("state != 'pending'")


def upgrade() -> None:
    op.create_index("ix_listing_place", "listing", ["merchant_id", "state", "sku_class", "id"])
    op.create_index("ix_listing_account", "listing", ["account_id", "state", "sku_class", "id"])
    op.drop_index("ix_listing_page", "listing")
    op.drop_index("ix_listing_waiting", "listing")
    op.drop_index("ix_listing_decided", "listing")


def downgrade() -> None:
    op.create_index("ix_listing_page", "listing", ["merchant_id", "id"])
    op.create_index(
        "ix_listing_decided", "listing", ["merchant_id", "state", "id"], sqlite_where=DECIDED, postgresql_where=DECIDED
    )
    op.create_index(
        "ix_listing_waiting", "listing", ["merchant_id", "sku_class", "id"],
        sqlite_where=PENDING, postgresql_where=PENDING,
    )  # fmt: skip
    op.drop_index("ix_listing_account", "listing")
    op.drop_index("ix_listing_place", "listing")
