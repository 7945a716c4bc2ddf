"""How one row stands with its channel: the steps of a push, each in the transaction of the job that makes it.

A call is noted before it goes out (`note_call`) and again when its answer is known. What was noted and not answered is
in doubt, whoever died: it is read back before anything is sent again. The row says so, not the job, so that a retried
job, or the job of another cross-listing of the same product, knows it too.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from hub_hookspecs import PATIENCE, Listing, Product

from hub.catalog.rules import sku_key
from hub.catalog.service.recording import Pushed, record_listing
from hub.catalog.store import gone, products
from hub.crosslisting.rules import MAY_BE_THERE, RowState
from hub.crosslisting.service import keeping
from hub.crosslisting.service.asking import FINISH, PUSH
from hub.crosslisting.store import rows, runs, targets
from hub.crosslisting.store.rows import Row
from hub.crosslisting.store.targets import Target
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import HubError
from hub.kernel.events import Actor
from hub.kernel.jobs import Job
from hub.stock.service.touching import touch

MOST_CALLS = 8  # of one row since the channel last answered; each but the last came to nothing that anybody could see


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A push that has been noted and may go out."""

    row: Row
    product: Product


def note_call(db: Transaction, job: Job, one: Row) -> Call | None:
    """Note that the row is pushed now; None where it ended instead, or was taken back meanwhile.

    What the account lists of the product already is updated. Any other listing of the same code would be doubled, or
    overwritten by a channel that looks for the code.
    """
    told, listed = one.told, _listed(db, one)
    obstacle = _obstacle(db, one, listed)
    if told is None or obstacle is not None:
        code, reason = obstacle or ("row_untold", "the row was kept without a product")
        fail(db, job, one, code=code, reason=reason, may_be_there=bool(one.resume))
        return None
    ref = listed.ref if listed else ""
    going = rows.begin_call(db, one, listing_ref=ref)
    if job.unknown:
        jobs.advance(db, job)  # nothing of this row is in doubt: the engine must not wait for a read-back
    else:
        jobs.hold(db, job)
    return None if going is None else Call(row=going, product=as_sent(db, going))


def _listed(db: Transaction, one: Row) -> Target | None:
    product_id = one.product_id or ""
    return targets.linked(db, one.account_id, [product_id]).get(product_id)


def _obstacle(db: Transaction, one: Row, listed: Target | None) -> tuple[str, str] | None:
    """Why the row must not be sent, as its code and its reason: the catalogue may have changed since it was checked."""
    if one.calls >= MOST_CALLS:
        return "never_seen", f"sent {one.calls} times and never seen on the channel"
    product = gone.kept(db, one.merchant_id, [one.product_id or ""]).get(one.product_id or "")
    if product is None or product.gone_by:
        into = product and product.merged_into
        cure = f"it was merged into {into}: list that one" if into else "put it back, or take another"
        return "product_gone", f"the product is no longer in the catalogue; {cure}"
    if listed:
        return ("listed_as_pack", listed.objection) if listed.objection else None
    return None if one.resume or one.told is None else _held(db, one, one.told)


def _held(db: Transaction, one: Row, told: Product) -> tuple[str, str] | None:
    """Which listing a new one would double or overwrite: one with its code, or one that was made under its key."""
    code, product_id = sku_key(told.sku), one.product_id or ""
    holder = targets.holders(db, one.merchant_id, one.account_id, [code]).get(code)
    if holder:
        return "listed_already", holder.objection
    if targets.keys(db, one.account_id, [product_id])[product_id] != told.key:
        return "listing_moved", "its listing was made to stand for something else meanwhile: upload the workbook again"
    return None


def as_sent(db: Transaction, one: Row) -> Product:
    """The product as it is sent, and as it was by a call that nobody knows the outcome of.

    A listing that is there keeps its code: a person linked it to a product that has another one.
    """
    if one.told is None:
        raise HubError(f"row {one.number} of {one.crosslisting_id} was pushed without a product", code="row_untold")
    sku = _own_sku(db, one) or one.told.sku
    return msgspec.structs.replace(one.told, listing_ref=one.listing_ref, sku=sku)


def _own_sku(db: Transaction, one: Row) -> str:
    """The code that the listing keeps; "" where it gets the product's."""
    product_id = one.product_id or ""
    listed = targets.named(db, one.account_id, one.listing_ref) if one.listing_ref else None
    product = products.of_ids(db, one.merchant_id, [product_id]).get(product_id)
    if listed is None or product is None:
        return ""
    return keeping.beside(db, one.account_id, one.merchant_id, [(product, listed)])[product_id].sku


def lost(db: Transaction, job: Job, one: Row) -> None:
    """Note that a call never arrived, so that the row may be sent again."""
    rows.give_up_call(db, one)
    jobs.advance(db, job)


def wait(db: Transaction, job: Job, one: Row, *, resume: str) -> bool:
    """Note that the channel took the row and has not finished with it; False where that has ended the row."""
    goes_on = rows.wait(db, one, resume=resume) < PATIENCE
    if goes_on:
        jobs.advance(db, job)
    else:
        reason = f"the channel took it and had not finished after {PATIENCE.total_seconds() / 3600:.0f} hours"
        fail(db, job, one, code="never_finished", reason=reason, may_be_there=True)
    return goes_on


def listed(db: Transaction, job: Job, one: Row, product: Product, found: Listing) -> None:
    """Record the listing that came of a push, link it to its product, and end the row."""
    product_id = one.product_id or product.key
    asked_at = one.asked_at or db.execute(sa.select(now())).scalar_one()
    actor = Actor(kind="job", id=job.id)
    pushed = Pushed(
        told=product, seen_at=asked_at, url=found.url, quantity=found.quantity, active=found.active,
        as_of=runs.expect(db, one.crosslisting_id).created_at,
    )  # fmt: skip
    try:
        record_listing(
            db, one.merchant_id, one.account_id, product_id, found.ref, pushed=pushed, actor=actor
        )  # fmt: skip
    except HubError as error:  # the catalogue has changed since the row was checked; the listing is there all the same
        reason = f"listed as {found.ref}, but not linked: {error}"
        _settle(db, job, one, RowState.FAILED, listing_ref=found.ref, code=error.code, reason=reason)
        return
    touch(db, [product_id], cause=f"crosslisting:{one.crosslisting_id}")
    _settle(db, job, one, RowState.DONE, listing_ref=found.ref)


def fail(db: Transaction, job: Job, one: Row, *, code: str, reason: str, may_be_there: bool = False) -> None:
    """End a row that the channel, or the hub, will not list, or of which nobody can say any more whether it did."""
    if may_be_there:
        reason += MAY_BE_THERE
    _settle(db, job, one, RowState.FAILED, listing_ref=one.listing_ref, code=code, reason=reason)


def go_on(db: Transaction, job: Job) -> None:
    """Have the product's other rows pushed by a job of their own, for this one is about to break off."""
    if rows.next_open(db, job.account_id, job.key):
        jobs.enqueue(db, PUSH, key=job.key, merchant_id=job.merchant_id, account_id=job.account_id)


def cancel(db: Transaction, job: Job, one: Row) -> None:
    """End a row that nobody wants any more, before it was sent."""
    _settle(db, job, one, RowState.CANCELLED, code="cancelled", reason="cancelled before it was sent")


def _settle(
    db: Transaction, job: Job, one: Row, state: RowState, *, listing_ref: str = "", code: str = "", reason: str = ""
) -> None:  # fmt: skip
    if rows.settle(db, one, state, listing_ref=listing_ref, code=code, reason=reason):
        left = runs.settle_rows(db, one.crosslisting_id, 1)
        if left == 0:
            jobs.enqueue(db, FINISH, key=one.crosslisting_id, merchant_id=one.merchant_id)
    jobs.advance(db, job)
