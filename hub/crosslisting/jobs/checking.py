"""Checks an uploaded workbook row by row, then queues what may be pushed: first all of it, then by batches."""

from __future__ import annotations

import io
from collections.abc import Iterator

from hub.crosslisting.rules import State
from hub.crosslisting.service import asking, judging, sheets, telling
from hub.crosslisting.service.asking import FINISH, PUSH, UPLOAD
from hub.crosslisting.service.judging import Sheet
from hub.crosslisting.service.shop import BATCH, Desk
from hub.crosslisting.store import categories, rows, runs
from hub.crosslisting.store.runs import Run
from hub.kernel import files, jobs, workbooks
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError, Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Done, Failed, Job, Settled

_ROOM = 1024 * 1024  # characters of the rows of one transaction, as far as they are more than one


def check(job: Job, desk: Desk) -> Settled:
    """Keep every row with what is wrong with it, then push those with nothing wrong; where this dies, it goes on."""
    with desk.database.reading() as db:
        run = runs.expect(db, job.key)
    if run.state is State.CHECKING:
        with workbooks.alone() as is_our_turn:
            if not is_our_turn:
                return Again(after=workbooks.TURN)
            try:
                _keep_rows(job, desk, run)
            except HubError as error:
                return _refused(job, desk, run, error)
    return _queue(job, desk, run)


def _keep_rows(job: Job, desk: Desk, run: Run) -> None:
    """Judge the rows in batches; what an earlier try has kept is replaced, for nothing of it was queued yet."""
    sheet, read = _opened(desk, run), 0
    with desk.database.writing() as db:
        if not _still(db, run):
            return
        rows.clear(db, run.id)
        jobs.report(db, job, progress={"rows": read})
    for lot in _lots(sheet):
        with desk.database.writing() as db:
            if not _still(db, run):
                return
            rows.keep(db, judging.judged(db, run, sheet, lot))
            read += len(lot)
            jobs.report(db, job, progress={"rows": read})
    if not read:
        raise Refused("the workbook has no rows: leave those of the products that are to be listed", code="no_rows")
    with desk.database.writing() as db:
        checked = rows.counts(db, run.id).get("checked", 0)
        turned = runs.turn(
            db, run.id, [State.CHECKING], of_upload=run.upload, state=State.PUSHING, open_rows=checked
        )  # fmt: skip
        if turned and not checked:
            jobs.enqueue(db, FINISH, key=run.id, merchant_id=run.merchant_id)
        jobs.advance(db, job)


def _still(db: Transaction, run: Run) -> bool:
    """Whether this upload is still to be checked; until the commit nobody stops it."""
    return runs.turn(db, run.id, [State.CHECKING], of_upload=run.upload)


def _opened(desk: Desk, run: Run) -> Sheet:
    desk.open_shop(run.account_id)  # one that is closed takes nothing
    with desk.database.reading() as db:
        digest = run.upload or ""
        source = io.BytesIO(files.get(db, desk.ring, digest, merchant_id=run.merchant_id, kind=UPLOAD).content)
        has_tree = categories.tree_of(db, run.account_id) is not None
        labels = sheets.labels(categories.leaves(db, run.account_id) if has_tree else None)
    form = sheets.form(run.id, labels)
    return Sheet(form, labels, workbooks.opened(source, form))


def _lots(sheet: Sheet) -> Iterator[list[workbooks.Row]]:
    lot: list[workbooks.Row] = []
    length = 0
    for row in sheet.rows:
        lot.append(row)
        length += sum(len(value) for value in row.values.values() if isinstance(value, str))
        if len(lot) == BATCH or length >= _ROOM:
            yield lot
            lot, length = [], 0
    if lot:
        yield lot


def _queue(job: Job, desk: Desk, run: Run) -> Settled:
    """One job per product: where another cross-listing has asked for the same, that one serves both."""
    queued, batch = 0, [""]
    while batch:
        with desk.database.writing() as db:
            asking.alone(db, run.id)
            still = runs.expect(db, run.id).state is State.PUSHING  # or it was stopped
            batch = rows.queue(db, run.id, limit=BATCH) if still else []
            for product_id in batch:
                jobs.enqueue(db, PUSH, key=product_id, merchant_id=run.merchant_id, account_id=run.account_id)
            queued += len(batch)
            jobs.advance(db, job)
    return Done({"queued": queued})


def _refused(job: Job, desk: Desk, run: Run, error: HubError) -> Settled:
    """The file as a whole cannot be taken: nothing of it is kept, and it may be uploaded again."""
    with desk.database.writing() as db:
        if runs.turn(db, run.id, [State.CHECKING], of_upload=run.upload, state=State.READY, reason=str(error)):
            rows.clear(db, run.id)
            telling.announce(db, "workbook_refused", run, actor=Actor(kind="job", id=job.id), reason=str(error))
        jobs.advance(db, job)
    return Failed(str(error), error.code)
