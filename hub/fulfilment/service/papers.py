"""The papers of a parcel that a warehouse sends: what is held of them, and what is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from hub_hookspecs import Paper

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.documents import UNSENT
from hub.fulfilment.service import labelling, numbering
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.labelling import CREATE_LABEL
from hub.fulfilment.store import parcels
from hub.fulfilment.store.labels import LabelRow
from hub.fulfilment.store.outbounds import OutboundRow
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.orders.store.orders import Stored


class Papers(NamedTuple):
    """`label` is one that is made; where there is none, `error` says why, if that is known."""

    courier: str
    awb: str
    label: LabelRow | None
    error: str = ""
    rival: str = ""
    other: str = ""  # AWB by which its channel says that it goes, where its label has another one


def collect(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, needs: Collection[Paper], asks: bool,
    actor: Actor,
) -> Papers:  # fmt: skip
    """What is held of the papers that the warehouse needs; `asks` for a label that nobody was asked for yet.

    The order is locked. What its parcel is known by is kept with the parcel, so that no other order gets it.
    """
    parcel = parcels.expect(db, one.parcel_id)
    label, error = None, ""
    if Paper.LABEL_PDF in needs:
        label, error = _label(db, channels, stored, parcel, asks=asks, actor=actor)
    part = parts.part_of(db, stored, parcel)
    on_label = label.awb if label else ""
    awb = on_label or part.awb or parcel.awb
    courier = (label.courier if label else "") or part.courier or parcel.courier
    is_free = one.push_status in UNSENT  # what a warehouse has goes by what it was told, until that is settled
    rival = numbering.claim(db, parcel, courier=courier, awb=awb) if is_free else numbering.rival(db, parcel, awb)
    other = part.awb if on_label and part.awb != on_label else ""
    return Papers(courier, awb, label, error, rival, other)


def _label(
    db: Transaction, channels: Channels, stored: Stored, parcel: Parcel, *, asks: bool, actor: Actor
) -> tuple[LabelRow | None, str]:  # fmt: skip
    found = labelling.current(db, channels.ring, stored, parcel)
    if found is None and not asks:
        return None, _NOT_ASKED
    if found is None:
        try:
            found, ticket = labelling.ask(db, channels, stored, actor=actor, parcel=parcel)
        except Refused as refused:
            return None, str(refused)
        return (None, _BEING_MADE) if ticket else (found, "")
    if found.made_at:
        return found, ""
    is_asked = jobs.unfinished(db, CREATE_LABEL, [found.id], account_id=parcel.account_id)
    return None, _BEING_MADE if is_asked else _NOT_MADE


_BEING_MADE = "its shipping label is being made"
_NOT_ASKED = "its shipping label is asked for once nothing else stands against sending it"
_NOT_MADE = "its shipping label could not be made: look at the job that was to make it, and ask for the label again"
