"""Ends a cross-listing: the result as a workbook, and as a notice."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from hub.crosslisting.rules import RowState, State
from hub.crosslisting.service import telling
from hub.crosslisting.service.asking import RESULT
from hub.crosslisting.service.shop import FILES, Desk
from hub.crosslisting.store import rows, runs
from hub.crosslisting.store.rows import Outcome
from hub.crosslisting.store.runs import Run
from hub.kernel import files, jobs, workbooks
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Done, Job, Settled
from hub.kernel.workbooks import CellKind, Column, Form, Limits, Value

TOLD = 50  # rows that a notice names; what went wrong comes first
_WRONG = (RowState.REFUSED, RowState.FAILED, RowState.CANCELLED)
_NAMED = 500  # bytes of what a notice tells of a row
_TEXTS = Limits().text // 4  # bytes of all texts: half of what a workbook takes, for nobody uploads it
_LOT = 100  # rows that are read at once: the SKU that somebody typed may fill a cell
_LONGEST = 10_000  # bytes of what became of a row, where there are few


def finish(job: Job, desk: Desk) -> Settled:
    """Make the result of the last upload; where this dies, it is made again."""
    with desk.database.reading() as db:
        run = runs.expect(db, job.key)
        outcomes = rows.counts(db, run.id)
    if run.state is not State.PUSHING or run.open_rows:
        return Done()
    with workbooks.alone() as is_our_turn:
        return _ended(job, desk, run, outcomes) if is_our_turn else Again(after=workbooks.TURN)


def _ended(job: Job, desk: Desk, run: Run, outcomes: dict[str, int]) -> Settled:
    target = io.BytesIO()
    workbooks.write(target, _form(run), _lines(job, desk, run, _TEXTS // max(sum(outcomes.values()), 1)))
    with desk.database.writing() as db:
        digest = files.put(
            db, desk.ring, target.getvalue(), merchant_id=run.merchant_id, kind=RESULT,
            media_type=workbooks.MEDIA_TYPE, keep=FILES,
        )  # fmt: skip
        if runs.turn(db, run.id, [State.PUSHING], state=State.DONE, result=digest, outcomes=outcomes):
            named = rows.listing(db, run.id, limit=TOLD, states=_WRONG)
            named += rows.listing(db, run.id, limit=TOLD - len(named), states=[RowState.DONE])
            told = {"outcomes": outcomes, "rows": [_named(each) for each in named]}
            file = {"kind": RESULT, "digest": digest}
            telling.announce(db, "finished", run, actor=Actor(kind="job", id=job.id), file=file, **told)
        jobs.advance(db, job)
    return Done(outcomes)


def what_became(row: Outcome, longest: int) -> str:
    """The outcome of a row, in words that name what to do; at most so many bytes."""
    match row.state:
        case RowState.DONE:
            return workbooks.cut(f"listed as {row.listing_ref}", longest)
        case RowState.REFUSED:
            return workbooks.of_cells(row.errors, longest)
        case _:
            return workbooks.cut(row.reason, longest)


def _named(row: Outcome) -> dict[str, str]:
    return {"sku": row.sku or f"row {row.number}", "outcome": row.state, "told": what_became(row, _NAMED)}


def _form(run: Run) -> Form:
    columns = (
        Column(key="row", title="Row", kind=CellKind.WHOLE),
        Column(key="sku", title="SKU", kind=CellKind.TEXT),
        Column(key="outcome", title="Outcome", kind=CellKind.TEXT),
        Column(key="listing", title="Listing", kind=CellKind.TEXT),
        Column(key="told", title="What became of it", kind=CellKind.TEXT),
    )
    return Form(sheet="Result", columns=columns, stamp=f"crosslisting-result:{run.id}:1")


def _lines(job: Job, desk: Desk, run: Run, room: int) -> Iterator[Mapping[str, Value]]:
    """The rows of the result, each of at most `room` bytes."""
    after: int | None = 0
    while after is not None:
        with desk.database.writing() as db:
            found = rows.listing(db, run.id, limit=_LOT, after=after)
            jobs.report(db, job, progress={"after": after})
        yield from (_line(row, room) for row in found)
        after = found[-1].number if found else None


def _line(row: Outcome, room: int) -> Mapping[str, Value]:
    sku = workbooks.cut(row.sku, room // 3)
    listing = workbooks.cut(row.listing_ref, room // 3) if row.state is RowState.DONE else ""
    left = room - sum(len(text.encode()) for text in (sku, row.state, listing))
    return {
        "row": row.number,
        "sku": sku,
        "outcome": row.state.value,
        "listing": listing,
        "told": what_became(row, min(left, _LONGEST)),
    }
