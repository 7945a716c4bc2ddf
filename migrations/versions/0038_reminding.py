"""reminding: parcels that are due can be walked through in lots"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

DUE = sa.text("confirmation = 'due'")


def upgrade() -> None:
    _index("account_id", "id")


def downgrade() -> None:
    _index("account_id")


def _index(*columns: str) -> None:
    op.drop_index("ix_parcel_due", "parcel")
    op.create_index("ix_parcel_due", "parcel", columns, sqlite_where=DUE, postgresql_where=DUE)
