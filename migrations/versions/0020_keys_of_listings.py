"""catalogue: the key under which a push made a listing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PUSHED = sa.text("pushed_key IS NOT NULL")
_PRODUCT = {"sqlite": "json_extract(after, '$.product_id')", "postgresql": "CAST(after AS json) ->> 'product_id'"}


def upgrade() -> None:
    op.add_column("listing", sa.Column("pushed_key", Key))
    # Until now a key was the product's id, or at a channel of the hub's own what the listing is called there.
    product = _PRODUCT[op.get_bind().dialect.name]
    op.execute(
        "UPDATE listing SET pushed_key = ("  # noqa: S608 - the words above
        f"SELECT CASE WHEN listing.ref LIKE ({product}) || '-%' THEN listing.ref ELSE {product} END FROM event "
        "WHERE subject_kind = 'listing' AND subject_id = listing.id AND kind = 'listing.recorded' "
        "AND before IS NULL ORDER BY event.id LIMIT 1)"
    )
    op.create_index(
        "ix_listing_pushed", "listing", ["account_id", "pushed_key"], sqlite_where=PUSHED, postgresql_where=PUSHED
    )


def downgrade() -> None:
    op.drop_index("ix_listing_pushed", "listing")
    op.drop_column("listing", "pushed_key")
