"""Pushes one product to one account, for every cross-listing that asked for it; nothing is sent twice.

The process may die between any two statements: what was noted and not answered is read back first.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hub_hookspecs import PATIENCE, ChannelError, Listing, Product, Rejected, Temporary, UnknownOutcome, Waiting

from hub.crosslisting.service import pushing
from hub.crosslisting.service.pushing import Call
from hub.crosslisting.service.shop import Desk, Outlet, is_last_try
from hub.crosslisting.store import rows
from hub.crosslisting.store.rows import Row
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError
from hub.kernel.jobs import Again, Cancelled, CancelRequested, Done, Job, Settled

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
SHORTEST = timedelta(seconds=1)  # that a channel may have us wait


def push(job: Job, desk: Desk) -> Settled:
    """Go on with the product's rows until none is open; the job's key is the product."""
    while True:
        with desk.database.reading() as db:
            one = rows.next_open(db, job.account_id, job.key)
        if one is None:
            return Done()
        ended = _go_on(job, desk, one)
        if ended is not None:
            return ended
        job = msgspec.structs.replace(job, unknown=False)  # that row has ended, or is to be sent: nothing is in doubt


def _go_on(job: Job, desk: Desk, one: Row) -> Settled | None:
    """One step of a row; None where the next one is due at once."""
    shop = _opened(job, desk, one)
    if shop is None:
        return None
    if one.asked_at is not None:
        _read_back(job, desk, shop, one)
        return None
    if shop.is_disabled:
        return Again(after=SWITCHED_OFF)
    try:
        with desk.database.writing() as db:
            call = pushing.note_call(db, job, one)
    except CancelRequested:
        with desk.database.writing() as db:
            pushing.cancel(db, job, one)
        return Cancelled()
    return None if call is None else _send(job, desk, shop, call)


def _opened(job: Job, desk: Desk, one: Row) -> Outlet | None:
    try:
        return desk.open_shop(one.account_id)
    except HubError as error:  # closed, or its plugin is gone: nothing can be asked there any more
        with desk.database.writing() as db:
            in_doubt = bool(one.resume) or one.asked_at is not None
            pushing.fail(db, job, one, code=error.code, reason=str(error), may_be_there=in_doubt)
        return None


def _send(job: Job, desk: Desk, shop: Outlet, call: Call) -> Settled | None:
    try:
        answer = shop.host.push_product(shop.door, call.product, call.row.resume)
    except UnknownOutcome:
        raise  # the row stays in doubt, and the engine comes back to it
    except (ChannelError, HubError) as error:
        _came_to_nothing(job, desk, call.row, error)
        return None
    if isinstance(answer, Waiting):
        with desk.database.writing() as db:
            goes_on = pushing.wait(db, job, call.row, resume=answer.state)
        return Again(after=min(max(answer.after, SHORTEST), PATIENCE)) if goes_on else None
    with desk.database.writing() as db:
        _listed(db, job, call.row, call.product, answer)
    return None


def _listed(db: Transaction, job: Job, one: Row, product: Product, answer: Listing) -> None:
    """A listing that the plugin gives no name can be neither linked nor found again: a person must look."""
    if answer.ref.strip():
        pushing.listed(db, job, one, product, answer)
    else:
        reason = "the plugin answered with a listing that has no ref"
        pushing.fail(db, job, one, code="plugin_bug", reason=reason, may_be_there=True)


def _came_to_nothing(job: Job, desk: Desk, one: Row, error: ChannelError | HubError) -> None:
    """The channel has not taken it: never will, or not now."""
    for_good = isinstance(error, Rejected | HubError) or (isinstance(error, Temporary) and is_last_try(job))
    breaks_off = not isinstance(error, Rejected) and not (for_good and isinstance(error, Temporary))
    with desk.database.writing() as db:
        if for_good:
            taken = bool(one.resume) and not isinstance(error, Rejected)
            pushing.fail(db, job, one, code=error.code, reason=str(error), may_be_there=taken)
        else:
            rows.end_call(db, one)
        if for_good and breaks_off:
            pushing.go_on(db, job)
    if breaks_off:
        raise error


def _read_back(job: Job, desk: Desk, shop: Outlet, one: Row) -> None:
    """Ask what became of a call that nobody knows the outcome of; only a lasting no allows another one.

    An update that may have landed is sent again: that a listing is there does not say what it says, and an edit twice
    is one edit.
    """
    if not job.unknown:
        raise UnknownOutcome("an earlier call may have reached the channel: it is read back first")
    with desk.database.reading() as db:
        product = pushing.as_sent(db, one)
    try:
        answer = shop.host.find_listing(shop.door, product)
    except (Rejected, HubError) as error:
        _stays_in_doubt(job, desk, one, error)
        return
    is_there, is_update = isinstance(answer, Listing), bool(one.listing_ref)
    with desk.database.writing() as db:
        if isinstance(answer, Listing) and not is_update:
            _listed(db, job, one, product, answer)
            return
        left = timedelta(0) if is_there else rows.left_of(db, one, shop.host.channel.absent_means_lost_after)
        if left <= timedelta(0):
            pushing.lost(db, job, one)
            return
    raise Temporary("the channel does not show it yet; it may still come", code="not_seen_yet", retry_after=left)


def _stays_in_doubt(job: Job, desk: Desk, one: Row, error: Rejected | HubError) -> None:
    """Nobody will say what became of the call, however often it is asked: a person must look, and nothing is sent."""
    reason = f"no answer came, and what became of it cannot be read back: {error}"
    with desk.database.writing() as db:
        pushing.fail(db, job, one, code=error.code, reason=reason, may_be_there=True)
    if not isinstance(error, Rejected):
        raise error
