"""Hints as they are kept and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Hint
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel import bulk
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import MICROSECOND, microseconds
from hub.webhooks.rules import Outcome, Sealed, Told, Verdict
from hub.webhooks.tables import webhook

BATCH = 500  # purged in one transaction
KEEP = timedelta(days=30)  # longer than any channel repeats a delivery: within it a repeat is known as one
_KEPT = (
    "id", "credentials", "plugin", "digest", "position", "kind", "ref", "shop_ref", "received_at", "outcome", "reason",
)  # fmt: skip
_ONCE = ("credentials", "digest", "position")
_SETTLED = ("merchant_id", "account_id", "outcome", "reason", "dispatched_at")


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a channel hinted at, and what became of it. Empty `kind`: the delivery hinted at nothing."""

    id: str
    account_id: str
    plugin: str
    kind: str
    ref: str
    outcome: Outcome
    reason: str
    received_at: datetime
    dispatched_at: datetime | None


def keep(
    db: Transaction,
    credentials: str,
    message: Sealed,
    *,
    plugin: str,
    digest: str,
    hints: Sequence[Hint],
    received_at: datetime,
) -> bool:
    """Keep a delivery; False where it is there already.

    Its first row decides, and bears the message: who sends the same at the same moment waits for it, and finds it.
    """
    told = [(hint.kind.value, hint.ref, hint.shop_ref) for hint in hints] or [("", "", "")]
    rows = [
        (id_, credentials, plugin, digest, place, *each, microseconds(received_at), Outcome.WAITING.value, "")
        for place, (id_, each) in enumerate(zip(_ids(message, len(told)), told, strict=True))
    ]
    first = dict(zip(_KEPT, rows[0], strict=True)) | {"raw_key": message.key_id, "raw": message.content}
    insert = postgresql.insert(webhook) if db.dialect == "postgresql" else sqlite.insert(webhook)
    unless_there = insert.values(**first | {"received_at": received_at}).on_conflict_do_nothing(index_elements=_ONCE)
    if db.execute(unless_there.returning(webhook.c.id)).first() is None:
        return False
    bulk.upsert(db, webhook, _KEPT, rows[1:], conflict=_ONCE)
    return True


def _ids(message: Sealed, count: int) -> list[str]:
    """The message is bound to the first of them, which was made before it was sealed; ids rise."""
    return [message.webhook_id, *(new_id() for _ in range(count - 1))]


def waiting(db: Transaction, credentials: str, *, limit: int) -> list[Told]:
    """What nobody has looked at yet, the oldest first."""
    found = db.execute(_waiting, {"credentials": credentials, "limit": limit})
    return [Told(id=row.id, kind=row.kind, ref=row.ref, shop_ref=row.shop_ref) for row in found]


def settle(db: Transaction, verdicts: Mapping[str, Verdict], *, at: datetime) -> None:
    """Note what became of each hint, by its id."""
    rows = [
        (
            told,
            verdict.shop and verdict.shop.merchant_id,
            verdict.shop and verdict.shop.account_id,
            verdict.outcome.value,
            verdict.reason,
            microseconds(at),
        )
        for told, verdict in sorted(verdicts.items())
    ]
    bulk.update(db, webhook, "id", _SETTLED, rows)


def listing(
    db: Transaction,
    merchant_id: str,
    *,
    limit: int,
    before: str | None = None,
    account_id: str | None = None,
    outcome: Outcome | None = None,
) -> list[Webhook]:
    """What a merchant's channels hinted at, the newest first, older than `before`."""
    wanted = sa.select(*(webhook.c[name] for name in Webhook.__struct_fields__))
    wanted = wanted.where(webhook.c.merchant_id == merchant_id).order_by(webhook.c.id.desc()).limit(limit)
    given = ((webhook.c.account_id, account_id), (webhook.c.outcome, outcome and outcome.value))
    for column, value in given:
        wanted = wanted if value is None else wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(webhook.c.id < before)
    found = db.execute(wanted).mappings()
    return [Webhook(**{**row, "outcome": Outcome(row["outcome"])}) for row in found]


def purge_webhooks(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    until = sa.type_coerce(now(), sa.BigInteger) - KEEP // MICROSECOND
    past = sa.select(webhook.c.id).where(sa.type_coerce(webhook.c.received_at, sa.BigInteger) <= until)
    some = past.order_by(webhook.c.received_at).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(webhook).where(webhook.c.id.in_(some))).rowcount


_waiting = (
    sa.select(webhook.c.id, webhook.c.kind, webhook.c.ref, webhook.c.shop_ref)
    .where(webhook.c.credentials == sa.bindparam("credentials"), webhook.c.dispatched_at.is_(None))
    .order_by(webhook.c.id)
    .limit(sa.bindparam("limit"))
)
