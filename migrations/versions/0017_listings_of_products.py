"""catalogue: the listings of a product in their order, and siblings by an index that nothing else takes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LINKED = sa.text("product_id IS NOT NULL")
RELATED = sa.text("parent_ref != ''")
SIBLING = ["account_id", "parent_ref", "product_id"]


def upgrade() -> None:
    _index("ix_listing_product", ["product_id", "id"], LINKED)
    _index("ix_listing_sibling", SIBLING, RELATED)


def downgrade() -> None:
    _index("ix_listing_sibling", SIBLING, LINKED)
    _index("ix_listing_product", ["product_id"], LINKED)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.drop_index(name, "listing")
    op.create_index(name, "listing", columns, sqlite_where=where, postgresql_where=where)
