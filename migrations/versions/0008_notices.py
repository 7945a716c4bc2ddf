"""notices, and which events are still to be told"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNDISPATCHED = sa.text("dispatched_at IS NULL")
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    # Until now no event was announced, so none waits to be told.
    op.execute("UPDATE event SET dispatched_at = occurred_at WHERE dispatched_at IS NULL")
    _index_undispatched(["merchant_id", "id"])
    op.create_table(
        "notice",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("subject_kind", Key, nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.CheckConstraint("level IN ('info', 'warning', 'failure')", name=op.f("ck_notice_level")),
    )
    op.create_index("ix_notice_created_at", "notice", ["created_at"])
    op.create_index("ix_notice_page", "notice", ["merchant_id", "id"])
    op.create_index("ix_notice_unread", "notice", ["merchant_id", "id"], postgresql_where=UNREAD, sqlite_where=UNREAD)


def downgrade() -> None:
    op.drop_table("notice")
    _index_undispatched(["id"])


def _index_undispatched(columns: list[str]) -> None:
    op.drop_index("ix_event_undispatched", "event")
    op.create_index("ix_event_undispatched", "event", columns, postgresql_where=UNDISPATCHED, sqlite_where=UNDISPATCHED)
