"""orders: which lines wait for what, and those of open orders by their listing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STANDS = sa.text("standing IN ('unlinked', 'short', 'reserved')")
WAITS = sa.text("waits_for IS NOT NULL")


def upgrade() -> None:
    op.add_column("order_line", sa.Column("waits_for", Key))
    op.execute("UPDATE order_line SET waits_for = product_id WHERE standing = 'short'")
    op.create_index(
        "ix_order_line_listing", "order_line", ["listing_ref"], sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_index("ix_order_line_waits", "order_line", ["waits_for"], sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("ix_order_line_waits", "order_line")
    op.drop_index("ix_order_line_listing", "order_line")
    op.drop_column("order_line", "waits_for")
