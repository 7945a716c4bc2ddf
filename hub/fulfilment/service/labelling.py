"""Labels: asked for once for what they show, made by the channel's plugin, and printed again from the very bytes.

A label belongs to what stood in its order when it was asked for. An order that has changed since has none until one is
asked for again; back as it was, it has its first one again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import msgspec
from hub_hookspecs import Address, Capability, Label, OrderState, Shipment

from hub.channels import rules as channel_rules
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store import switches
from hub.fulfilment.rules.labels import missing, shows
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.store import labels, parcels
from hub.fulfilment.store.labels import LabelRow
from hub.fulfilment.store.parcels import Parcel
from hub.fulfilment.tables import label as table
from hub.kernel import events, files, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import FieldError, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.files import File
from hub.kernel.ids import new_id
from hub.kernel.jobs import Job, JobKind, Ticket
from hub.kernel.sealing import KeyRing, rotate, seal, unseal
from hub.orders.rules.leaving import Leaving, objection
from hub.orders.rules.lines import NEW
from hub.orders.service import manual
from hub.orders.store.orders import Stored

CREATE_LABEL = JobKind("fulfilment.create_label", lane="urgent", can_be_unknown=True)
KIND = "label"  # of the file
KEPT = timedelta(days=180)  # longer than any courier asks back
_GONE = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)


class Asked(NamedTuple):
    """The label of an order, and the job that makes it; None: it is there."""

    label: LabelRow
    ticket: Ticket | None


def ask(db: Transaction, channels: Channels, stored: Stored, *, actor: Actor) -> Asked:
    """Have the order's label made, unless it is there; `stored` was read for change, so that two who ask get one."""
    shown = _shown(channels.ring, stored)
    first = next(iter(parcels.of_order(db, stored.order.id)), None)
    found = labels.that_shows(db, first.id, shown) if first else None
    if found and found.made_at:
        return Asked(found, None)
    _require_maker(db, channels, stored)
    _require_ready(stored)
    parcel = first or parcels.add(db, stored.order.merchant_id, stored.order.account_id, stored.order.id)
    label = _wanted(db, channels.ring, stored, parcel, found, shown)
    ticket = jobs.enqueue(
        db, CREATE_LABEL, key=label.id, merchant_id=parcel.merchant_id, account_id=parcel.account_id
    )  # fmt: skip
    _tell(db, "label.requested", label, stored.order.id, actor, {})
    return Asked(label, ticket)


def print_again(db: Transaction, ring: KeyRing, stored: Stored) -> File:
    """The file of the order's label, the same bytes each time."""
    first = next(iter(parcels.of_order(db, stored.order.id)), None)
    if first is None or not labels.any_of(db, first.id):
        raise NotFound("label")
    found = labels.that_shows(db, first.id, _shown(ring, stored))
    if found is None:
        raise Refused("the order has changed since its label was made: ask for a new one", code="label_void")
    if not found.made_at:
        raise Refused("the label is not made yet: look at the job that makes it", code="label_not_made")
    try:
        return files.get(db, ring, found.digest, merchant_id=found.merchant_id, kind=KIND)
    except NotFound as gone:
        raise Refused(f"labels are kept for {KEPT.days} days, and this one is gone", code="label_gone") from gone


def to_make(db: Transaction, label_id: str) -> LabelRow | None:
    """The label, unless it is there."""
    found = labels.find(db, label_id)
    return None if found is None or found.made_at else found


def is_void(db: Transaction, ring: KeyRing, label: LabelRow) -> bool:
    """Whether its order has changed since it was asked for."""
    parcel = parcels.find(db, label.parcel_id)
    if parcel is None:
        raise RuntimeError("a label without its parcel")
    return _shown(ring, manual.find(db, label.merchant_id, parcel.order_id)) != label.shows


def prepare(db: Transaction, ring: KeyRing, job: Job, label: LabelRow) -> Shipment:
    """What its plugin is asked, as the last thing before it is: the same each time, by the label's own key."""
    asked = msgspec.json.decode(unseal(ring, label.shipment, _bound(label.id)), type=Shipment)
    jobs.hold(db, job)
    return asked


def keep(db: Transaction, ring: KeyRing, job: Job, label: LabelRow, answer: Label) -> None:
    """Keep the label as its plugin gave it; what was asked of it is not needed any more."""
    jobs.advance(db, job)
    digest = files.put(
        db, ring, answer.content, merchant_id=label.merchant_id, kind=KIND, media_type=answer.media_type, keep=KEPT
    )  # fmt: skip
    made = labels.change(
        db, label.id, digest=digest, courier=answer.courier, awb=answer.awb, shipment="", made_at=now()
    )  # fmt: skip
    parcel = parcels.find(db, label.parcel_id)
    if parcel is None:
        raise RuntimeError("a label without its parcel")
    if answer.awb and parcel.left_at is None:
        parcels.change(db, parcel.id, courier=answer.courier, awb=answer.awb)
    _tell(db, "label.made", made, parcel.order_id, Actor(kind="job", id=job.id), {"digest": digest})


def reseal_labels(db: Transaction, ring: KeyRing, *, limit: int = 500) -> int:
    """Reseal up to `limit` of what plugins are to be asked; commit and call again until it answers 0."""
    return rotate(db, table.c.shipment, ring=ring, associated=lambda row: _bound(row["id"]), limit=limit)


def _wanted(
    db: Transaction, ring: KeyRing, stored: Stored, parcel: Parcel, found: LabelRow | None, shown: str
) -> LabelRow:  # fmt: skip
    """The label's row. What its plugin is asked is never changed while a call may be under way."""
    if found and jobs.unfinished(db, CREATE_LABEL, [found.id], account_id=parcel.account_id):
        return found
    label_id = found.id if found else new_id()
    shipment = parts.shipment_of(db, ring, label_id, stored, parcel)
    _require_addresses(db, stored, shipment)
    sealed = seal(ring, msgspec.json.encode(shipment), _bound(label_id))
    if found:
        return labels.change(db, label_id, shipment=sealed)
    return labels.add(db, label_id, parcel.merchant_id, parcel.id, shown, sealed)


def _require_maker(db: Transaction, channels: Channels, stored: Stored) -> None:
    order = stored.order
    account = standing.open_account(db, order.merchant_id, order.account_id)
    host = channels.host(account.plugin)
    enabled = switches.is_enabled(db, order.merchant_id, account.plugin)
    lacks = channel_rules.lacks(account.lacks, enabled=enabled, plugin=account.plugin)
    if reason := host.lacking(Capability.CREATE_LABEL, lacks):
        raise Refused(f"{host.channel.title} cannot create a label: {reason}", code="not_supported")


def _require_ready(stored: Stored) -> None:
    order = stored.order
    if order.state in _GONE:
        return
    lines = [Leaving(line.sku, line.quantity, NEW) for line in stored.lines]
    if reason := objection(order.state, sent_by_channel=order.fulfilled_by_channel, lines=lines):
        raise Refused(f"the order needs no label: {reason}", code="order_not_ready")


def _require_addresses(db: Transaction, stored: Stored, shipment: Shipment) -> None:
    """A parcel without these would come back, or arrive nowhere."""
    house = parts.warehouse_of(db, stored)
    errors = [
        *_named(shipment.recipient, "recipient", "edit the order"),
        *_named(shipment.sender, f"warehouses[{house.id}].address", f"give the warehouse {house.name!r} its address"),
    ]
    if errors:
        message = f"the label cannot be made: {'; '.join(f'{each.field} {each.message}' for each in errors)}"
        raise Refused(message, code="address_incomplete", errors=tuple(errors))


def _named(address: Address, where: str, cure: str) -> list[FieldError]:
    return [
        FieldError(field=f"{where}.{field}", message=f"lacks {words}: {cure}") for field, words in missing(address)
    ]  # fmt: skip


def _shown(ring: KeyRing, stored: Stored) -> str:
    return shows(parts.recipient_of(ring, stored), parts.lines_of(stored))


def _tell(
    db: Transaction, kind: str, label: LabelRow, order_id: str, actor: Actor, after: dict[str, str]
) -> None:  # fmt: skip
    events.record(
        db, kind, subject=Subject(kind="order", id=order_id), actor=actor, merchant_id=label.merchant_id,
        after={"label_id": label.id} | after,
    )  # fmt: skip


def _bound(label_id: str) -> str:
    return f"label|{label_id}"
