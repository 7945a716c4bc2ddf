"""What channels hinted at, the message itself sealed beside it, and how often something was refused.

In clear there is never a body, a header or a secret. Rows and messages go together after thirty days.
"""

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
    sa.Column("raw_key", Key),  # what the message is sealed with; NULL: not the delivery's first row, or erased
    sa.Column("raw", sa.LargeBinary),  # sealed and packed: body, headers and query as they came
    sa.UniqueConstraint("credentials", "digest", "position"),
)
_waiting = webhook.c.dispatched_at.is_(None)
sa.Index("ix_webhook_waiting", webhook.c.credentials, webhook.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("ix_webhook_page", webhook.c.merchant_id, webhook.c.id)
sa.Index("ix_webhook_account", webhook.c.account_id, webhook.c.id)
sa.Index("ix_webhook_ref", webhook.c.account_id, webhook.c.ref)
# Of those whose merchant is known: what nobody has looked at yet costs these nothing.
_is_known = webhook.c.merchant_id.is_not(None)
sa.Index("ix_webhook_outcome", webhook.c.merchant_id, webhook.c.outcome, webhook.c.id,
         sqlite_where=_is_known, postgresql_where=_is_known)  # fmt: skip
sa.Index("ix_webhook_account_outcome", webhook.c.merchant_id, webhook.c.account_id, webhook.c.outcome, webhook.c.id,
         sqlite_where=_is_known, postgresql_where=_is_known)  # fmt: skip
sa.Index("ix_webhook_received_at", webhook.c.received_at)
_sealed = webhook.c.raw_key.is_not(None)
sa.Index(
    "ix_webhook_raw_shop", webhook.c.credentials, webhook.c.shop_ref, webhook.c.id,
    sqlite_where=_sealed, postgresql_where=_sealed,
)  # fmt: skip
sa.Index("ix_webhook_raw_key", webhook.c.raw_key, sqlite_where=_sealed, postgresql_where=_sealed)

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
