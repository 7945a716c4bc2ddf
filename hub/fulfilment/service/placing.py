"""Tells a warehouse of one product after the other: the steps of a call, each in the transaction of the job.

A call is noted before it goes out (`note_call`) and again when its answer is known. What was noted and not answered is
in doubt, whoever died: the warehouse is asked before anything is sent again. The placement says so, not the job.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec
from hub_hookspecs import PATIENCE, Listing, Product

from hub.catalog.store import gone, products
from hub.catalog.store.products import Product as OurProduct
from hub.channels import store as channels
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.service import announcing
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import Job
from hub.merchants.service import judge_again
from hub.stock.rules.placing import Status
from hub.stock.service import placing, rechecking
from hub.stock.service.pushing import moment
from hub.stock.store import placements
from hub.stock.store.placements import Placement

REASON = 2_000  # characters of what a warehouse says
ARCHIVED = "the warehouse is archived: its account was closed, or it is no longer among the account's"
MAY_BE_THERE = "; it may be known there all the same"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A product whose push the warehouse has begun and not finished, and what it wants to be given back."""

    product_id: str
    state: str


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A push that has been noted and may go out."""

    placement: Placement
    product: Product
    state: str = ""


def next_one(db: Transaction, job: Job) -> Placement | None:
    return placements.next_one(db, job.key)


def begun(job: Job, one: Placement) -> Step | None:
    """The step that this product stands at, where its push goes on."""
    step = msgspec.convert(job.resume, Step) if job.resume and not job.unknown else None
    return step if step and step.product_id == one.product_id and one.status is Status.PUSHING else None


def note_call(db: Transaction, job: Job, one: Placement) -> Call | None:
    """Note that the product is pushed now; None where that ended instead, or nothing of it is new to the warehouse.

    The placement is locked before the product is read: a change of it that commits later makes it due again.
    """
    house = channels.warehouses.warehouse_of(db, job.merchant_id, job.key, keeps_open=True)
    if house is None or house.archived_at is not None:
        placements.give_up(db, job.key, ARCHIVED)
        jobs.advance(db, job)
        return None
    current = placements.take_up(db, one)
    found = products.of_ids(db, job.merchant_id, [one.product_id]).get(one.product_id)
    if objection := _objection(db, current, found):
        fail(db, job, current, objection)
        return None
    told = _told(house, current, found)
    digest = _digest(told)
    if current.status is Status.PUSHED and current.digest == digest:
        jobs.advance(db, job)
        return None
    asked = placements.change(
        db, current, status=Status.PUSHING.value, digest=digest, sku=told.sku, reason="", asked_at=now()
    )
    _hold(db, job)
    return Call(placement=asked, product=told)


def go_on(db: Transaction, job: Job, one: Placement, step: Step) -> Call:
    """Note that the push of this product goes on where the warehouse left it."""
    jobs.hold(db, job)
    return Call(placement=one, product=as_told(db, job, one), state=step.state)


def as_told(db: Transaction, job: Job, one: Placement) -> Product:
    """The product as it was told: by the same key, and by the SKU that it is known by there."""
    house = channels.warehouses.warehouse_of(db, job.merchant_id, one.warehouse_id)
    found = products.find(db, job.merchant_id, one.product_id)
    return _told(house, one, found)


def pushed(db: Transaction, job: Job, one: Placement, answer: Listing) -> None:
    """Note that the warehouse knows the product; orders and documents may have waited for that."""
    placements.change(
        db, one, status=Status.PUSHED.value, ref=answer.ref.strip(), reason="", pushed_at=now()
    )  # fmt: skip
    if not one.is_there:
        rechecking.may_serve(db, one.merchant_id, [one.product_id])
        announcing.placed(db, one.warehouse_id, one.product_id)
        judge_again(db, one.merchant_id)
    jobs.advance(db, job, resume=None)


def not_now(db: Transaction, job: Job, one: Placement, reason: str) -> None:
    """Note that the warehouse has not taken it, and why: it is told again later."""
    placements.change(db, one, status=_before(one), due=True, digest="", reason=reason[:REASON])
    jobs.report(db, job, progress=job.progress)


def in_doubt(db: Transaction, job: Job, one: Placement, reason: str) -> None:
    """Note that nobody knows what became of a call."""
    placements.change(db, one, status=Status.UNKNOWN.value, reason=reason[:REASON])
    jobs.report(db, job, progress=job.progress)


def others(db: Transaction, job: Job) -> None:
    """Have what else waits told by a job of its own, for this one is about to break off."""
    if placements.next_one(db, job.key):
        jobs.enqueue(db, placing.PUSH_PRODUCT, key=job.key, merchant_id=job.merchant_id, account_id=job.account_id)


def lost(db: Transaction, job: Job, one: Placement) -> None:
    """Note that a call never arrived, so that the product may be pushed again."""
    placements.change(db, one, status=_before(one), due=True, digest="")
    jobs.advance(db, job, resume=None)


def fail(db: Transaction, job: Job, one: Placement, reason: str, *, may_be_there: bool = False) -> None:
    """End an attempt that the warehouse, or the hub, has refused; a person has it tried again."""
    told = reason[:REASON] + (MAY_BE_THERE if may_be_there else "")
    known = one.sku if one.is_there or may_be_there else ""  # who is not known there may be called otherwise next time
    placements.change(db, one, status=Status.FAILED.value, reason=told, digest="", sku=known)
    subject, after = Subject(kind="product", id=one.product_id), {"warehouse_id": one.warehouse_id, "reason": told}
    events.record(
        db, "product.placing_failed", merchant_id=one.merchant_id, subject=subject,
        actor=Actor(kind="job", id=job.id), before=None, after=after,
    )  # fmt: skip
    jobs.advance(db, job, resume=None)


def waited_too_long(db: Transaction, one: Placement) -> bool:
    return one.asked_at is not None and moment(db) - one.asked_at > PATIENCE


def left_of(db: Transaction, one: Placement, patience: timedelta) -> timedelta:
    """How long a call may still be on its way."""
    return timedelta(0) if one.asked_at is None else patience - (moment(db) - one.asked_at)


def replaced(db: Transaction, merchant_id: str, product_id: str) -> None:
    """Have those warehouses told again that were told of the product as it was."""
    houses = placements.let_be_due(db, product_id)
    for house in channels.warehouses.named(db, merchant_id, houses).values():
        if house.archived_at is None:
            placing.ask(db, house)


def _objection(db: Transaction, one: Placement, found: OurProduct | None) -> str:
    """Why the product cannot be told of."""
    if found is None:
        kept = gone.kept(db, one.merchant_id, [one.product_id]).get(one.product_id)
        into = f"; it was merged into {kept.merged_into}: place that one" if kept and kept.merged_into else ""
        return f"the product is no longer in the catalogue{into}"
    if found.bundle:
        return "the product is a bundle by now: place it again, and its components are told of"
    holder = None if one.sku else placements.known_as(db, one.warehouse_id, [found.sku]).get(found.sku)
    if holder is not None and holder.product_id != one.product_id:
        return f"the warehouse knows product {holder.product_id} as {found.sku!r} for good: give this one another SKU"
    return ""


def _told(house: Warehouse | None, one: Placement, found: OurProduct | None) -> Product:
    if house is None or found is None:
        raise RuntimeError("a placement without its warehouse or its product")
    return Product(
        key=found.id, sku=one.sku or found.sku, name=found.name, listing_ref=one.ref, place_ref=house.place_ref,
        price=found.price, barcode=found.barcode, weight_g=found.weight_g, size_mm=found.size_mm,
        options=found.options,
    )  # fmt: skip


def _digest(told: Product) -> str:
    """Of what it is told, whatever it is called there."""
    plain = msgspec.structs.replace(told, listing_ref="")
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def _hold(db: Transaction, job: Job) -> None:
    if job.unknown:
        jobs.advance(db, job)  # nothing of this product is in doubt: the engine must not wait for a read-back
    else:
        jobs.hold(db, job)


def _before(one: Placement) -> str:
    return (Status.PUSHED if one.is_there else Status.NOT_PUSHED).value
