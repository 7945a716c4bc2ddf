"""merchants, keys, kept answers and events"""

import sqlalchemy as sa
from alembic import op

from hub.kernel.types import Key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = sa.text("revoked_at IS NULL")
UNDISPATCHED = sa.text("dispatched_at IS NULL")
FROZEN = (
    "id",
    "merchant_id",
    "kind",
    "subject_kind",
    "subject_id",
    "actor_kind",
    "actor_id",
    "cause",
    "before",
    "after",
    "occurred_at",
)


def upgrade() -> None:
    _merchants()
    _answers()
    _events()
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_append_only()")
    for table in ("answer", "api_key_merchant", "api_key", "merchant"):
        op.drop_table(table)


def _merchants() -> None:
    op.create_table(
        "merchant",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("features", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merchant"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", Key, nullable=False),
        sa.Column("public_id", Key, nullable=False),
        sa.Column("digest", Key, nullable=False),
        sa.Column("reach", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("slot", sa.SmallInteger, nullable=False),
        sa.Column("access", Key, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("last_used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("public_id", name="uq_api_key_public_id"),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_api_key_slot")),
    )
    live = ["reach", "name", "slot"]
    op.create_index("uq_api_key_live", "api_key", live, unique=True, postgresql_where=LIVE, sqlite_where=LIVE)
    op.create_table(
        "api_key_merchant",
        sa.Column("key_id", Key, nullable=False),
        sa.Column("merchant_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "merchant_id", name="pk_api_key_merchant"),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name="fk_api_key_merchant_key_id"),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name="fk_api_key_merchant_merchant_id"),
    )
    op.create_index("ix_api_key_merchant_merchant_id", "api_key_merchant", ["merchant_id"])


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("scope", Key, nullable=False),
        sa.Column("request", Key, nullable=False),
        sa.Column("token", Key, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.PrimaryKeyConstraint("scope", name="pk_answer"),
    )
    op.create_index("ix_answer_expires_at", "answer", ["expires_at"])


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", Key, nullable=False),
        sa.Column("merchant_id", Key),
        sa.Column("kind", Key, nullable=False),
        sa.Column("subject_kind", Key, nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("actor_kind", Key, nullable=False),
        sa.Column("actor_id", Key, nullable=False),
        sa.Column("cause", Key),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("occurred_at", sa.BigInteger, nullable=False),
        sa.Column("dispatched_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_merchant_id_id", "event", ["merchant_id", "id"])
    op.create_index("ix_event_subject", "event", ["subject_kind", "subject_id", "id"])
    op.create_index("ix_event_undispatched", "event", ["id"], postgresql_where=UNDISPATCHED, sqlite_where=UNDISPATCHED)


_SQLITE = (
    "CREATE TRIGGER event_no_change BEFORE UPDATE ON event WHEN "
    + " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in FROZEN)
    + " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE TRIGGER event_no_change BEFORE UPDATE ON event FOR EACH ROW WHEN ("
    + " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in FROZEN)
    + ") EXECUTE FUNCTION event_append_only()",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_append_only()",
)
