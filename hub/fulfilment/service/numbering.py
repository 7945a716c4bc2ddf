"""The number (AWB) that a parcel goes by: it belongs to the one that had it first, until that goes by another."""

from __future__ import annotations

from typing import Any

from hub.fulfilment.store import outbounds, parcels
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Refused
from hub.orders.service.preparing import PREPARE


def claim(db: Transaction, parcel: Parcel, *, courier: str, awb: str) -> str:
    """Let a parcel go by this number; gives whose it is instead, in words, and then it goes by none.

    Two that claim one number at once pass one after the other. Its order is locked.
    """
    _one_at_a_time(db, parcel, awb)
    whose = rival(db, parcel, awb)
    mine = ("", "") if whose else (courier, awb)
    if parcel.left_at is None and mine != (parcel.courier, parcel.awb):
        change(db, parcel, courier=mine[0], awb=mine[1])
    return whose


def rival(db: Transaction, parcel: Parcel, awb: str) -> str:
    """Which other parcel of the merchant goes by this number, in words; "": none."""
    return outbounds.rival(db, parcel, awb) if awb else ""


def require_free(db: Transaction, parcel: Parcel, awb: str) -> None:
    """Refuse a number that a person gives a parcel, and that another one goes by."""
    _one_at_a_time(db, parcel, awb)
    if whose := rival(db, parcel, awb):
        message = f"{awb} is the AWB of {whose}: enter the one of this parcel, or correct it there first"
        raise Refused(message, code="awb_in_use", errors=(FieldError(field="awb", message=message),))


def change(
    db: Transaction, parcel: Parcel, *, courier: str, awb: str,
    **more: Any,  # columns of a parcel
) -> Parcel:  # fmt: skip
    """Let a parcel go by this number; those that wait for the one that it had are looked at again."""
    row = parcels.change(db, parcel.id, courier=courier, awb=awb, **more)
    if parcel.awb and parcel.awb != awb:
        for order_id in outbounds.orders_that_wait(db, parcel.merchant_id, "awb_in_use"):
            jobs.enqueue(db, PREPARE, key=order_id, merchant_id=parcel.merchant_id)
    return row


def _one_at_a_time(db: Transaction, parcel: Parcel, awb: str) -> None:
    if awb and awb != parcel.awb:
        db.serialise(f"awb:{parcel.merchant_id}:{awb}")
