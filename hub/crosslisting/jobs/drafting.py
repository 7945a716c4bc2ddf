"""Makes the workbook that a person fills in: the chosen products, with all that is known of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import timedelta

from hub.crosslisting.rules import State
from hub.crosslisting.service import choosing, filling, sheets, telling
from hub.crosslisting.service.asking import WORKBOOK
from hub.crosslisting.service.categories import ask
from hub.crosslisting.service.choosing import Known
from hub.crosslisting.service.shop import FILES, Desk
from hub.crosslisting.store import categories, runs
from hub.crosslisting.store.runs import Run
from hub.kernel import files, jobs, workbooks
from hub.kernel.errors import HubError, Invalid
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, CancelRequested, Done, Failed, Job, Settled
from hub.kernel.workbooks import Form, Value

FETCHING = timedelta(seconds=1)  # until a first tree is looked for again
TOLD = 50  # values that could not be filled in, as a notice names them
PATIENCE = 600  # such looks, in which a channel's categories must have come


def draft(job: Job, desk: Desk) -> Settled:
    """Make the file in one go; where this dies, it is made again."""
    with desk.database.reading() as db:
        run = runs.expect(db, job.key)
    if run.state is not State.DRAFTING:
        return Done()
    try:
        shop = desk.open_shop(run.account_id)
        if shop.has_categories:
            waiting = _await_categories(job, desk, run)
            if waiting is not None:
                return waiting
        with workbooks.alone() as is_our_turn:
            if not is_our_turn:
                return Again(after=workbooks.TURN)
            return _made(job, desk, run, with_categories=shop.has_categories)
    except HubError as error:
        return _failed(job, desk, run, str(error), error.code)
    except CancelRequested:
        _failed(job, desk, run, "it was cancelled", "cancelled")
        return Cancelled()


def _await_categories(job: Job, desk: Desk, run: Run) -> Settled | None:
    """Have the first tree of an account fetched; later ones come daily."""
    looks = int(job.resume or 0)
    with desk.database.writing() as db:
        if categories.tree_of(db, run.account_id) is not None:
            return None
        if looks == 0:
            ask(db, run.merchant_id, run.account_id)
    if looks >= PATIENCE:
        return _failed(job, desk, run, "the channel's categories cannot be fetched; see the jobs of the account", "")
    return Again(after=FETCHING, resume=looks + 1)


def _made(job: Job, desk: Desk, run: Run, *, with_categories: bool) -> Settled:
    leaves = None
    if with_categories:
        with desk.database.reading() as db:
            leaves = categories.leaves(db, run.account_id)
    refs = sheets.labels(leaves)
    form, labels = sheets.form(run.id, refs), {ref: label for label, ref in refs.items()}
    if (ref := run.chosen.category_ref) and ref not in labels:  # the first tree came only after it was chosen
        raise Invalid(f"the channel has no category “{ref}” that takes products: choose another", code="no_category")
    lines = _Lines(job, desk, run, form, labels)
    content = _written(form, lines)
    if not lines.count:
        raise Invalid("no product fits what was chosen", code="nothing_chosen")
    with desk.database.writing() as db:
        digest = files.put(
            db, desk.ring, content, merchant_id=run.merchant_id, kind=WORKBOOK,
            media_type=workbooks.MEDIA_TYPE, keep=FILES,
        )  # fmt: skip
        if not runs.turn(db, run.id, [State.DRAFTING], state=State.READY, workbook=digest, products=lines.count):
            return Done()  # it was stopped meanwhile
        told = {"products": lines.count, "days": FILES.days, "file": {"kind": WORKBOOK, "digest": digest}}
        told |= {"left_out": lines.left_out, "left_out_of": lines.left_out_of}
        told |= {"differing": lines.differing, "differing_of": lines.differing_of}
        telling.announce(db, "workbook_ready", run, actor=Actor(kind="job", id=job.id), **told)
        jobs.advance(db, job)
    return Done({"products": lines.count})


class _Lines:
    """The lines of the sheet, read while it is written; says how many there were, and what could not be filled in.

    And where a listing stays as it is, although its product says something else.
    """

    def __init__(self, job: Job, desk: Desk, run: Run, form: Form, labels: Mapping[str, str]) -> None:
        self.count = 0
        self.left_out: list[str] = []
        self.left_out_of = 0
        self.differing: list[str] = []
        self.differing_of = 0
        self._titles = {column.key: column.title for column in form.columns}
        self._job, self._desk, self._run, self._form, self._labels = job, desk, run, form, labels

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        after: str | None = ""
        while after is not None:
            with self._desk.database.writing() as db:
                lot, after = choosing.lot(db, self._run, after)
                filled = choosing.filled_in(db, self._run, lot, self._labels)
                self.count += len(filled)
                job = jobs.report(db, self._job, progress={"products": self.count})
            if job.cancel_requested:
                raise CancelRequested(job.id)
            yield from map(self._line, filled)

    def _line(self, known: Known) -> Mapping[str, Value]:
        values, left_out = filling.filled_in(known.product, known.stock, self._form)
        if left_out:
            self.left_out_of += 1
            self.left_out += [f"{known.product.sku[:100]}: {each}" for each in left_out][: TOLD - len(self.left_out)]
        if known.differing:
            self.differing_of += 1
            if len(self.differing) < TOLD:
                self.differing.append(f"{known.product.sku[:100]}: {self._kept(known)}")
        return values

    def _kept(self, known: Known) -> str:
        code = {"sku": f" {known.sku[:100]}"}
        return ", ".join(self._titles[name] + code.get(name, "") for name in known.differing)


def _written(form: Form, lines: _Lines) -> bytes:
    target = io.BytesIO()
    workbooks.write(target, form, lines)
    return target.getvalue()


def _failed(job: Job, desk: Desk, run: Run, reason: str, code: str) -> Settled:
    with desk.database.writing() as db:
        if runs.turn(db, run.id, [State.DRAFTING], state=State.FAILED, reason=reason):
            telling.announce(db, "workbook_failed", run, actor=Actor(kind="job", id=job.id), reason=reason)
        jobs.advance(db, job)
    return Failed(reason, code or "failed")
