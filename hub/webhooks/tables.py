"""What channels hinted at, and how often something was refused; never a body, a header or a secret."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("credentials", Key, nullable=False),  # the connection that it came by
    sa.Column("plugin", Key, nullable=False),
    sa.Column("digest", Key, nullable=False),  # of the delivery's key: the same for a repeat
    sa.Column("position", sa.Integer, nullable=False),  # a delivery may hint at several things
    sa.Column("kind", Key, nullable=False),  # of the hint; empty: the delivery hints at nothing
    sa.Column("ref", Key, nullable=False),
    sa.Column("shop_ref", Key, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("merchant_id", Key),  # once it is known whose it is
    sa.Column("account_id", Key),
    sa.Column("outcome", Key, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("dispatched_at", Instant),
    sa.UniqueConstraint("credentials", "digest", "position"),
)
_waiting = webhook.c.dispatched_at.is_(None)
sa.Index("ix_webhook_waiting", webhook.c.credentials, webhook.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("ix_webhook_page", webhook.c.merchant_id, webhook.c.id)
sa.Index("ix_webhook_account", webhook.c.account_id, webhook.c.id)
sa.Index("ix_webhook_received_at", webhook.c.received_at)

webhook_refusal = sa.Table(
    "webhook_refusal",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("credentials", Key, nullable=False),
    sa.Column("day", Key, nullable=False),  # in UTC: one row for each day and reason, however many come
    sa.Column("code", Key, nullable=False),
    sa.Column("plugin", Key, nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.UniqueConstraint("credentials", "day", "code"),
)
sa.Index("ix_webhook_refusal_last_at", webhook_refusal.c.last_at)
