"""jobs and gates"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

READY = sa.text("state = 'ready'")
STARTED = sa.text("state IN ('running', 'waiting', 'unknown')")
CLAIMABLE = sa.text("state IN ('ready', 'waiting', 'unknown')")
FINISHED = sa.text("finished_at IS NOT NULL")
RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("lane", Key, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("state", Key, nullable=False),
        sa.Column("run_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("rescues", sa.Integer, nullable=False),
        sa.Column("can_be_unknown", sa.Boolean, nullable=False),
        sa.Column("unknown", sa.Boolean, nullable=False),
        sa.Column("lease_token", Key, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("progress", sa.Text),
        sa.Column("resume", sa.Text),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("traceback", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    work = ["kind", "account_id", "key"]
    op.create_index("uq_job_ready", "job", work, unique=True, postgresql_where=READY, sqlite_where=READY)
    op.create_index("uq_job_started", "job", work, unique=True, postgresql_where=STARTED, sqlite_where=STARTED)
    due, own = ["lane", "run_at", "id"], ["lane", "account_id", "run_at", "id"]
    op.create_index("ix_job_due", "job", due, postgresql_where=CLAIMABLE, sqlite_where=CLAIMABLE)
    op.create_index("ix_job_due_account", "job", own, postgresql_where=CLAIMABLE, sqlite_where=CLAIMABLE)
    op.create_index("ix_job_lease", "job", ["lease_until"], postgresql_where=RUNNING, sqlite_where=RUNNING)
    op.create_index("ix_job_finished", "job", ["finished_at"], postgresql_where=FINISHED, sqlite_where=FINISHED)
    op.create_index("ix_job_merchant", "job", ["merchant_id", "id"])
    op.create_table(
        "schedule",
        sa.Column("kind", Key, nullable=False),
        sa.Column("account_id", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("lane", Key, nullable=False),
        sa.Column("can_be_unknown", sa.Boolean, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(*work, name="pk_schedule"),
    )
    op.create_index("ix_schedule_next_at", "schedule", ["next_at"])
    op.create_table(
        "gate",
        sa.Column("scope", Key, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("cap", sa.Integer),
        sa.PrimaryKeyConstraint("scope", name="pk_gate"),
    )
    op.create_table(
        "member",
        sa.Column("account_id", Key, nullable=False),
        sa.Column("scope", Key, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "scope", name="pk_member"),
    )
    op.create_index("ix_member_scope", "member", ["scope"])
    op.create_table(
        "seat",
        sa.Column("scope", Key, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("job_id", Key),
        sa.PrimaryKeyConstraint("scope", "n", name="pk_seat"),
    )
    op.create_index("ix_seat_job_id", "seat", ["job_id"])


def downgrade() -> None:
    for table in ("seat", "member", "gate", "schedule", "job"):
        op.drop_table(table)
