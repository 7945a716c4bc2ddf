"""webhooks by outcome: the few that came to nothing, among all that came"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

IS_KNOWN = sa.text("merchant_id IS NOT NULL")
INDEXES = {
    "ix_webhook_outcome": ["merchant_id", "outcome", "id"],
    "ix_webhook_account_outcome": ["merchant_id", "account_id", "outcome", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "webhook", columns, sqlite_where=IS_KNOWN, postgresql_where=IS_KNOWN)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="webhook")
