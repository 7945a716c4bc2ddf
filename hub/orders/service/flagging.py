"""Says why orders wait, in words, and notes in the audit trail what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from hub.catalog.tables import product
from hub.kernel import events
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.orders.rules.flags import Code, Flag, Flagged, Lacking, flags, still_acknowledged, unacknowledged
from hub.orders.rules.routing import Verdict, unsent
from hub.orders.service.drafts import Draft, Settled
from hub.orders.service.moves import Lack, Outcome
from hub.orders.store import flags as flag_store
from hub.orders.store.orders import OrderRow, Stored


def judged(
    db: Transaction, stored: Sequence[Stored], done: Mapping[str, Outcome], verdicts: Sequence[Sequence[Verdict]]
) -> list[Settled]:  # fmt: skip
    """What these orders, just settled, wait for; `verdicts` say of each what stands against sending it."""
    lacks = {line_id: outcome.lacks for line_id, outcome in done.items() if outcome.lacks}
    named = _named(db, lacks)
    return [_judged(one, named, done, against) for one, against in zip(stored, verdicts, strict=True)]


def _judged(
    one: Stored, named: Mapping[str, tuple[Lacking, ...]], done: Mapping[str, Outcome], against: Sequence[Verdict]
) -> Settled:  # fmt: skip
    found, seen = [*of(one, named), *unsent(against)], acknowledged(one.order)
    order = replace(one.order, acknowledged=written(still_acknowledged(found, seen)))
    beyond = Counter[str]()
    for line in one.lines:
        beyond.update(done[line.id].beyond if line.id in done else {})
    return Settled(
        stored=replace(one, order=order), flags=unacknowledged(found, seen),
        lacks={line.id: named.get(line.id, ()) for line in one.lines}, beyond=dict(beyond),
    )  # fmt: skip


def raise_flag(db: Transaction, order: OrderRow, flag: Flag) -> None:
    """Let an order wait for something that another slice knows of, until that slice takes it back by `drop_flag`."""
    flag_store.raise_flag(db, order.merchant_id, order.id, flag)


def drop_flag(db: Transaction, order_id: str, code: Code) -> None:
    """Take back what another slice has said that an order waits for; what orders says themselves stays."""
    flag_store.drop_flag(db, order_id, code)


def acknowledged(order: OrderRow) -> dict[str, str]:
    """Flags that a person has seen to: what stood for the cause, by code."""
    return msgspec.json.decode(order.acknowledged, type=dict[str, str])


def written(seen: Mapping[str, str]) -> str:
    """As the order keeps it."""
    return msgspec.json.encode(seen, order="sorted").decode()


def keep(
    db: Transaction, merchant_id: str, drafts: Sequence[Draft], settled: Sequence[Settled], *, at: datetime
) -> None:  # fmt: skip
    """Let them wait for just that; of those that were only looked at again, only what reads otherwise is written."""
    changed = [
        (draft, each)
        for draft, each in zip(drafts, settled, strict=True)
        if draft.waits is None or draft.waits != {flag.code: flag.reason for flag in each.flags}
    ]
    known = [draft.now.order.id for draft, _ in changed if draft.before]
    flag_store.replace(db, merchant_id, {each.stored.order.id: each.flags for _, each in changed}, known=known, at=at)


_skus = sa.select(product.c.id, product.c.sku).where(among(product.c.id, "ids"))


def _named(db: Transaction, lacks: Mapping[str, Collection[Lack]]) -> dict[str, tuple[Lacking, ...]]:
    """What is lacking, by the SKUs that people know."""
    ids = {one.product_id for each in lacks.values() for one in each}
    skus = {row.id: row.sku for row in db.execute(_skus, {"ids": sorted(ids)})} if ids else {}
    return {
        line_id: tuple(Lacking(skus[one.product_id], one.wanted, one.free) for one in each)
        for line_id, each in lacks.items()
    }


def of(one: Stored, lacks: Mapping[str, tuple[Lacking, ...]]) -> list[Flag]:
    """All that an order waits for, seen to or not."""
    lines = [
        Flagged(
            line.sku,
            line.listing_ref,
            line.standing,
            lacks.get(line.id, ()),
            left=line.units,
            wanted=line.quantity,
            in_doubt=line.in_doubt,
            ref=line.ref,
            is_late=bool(line.adds_to) and one.order.left_at is not None,
        )
        for line in one.lines
    ]
    return flags(one.order.state, one.order.raw_state, lines)


def record(db: Transaction, draft: Draft, each: Settled, actor: Actor) -> None:
    """Note in the audit trail what became of an order."""
    now, before = each.stored, draft.before
    events.record(
        db, draft.kind, subject=Subject(kind="order", id=now.order.id), actor=actor, merchant_id=now.order.merchant_id,
        before=_told(before) if before else None,
        after=_told(now) | {"flags": [one.code.value for one in each.flags]},
    )  # fmt: skip


def _told(one: Stored) -> dict[str, object]:
    """An order in the audit trail: nothing of its buyer."""
    order: OrderRow = one.order
    return {
        "account_id": order.account_id, "number": order.number, "state": order.state.value,
        "raw_state": order.raw_state, "source": order.source,
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "cancelled": line.cancelled, "standing": line.standing.value}
            for line in one.lines
        ],
    }  # fmt: skip
