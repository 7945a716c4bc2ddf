"""Books an uploaded stocktake lot by lot, and tells what became of its rows as a workbook and as a notice."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from hub.kernel import files, jobs, workbooks
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import HubError, Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, Done, Failed, Job, Settled
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import Value
from hub.stock.rules.stocktaking import Outcome, State
from hub.stock.service import counting, sheets, stocktaking
from hub.stock.service.counting import Seen
from hub.stock.service.sheets import BATCH, Sheet
from hub.stock.service.stocktaking import FILES, RESULT, UPLOAD, tell
from hub.stock.store import counts, stocktakes
from hub.stock.store.counts import Counted
from hub.stock.store.stocktakes import Stocktake

TOLD = 50  # rows that a notice names; what went wrong comes first
_NAMED = 500  # bytes of what a notice tells of a row


def book(job: Job, database: Database, ring: KeyRing) -> Settled:
    """Book the rows in the order of the sheet; where this dies, it goes on behind the last lot that was kept."""
    with database.reading() as db:
        stocktake = stocktaking.expect(db, job.merchant_id, job.key)
    if stocktake.state is not State.BOOKING:
        return Done()
    with workbooks.alone() as is_our_turn:
        if not is_our_turn:
            return Again(after=workbooks.TURN)
        try:
            job, ended = _book(job, database, stocktake, _opened(database, ring, stocktake))
        except HubError as error:
            return _refused(job, database, stocktake, error)
        return ended or _end(job, database, ring, stocktake)


def _opened(database: Database, ring: KeyRing, stocktake: Stocktake) -> Sheet:
    with database.reading() as db:
        found = files.get(db, ring, stocktake.upload or "", merchant_id=stocktake.merchant_id, kind=UPLOAD)
    return Sheet(io.BytesIO(found.content), stocktake.id)


def _book(job: Job, database: Database, stocktake: Stocktake, sheet: Sheet) -> tuple[Job, Settled | None]:
    seen, done, actor = Seen(), int(job.resume or 0), Actor(kind="job", id=job.id)
    for lot in sheet.lots():
        new = [row for row in lot if row.number > done]
        for row in lot:
            if row.number <= done:
                seen.before(row)  # kept by an earlier run of this job
        if not new:
            continue
        with database.writing() as db:
            if not _still(db, stocktake):
                return job, Done()  # it was handed in anew: that one is booked by its own job
            counting.book(db, stocktake, sheet, new, seen, actor=actor)
            done = new[-1].number
            job = jobs.advance(db, job, progress={"row": done}, resume=done)
        if job.cancel_requested:
            return job, Cancelled()  # what is booked stays; it may be handed in again
    if not done:
        raise Refused("nobody has counted anything: fill in the column Counted", code="no_rows")
    return job, None


def _still(db: Transaction, stocktake: Stocktake) -> bool:
    """Whether this upload is still the one to book; until the commit nobody hands in another."""
    return stocktakes.turn(db, stocktake.id, [State.BOOKING], of_upload=stocktake.upload)


def _end(job: Job, database: Database, ring: KeyRing, stocktake: Stocktake) -> Settled:
    with database.reading() as db:
        outcomes = counts.outcomes(db, stocktake.id)
    target = io.BytesIO()
    room = sheets.room(sum(outcomes.values()))
    workbooks.write(target, sheets.result_form(stocktake.id), _lines(job, database, stocktake, room))
    with database.writing() as db:
        digest = files.put(
            db, ring, target.getvalue(), merchant_id=stocktake.merchant_id, kind=RESULT,
            media_type=workbooks.MEDIA_TYPE, keep=FILES,
        )  # fmt: skip
        ended = {"state": State.DONE.value, "result": digest, "outcomes": outcomes}
        if stocktakes.turn(db, stocktake.id, [State.BOOKING], of_upload=stocktake.upload, **ended):
            told = {"outcomes": outcomes, "rows": _named(db, stocktake), "file": {"kind": RESULT, "digest": digest}}
            tell(db, "booked", stocktake, actor=Actor(kind="job", id=job.id), after=told, announced=True)
        jobs.advance(db, job)
    return Done(outcomes)


def _named(db: Transaction, stocktake: Stocktake) -> list[dict[str, str]]:
    found: list[Counted] = []
    for outcome in (Outcome.REFUSED, Outcome.BOOKED):
        found += counts.page(db, stocktake.id, limit=TOLD - len(found), outcome=outcome)
    return [
        {"sku": workbooks.cut(one.sku or f"row {one.number}", _NAMED), "told": sheets.what_became(one, _NAMED)}
        for one in found
    ]


def _lines(job: Job, database: Database, stocktake: Stocktake, room: int) -> Iterator[Mapping[str, Value]]:
    after = 0
    while True:
        with database.writing() as db:
            found = counts.page(db, stocktake.id, limit=BATCH, after=after)
            jobs.report(db, job, progress={"result": after})
        yield from (sheets.result_line(one, room) for one in found)
        if len(found) < BATCH:
            return
        after = found[-1].number


def _refused(job: Job, database: Database, stocktake: Stocktake, error: HubError) -> Settled:
    """The file as a whole cannot be taken: nothing of it is booked, and it may be uploaded again."""
    with database.writing() as db:
        again = {"state": State.READY.value, "reason": str(error)}
        if stocktakes.turn(db, stocktake.id, [State.BOOKING], of_upload=stocktake.upload, **again):
            told = {"reason": str(error)}
            tell(db, "workbook_refused", stocktake, actor=Actor(kind="job", id=job.id), after=told, announced=True)
        jobs.advance(db, job)
    return Failed(str(error), error.code)
