"""how many rows of a cross-listing ended in which way"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("crosslisting", sa.Column("outcomes", Json))


def downgrade() -> None:
    op.drop_column("crosslisting", "outcomes")
