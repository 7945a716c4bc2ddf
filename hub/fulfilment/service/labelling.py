"""Labels: asked for once for what they show, made by the channel's plugin, and printed again from the very bytes.

A label belongs to what stood in its order when it was asked for. An order that has changed since has none until one is
asked for again; back as it was, it has its first one again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from hub_hookspecs import Address, Capability, Label, OrderState, Shipment

from hub.channels import rules as channel_rules
from hub.channels.rules.warehouses import WarehouseKind
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store import switches
from hub.fulfilment.rules.labels import missing, shows
from hub.fulfilment.service import numbering
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.parcels import Part
from hub.fulfilment.store import labels, parcels, travelling
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
from hub.orders.service import leaving, manual
from hub.orders.service.preparing import PREPARE
from hub.orders.store.orders import Stored

CREATE_LABEL = JobKind("fulfilment.create_label", lane="urgent", can_be_unknown=True)
KIND = "label"  # of the file
KEPT = timedelta(days=180)  # longer than any courier asks back
_GONE = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)


class BuyerErased(Refused):
    """The buyer of the order was erased, so there is nobody to send it to."""

    def __init__(self, *, made: Label | None = None) -> None:
        note = f"; the one that was being made has the AWB {made.awb}" if made and made.awb else ""
        super().__init__(f"the order's buyer was erased, and no label of it is kept{note}", code="buyer_erased")


class Asked(NamedTuple):
    """The label of an order, and the job that makes it; None: it is there."""

    label: LabelRow
    ticket: Ticket | None


def ask(
    db: Transaction, channels: Channels, stored: Stored, *, actor: Actor, parcel: Parcel | None = None
) -> Asked:  # fmt: skip
    """Have the label of a parcel made, by default the one that leaves the own shelf, unless it is there.

    `stored` was read for change, so that two who ask get one. A label that has another AWB than its order has by now is
    of no use: one with that AWB is made.
    """
    first = parcel or parts.own_parcel(db, stored)
    shown, found = _found(db, channels.ring, stored, first)
    if found and found.made_at:
        return Asked(found, None)
    _require_maker(db, channels, stored)
    _require_ready(stored)
    parcel = first or parts.add(db, stored)
    label = _wanted(db, channels.ring, stored, parcel, found, shown)
    ticket = jobs.enqueue(
        db, CREATE_LABEL, key=label.id, merchant_id=parcel.merchant_id, account_id=parcel.account_id
    )  # fmt: skip
    _tell(db, "label.requested", label, stored.order.id, actor, {})
    return Asked(label, ticket)


def current(db: Transaction, ring: KeyRing, stored: Stored, parcel: Parcel) -> LabelRow | None:
    """The label of a parcel as its order is now, made or not; None: it was not asked for since."""
    return _found(db, ring, stored, parcel)[1]


def print_again(db: Transaction, ring: KeyRing, stored: Stored, parcel: Parcel | None = None) -> File:
    """The file of a parcel's label, by default of the one that leaves the own shelf, the same bytes each time."""
    first = parcel or parts.own_parcel(db, stored)
    if first is None or not labels.any_of(db, first.id):
        raise NotFound("label")
    found = current(db, ring, stored, first)
    if found is None:
        raise Refused("the order has changed since its label was made: ask for a new one", code="label_void")
    if not found.made_at:
        raise Refused("the label is not made yet: look at the job that makes it", code="label_not_made")
    try:
        return files.get(db, ring, found.digest, merchant_id=found.merchant_id, kind=KIND)
    except NotFound as gone:
        raise Refused(f"labels are kept for {KEPT.days} days, and this one is gone", code="label_gone") from gone


def to_make(db: Transaction, label_id: str) -> LabelRow | None:
    """The label, unless it is there; raises `BuyerErased` where it is not wanted any more."""
    found = labels.find(db, label_id)
    if found is None:  # labels go with their buyers only
        raise BuyerErased
    return None if found.made_at else found


def is_void(db: Transaction, ring: KeyRing, label: LabelRow) -> bool:
    """Whether its order has changed since it was asked for."""
    parcel = parcels.expect(db, label.parcel_id)
    return _found(db, ring, manual.find(db, label.merchant_id, parcel.order_id), parcel)[0] != label.shows


def prepare(db: Transaction, ring: KeyRing, job: Job, label: LabelRow) -> Shipment:
    """What its plugin is asked, as the last thing before it is: the same each time, by the label's own key."""
    if labels.find(db, label.id) is None:
        raise BuyerErased
    asked = msgspec.json.decode(unseal(ring, label.shipment, _bound(label.id)), type=Shipment)
    jobs.hold(db, job)
    return asked


def keep(db: Transaction, ring: KeyRing, job: Job, label: LabelRow, answer: Label) -> None:
    """Keep the label as its plugin gave it; what was asked of it is not needed any more.

    Raises `BuyerErased` where its buyer was meanwhile; who erases one waits for this transaction, or this for that.
    """
    jobs.advance(db, job)
    parcel = parcels.expect(db, label.parcel_id)
    stored = manual.find(db, label.merchant_id, parcel.order_id, for_change=True)
    if labels.find(db, label.id, for_change=True) is None:
        raise BuyerErased(made=answer)
    digest = files.put(
        db, ring, answer.content, merchant_id=label.merchant_id, kind=KIND, media_type=answer.media_type, keep=KEPT
    )  # fmt: skip
    made = labels.change(
        db, label.id, digest=digest, courier=answer.courier, awb=answer.awb, shipment="", made_at=now()
    )  # fmt: skip
    if answer.awb and parcel.left_at is None:
        _goes_by(db, ring, stored, made, answer)
    if parcel.id in travelling.of_order(db, parcel.order_id):  # which may have waited for it, and gets its number then
        jobs.enqueue(db, PREPARE, key=parcel.order_id, merchant_id=parcel.merchant_id)
    elif answer.awb and parcel.left_at is None:
        numbering.claim(db, parcel, courier=answer.courier, awb=answer.awb)
    _tell(db, "label.made", made, parcel.order_id, Actor(kind="job", id=job.id), {"digest": digest})


def look_again(db: Transaction, label_id: str, *, at: datetime) -> None:
    """Have the outbounds of a label that could not be made looked at then, if it is for one."""
    label = labels.find(db, label_id)
    parcel = parcels.expect(db, label.parcel_id) if label else None
    if parcel and parcel.id in travelling.of_order(db, parcel.order_id):
        jobs.enqueue(db, PREPARE, key=parcel.order_id, merchant_id=parcel.merchant_id, run_at=at)


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
    _require_addresses(db, stored, shipment, parts.part_of(db, stored, parcel))
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
    if not order.buyer:
        raise BuyerErased
    if order.state in _GONE:
        return
    lines = [Leaving(line.sku, line.quantity, NEW) for line in stored.lines]
    if reason := objection(order.state, sent_by_channel=order.fulfilled_by_channel, lines=lines):
        raise Refused(f"the order needs no label: {reason}", code="order_not_ready")


def _goes_by(db: Transaction, ring: KeyRing, stored: Stored, made: LabelRow, answer: Label) -> None:
    """The AWB of the first label that shows an order as it is now is what that goes by, as its channel will say too.

    Else the one that it had before would call for another label. One that was asked for since its channel names another
    AWB has that, or is for people to look at.
    """
    order, part = stored.order, parts.part_of(db, stored, parcels.expect(db, made.parcel_id))
    is_first = made.shows == shows(parts.recipient_of(ring, stored), parts.lines_of(stored, part.lines))
    if is_first and part.awb and part.awb != answer.awb and not order.source:
        leaving.send_by(db, stored, courier=answer.courier or order.courier, awb=answer.awb)


def _require_addresses(db: Transaction, stored: Stored, shipment: Shipment, part: Part) -> None:
    """A parcel without these would come back, or arrive nowhere; where a 3PL stands its channel need not be told."""
    house = parts.warehouse_of(db, stored, part)
    errors = [*_named(shipment.recipient, "recipient", "edit the order")]
    if house.kind is WarehouseKind.OWN:
        cure = f"give the warehouse {house.name!r} its address"
        errors += _named(shipment.sender, f"warehouses[{house.id}].address", cure)
    if errors:
        message = f"the label cannot be made: {'; '.join(f'{each.field} {each.message}' for each in errors)}"
        raise Refused(message, code="address_incomplete", errors=tuple(errors))


def _named(address: Address, where: str, cure: str) -> list[FieldError]:
    return [
        FieldError(field=f"{where}.{field}", message=f"lacks {words}: {cure}") for field, words in missing(address)
    ]  # fmt: skip


def _found(db: Transaction, ring: KeyRing, stored: Stored, parcel: Parcel | None) -> tuple[str, LabelRow | None]:
    """What is to stand on a parcel's label, and the label that shows it.

    Another AWB wants another label only until the parcel has left: what is stuck on then stays what it is.
    """
    part = parts.part_of(db, stored, parcel)
    lines, recipient = parts.lines_of(stored, part.lines), parts.recipient_of(ring, stored)
    shown, awb = shows(recipient, lines), part.awb
    found = labels.that_shows(db, parcel.id, shown) if parcel else None
    if parcel is None or found is None or not (found.awb and awb) or found.awb == awb:
        return shown, found
    anew = shows(recipient, lines, awb=awb)
    other = labels.that_shows(db, parcel.id, anew)
    return (shown, found) if other is None and parcel.left_at is not None else (anew, other)


def _tell(
    db: Transaction, kind: str, label: LabelRow, order_id: str, actor: Actor, after: dict[str, str]
) -> None:  # fmt: skip
    events.record(
        db, kind, subject=Subject(kind="order", id=order_id), actor=actor, merchant_id=label.merchant_id,
        after={"label_id": label.id} | after,
    )  # fmt: skip


def _bound(label_id: str) -> str:
    return f"label|{label_id}"
