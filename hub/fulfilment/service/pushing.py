"""What a warehouse is asked to send, and what comes of asking.

The outbound says `pushing` before the call goes out: whoever finds it so does not know what came of it, and reads back
first. What is asked is sealed and kept until the warehouse has answered, so that it is asked the same again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from hub_hookspecs import LabelFile, Outbound, Parcel
from msgspec.structs import replace

from hub.channels.service import standing
from hub.channels.service import warehouses as houses
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.asking import Asked, OrderLine, parcel_lines
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State, next_look
from hub.fulfilment.service import arranging, gating, issuing, label_links, troubles
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.gating import Judged
from hub.fulfilment.service.labelling import KIND
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.fulfilment.tables import outbound as table
from hub.kernel import files, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.jobs import Job
from hub.kernel.sealing import KeyRing, rotate, seal, unseal
from hub.orders.service import manual
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment


def locked(db: Transaction, one: OutboundRow) -> tuple[Stored, OutboundRow]:
    """The order of an outbound and the outbound as they are now, kept from others; the order first, always."""
    stored = manual.find(db, one.merchant_id, one.order_id, for_change=True)
    found = outbounds.find(db, one.id, for_change=True)
    if found is None:
        raise RuntimeError("an outbound is never deleted")
    return stored, found


def start(db: Transaction, channels: Channels, job: Job, one: OutboundRow) -> Outbound | None:
    """What the warehouse is asked, as the last thing before it is; None: it is not to be asked now."""
    actor = Actor(kind="job", id=job.id)
    stored, one = locked(db, one)
    if not one.current or one.push_status is not PushStatus.NOT_PUSHED:
        return None
    stored = arranging.arrange(db, channels, stored, actor=actor, pushes=False)
    stored, one = locked(db, one)
    if not one.current or one.push_status is not PushStatus.NOT_PUSHED or one.waits_for:
        return None
    judged = gating.judge(db, channels, stored, one, actor=actor)
    asked = _asked(db, channels, stored, one, judged)
    bare = _without_labels(asked)
    label = judged.papers.label
    pushing = outbounds.turn(
        db, one.id, (PushStatus.NOT_PUSHED,), push_status=PushStatus.PUSHING.value, asked_at=now(), reason="",
        told=seal(channels.ring, msgspec.json.encode(bare), _bound(one.id)), shows=judged.shows,
        courier=judged.papers.courier, awb=judged.papers.awb, label_digest=label.digest if label else "",
    )  # fmt: skip
    if pushing is None:
        return None
    jobs.hold(db, job)
    return asked


def taken(db: Transaction, channels: Channels, one: OutboundRow, ref: str, *, actor: Actor) -> None:
    """The warehouse has it."""
    stored, one = locked(db, one)
    has = outbounds.turn(
        db, one.id, IN_DOUBT, push_status=PushStatus.PUSHED.value, state=State.PENDING.value, ref=ref, reason="",
        told="", pushed_at=now(), next_look_at=moment(db) + next_look(timedelta(0)),
    )  # fmt: skip
    if has is not None:
        issuing.tell(db, "outbound.pushed", has, actor=actor, before=one)
    arranging.arrange(db, channels, stored, actor=actor)


def refused(db: Transaction, channels: Channels, one: OutboundRow, reason: str, *, actor: Actor) -> None:
    """The warehouse has not taken it, nor will as it is: a person pushes it again."""
    _ends(db, channels, one, PushStatus.FAILED, reason, "outbound.not_taken", actor=actor)


def not_sent(db: Transaction, channels: Channels, one: OutboundRow, reason: str, *, actor: Actor) -> None:
    """It did not get there, for a reason that passes: it is pushed again by itself."""
    _ends(db, channels, one, PushStatus.NOT_PUSHED, reason, "outbound.not_sent", actor=actor)


def in_doubt(db: Transaction, one: OutboundRow, reason: str) -> None:
    """No answer came: it is found out before anything is sent again."""
    outbounds.turn(db, one.id, IN_DOUBT, push_status=PushStatus.UNKNOWN.value, reason=reason)


def _ends(
    db: Transaction, channels: Channels, one: OutboundRow, status: PushStatus, reason: str, kind: str, *, actor: Actor
) -> None:  # fmt: skip
    stored, one = locked(db, one)
    at = moment(db)
    before = troubles.of(db, stored.order, at)
    was = (PushStatus.NOT_PUSHED, *IN_DOUBT) if status is PushStatus.FAILED else IN_DOUBT
    row = outbounds.turn(db, one.id, was, push_status=status.value, reason=reason)
    if row is not None and status is PushStatus.FAILED:
        issuing.tell(db, kind, row, actor=actor, before=one)
    arranging.arrange(db, channels, stored, actor=actor, before=before)


def _asked(db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, judged: Judged) -> Outbound:
    """What the warehouse is asked; the same as before, where it was asked for just this and has not answered."""
    label = judged.papers.label
    content = b""
    if label is not None:
        content = files.get(db, channels.ring, label.digest, merchant_id=one.merchant_id, kind=KIND).content
    if one.told and one.shows == judged.shows:
        told = msgspec.json.decode(unseal(channels.ring, one.told, _bound(one.id)), type=Outbound)
        return _with_label(told, content)
    order, house = stored.order, houses.warehouse(db, one.merchant_id, one.warehouse_id)
    account = standing.account(db, order.merchant_id, order.account_id)
    file = _file(channels, one, label.digest, content, moment(db)) if label else None
    refs = {
        line.id: OrderLine(line.adds_to or line.ref, line.product_id, line.pack, line.unit_price, line.currency)
        for line in stored.lines
    }
    lines = [
        Asked(each.line_id, each.product_id, each.sku, each.quantity, each.item_ref)
        for each in outbounds.lines(db, [one.id])[one.id]
    ]
    parcel = Parcel(
        key=one.parcel_id, lines=parcel_lines(lines, refs), courier=judged.papers.courier, awb=judged.papers.awb,
        label=file,
    )  # fmt: skip
    return Outbound(
        key=one.code, place_ref=house.place_ref, order_number=order.number, placed_at=order.placed_at,
        created_at=one.created_at, recipient=parts.recipient_of(channels.ring, stored), parcels=(parcel,),
        sender=parts.sender_of(db, stored, house), channel=account.plugin, shop=account.name, ship_by=order.ship_by,
    )  # fmt: skip


def _file(channels: Channels, one: OutboundRow, digest: str, content: bytes, at: datetime) -> LabelFile:
    url = label_links.address(channels.ring, channels.public_url, merchant_id=one.merchant_id, digest=digest, at=at)
    return LabelFile(content=content, sha256=digest, url=url)


def _without_labels(asked: Outbound) -> Outbound:
    """What is kept of it: the file is kept already, by its digest."""
    return _with_label(asked, b"")


def _with_label(asked: Outbound, content: bytes) -> Outbound:
    parcels = (
        replace(each, label=replace(each.label, content=content)) if each.label else each for each in asked.parcels
    )
    return replace(asked, parcels=tuple(parcels))


def reseal_outbounds(db: Transaction, ring: KeyRing, *, limit: int = 500) -> int:
    """Reseal up to `limit` of what warehouses are asked; commit and call again until it answers 0."""
    return rotate(db, table.c.told, ring=ring, associated=lambda row: _bound(row["id"]), limit=limit)


def _bound(outbound_id: str) -> str:
    return f"outbound|{outbound_id}"
