"""farewells: what proves, for a while, who calls at an address whose last account was closed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant, Key

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "farewell",
        sa.Column("plugin", Key, nullable=False),
        sa.Column("digest", Key, nullable=False),
        sa.Column("credentials", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("closed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("plugin", "digest", name="pk_farewell"),
    )
    op.create_index("ix_farewell_closed_at", "farewell", ["closed_at"])


def downgrade() -> None:
    op.drop_index("ix_farewell_closed_at", table_name="farewell")
    op.drop_table("farewell")
