"""What a channel is told of a parcel that left, and what it says to that."""

from __future__ import annotations

from hub_hookspecs import Shipment

from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.parcels import shipment_of
from hub.fulfilment.store import parcels
from hub.fulfilment.store.parcels import Due, Parcel
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import Job, JobKind
from hub.kernel.sealing import KeyRing
from hub.orders.service import manual

CONFIRM_SHIPMENT = JobKind("fulfilment.confirm_shipment", lane="default", can_be_unknown=True)


def ask(db: Transaction, parcel: Parcel | Due) -> None:
    """Have the channel told of a parcel."""
    jobs.enqueue(
        db, CONFIRM_SHIPMENT, key=parcel.id, merchant_id=parcel.merchant_id, account_id=parcel.account_id
    )  # fmt: skip


def due(db: Transaction, parcel_id: str) -> Parcel | None:
    """The parcel, unless there is nothing to tell of it any more."""
    found = parcels.find(db, parcel_id)
    return None if found is None or found.confirmation is Confirmation.CONFIRMED else found


def prepare(db: Transaction, ring: KeyRing, job: Job, parcel: Parcel) -> Shipment:
    """What the channel is told, as the last thing before it is: the same each time, by the parcel's own key."""
    stored = manual.find(db, parcel.merchant_id, parcel.order_id)
    told = shipment_of(db, ring, parcel.id, stored, parcel)
    jobs.hold(db, job)
    return told


def confirmed(db: Transaction, job: Job, parcel: Parcel, receipt: str) -> None:
    parcels.change(
        db, parcel.id, confirmation=Confirmation.CONFIRMED.value, receipt=receipt, reason="", settled_at=now()
    )  # fmt: skip
    _tell(db, "parcel.confirmed", job, parcel, {"receipt": receipt})


def failed(db: Transaction, job: Job, parcel: Parcel, reason: str) -> None:
    """Keep why the channel does not know it; a person looks, and has it told again by the job."""
    parcels.change(db, parcel.id, confirmation=Confirmation.FAILED.value, reason=reason, settled_at=now())
    _tell(db, "parcel.not_confirmed", job, parcel, {"reason": reason})


def let_go(db: Transaction, account_id: str) -> None:
    """The account is closed: what its channel was not told yet it never will be."""
    parcels.give_up(db, account_id, "the account was closed before its channel was told")


def _tell(db: Transaction, kind: str, job: Job, parcel: Parcel, after: dict[str, str]) -> None:
    events.record(
        db, kind, subject=Subject(kind="order", id=parcel.order_id), actor=Actor(kind="job", id=job.id),
        merchant_id=parcel.merchant_id, after={"parcel_id": parcel.id} | after,
    )  # fmt: skip
