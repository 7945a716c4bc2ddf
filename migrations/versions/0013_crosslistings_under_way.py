"""cross-listings that are under way, to be found without reading the others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = "ix_crosslisting_under_way"


def upgrade() -> None:
    under_way = sa.text("state IN ('drafting', 'checking', 'pushing')")
    op.create_index(NAME, "crosslisting", ["id"], sqlite_where=under_way, postgresql_where=under_way)


def downgrade() -> None:
    op.drop_index(NAME, "crosslisting")
