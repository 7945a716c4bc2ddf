"""covered lines: those of a listing are found, since it may be moved to another product before they are sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

STANDS = ("unlinked", "short", "reserved")


def upgrade() -> None:
    _index_again(*STANDS, "covered")


def downgrade() -> None:
    _index_again(*STANDS)


def _index_again(*standings: str) -> None:
    some = sa.text(f"standing IN ({', '.join(repr(each) for each in standings)})")
    op.drop_index("ix_order_line_listing", "order_line")
    op.create_index("ix_order_line_listing", "order_line", ["listing_ref"], sqlite_where=some, postgresql_where=some)
