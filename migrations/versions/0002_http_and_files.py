"""channel rates, exchanges and files"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate",
        sa.Column("scope", Key, nullable=False),
        sa.Column("tat", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_rate"),
    )
    op.create_table(
        "exchange",
        sa.Column("id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("trace_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchange"),
    )
    op.create_index("ix_exchange_account_id_failed_id", "exchange", ["account_id", "failed", "id"])
    op.create_index("ix_exchange_failed_at", "exchange", ["failed", "at"])
    op.create_table(
        "file",
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("digest", Key, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("key_id", Key, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "digest", name="pk_file"),
    )
    op.create_index("ix_file_expires_at", "file", ["expires_at"])


def downgrade() -> None:
    for table in ("file", "exchange", "rate"):
        op.drop_table(table)
