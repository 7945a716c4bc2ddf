"""What the hub has made of a storm, read from its own books."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.channels.tables import account
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import event
from hub.orders.tables import order_hint, sales_order
from hub.stock.tables import level
from hub.webhooks.tables import webhook
from tests.servers import Pause

Effect = tuple[str, str]  # an order by the channel's reference of it, and what has become of it
SOLD, CANCELLED = "sold", "cancelled"
LONGEST = 600.0  # seconds; a storm of any size has long been worked off
_ENDED = ("done", "failed", "dead", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Books:
    """What stands in them: `effects` once each, those that stand twice, units held for orders, and hints kept."""

    effects: frozenset[Effect]
    doubled: int
    reserved: int
    hints: int


def read(database: Database, merchant: str) -> Books:
    taken = sa.select(sa.func.count().label("rows"), sa.func.count(event.c.subject_id.distinct()).label("orders"))
    with database.reading() as db:
        known = sa.select(sales_order.c.ref, sales_order.c.state).where(sales_order.c.merchant_id == merchant)
        effects = {effect for row in db.execute(known) for effect in _effects(row.ref, row.state)}
        mine = taken.where(event.c.merchant_id == merchant, event.c.kind == "order.taken_in")
        times = db.execute(mine).one()
        held = sa.select(sa.func.coalesce(sa.func.sum(level.c.reserved), 0)).where(level.c.merchant_id == merchant)
        hints = sa.select(sa.func.count()).select_from(webhook).where(webhook.c.merchant_id == merchant)
        return Books(
            effects=frozenset(effects), doubled=times.rows - times.orders,
            reserved=int(db.execute(held).scalar_one()), hints=db.execute(hints).scalar_one(),
        )  # fmt: skip


def settled(database: Database, merchant: str) -> None:
    """Wait until no hint waits, and nothing of the merchant's is left to be read; what others wait for is their own."""
    job, mine = jobs.tables.job, sa.select(account.c.id).where(account.c.merchant_id == merchant)
    waiting = (
        sa.select(webhook.c.id).where(webhook.c.dispatched_at.is_(None)).limit(1),
        sa.select(order_hint.c.ref).where(order_hint.c.account_id.in_(mine)).limit(1),
        sa.select(job.c.id)
        .where(job.c.merchant_id == merchant, job.c.state.not_in(_ENDED))
        .where(job.c.kind.in_(["orders.read", "orders.import"]))
        .limit(1),
    )
    pause = Pause(LONGEST)
    while True:
        with database.reading() as db:
            if not any(db.execute(each).first() for each in waiting):
                return
        pause.briefly(0.1)


def _effects(ref: str, state: str) -> set[Effect]:
    return {(ref, SOLD), (ref, CANCELLED)} if state == OrderState.CANCELLED else {(ref, SOLD)}
