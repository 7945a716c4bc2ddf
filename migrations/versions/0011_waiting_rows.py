"""since when the channel of a cross-listing's row has been asking for patience"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("crosslisting_row", sa.Column("waiting_since", Instant))


def downgrade() -> None:
    op.drop_column("crosslisting_row", "waiting_since")
