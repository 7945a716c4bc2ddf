"""How far a document is, as the hub says it: by what has moved where that decides, else by the warehouse's word."""

from collections.abc import Iterable

from hub_hookspecs import CancelOutcome, DocumentState, TaskLine, TaskRef, TaskState

from hub_fastock_my.port import Document, Moved, Progress, Quality, Report, Status
from hub_fastock_my.translate import KINDS

QUANTITIES_DECIDE = frozenset(
    {Status.PART_SHIPPED, Status.SHIPPED, Status.RETURNING, Status.PART_RECEIVED, Status.RECEIVED, Status.CLOSED}
) | {
    Status.CANCELLED,
    Status.CANCEL_FAILED,
    Status.EXCEPTION,
    Status.INTERCEPTED,
    Status.INTERCEPT_FAILED,
    Status.OTHER,
}
_ENDED = frozenset(
    {Status.SHIPPED, Status.RETURNING, Status.RECEIVED, Status.CLOSED, Status.CANCELLED, Status.REJECTED}
)
_MAY_BE_CANCELLED = {
    **dict.fromkeys((Status.NEW, Status.ACCEPTED, Status.EXCEPTION, Status.PART_RECEIVED), True),
    **dict.fromkeys((*_ENDED, Status.PART_SHIPPED), False),
}
_CANCELS = {Status.CANCELLED: CancelOutcome.CANCELLED, Status.CANCEL_FAILED: CancelOutcome.REFUSED}
_PROBLEMS = {
    Status.EXCEPTION: "Fastock has a problem with this document",
    Status.REJECTED: "Fastock refused this document",
    Status.RETURNING: "the buyer refused the parcel; it comes back",
    Status.INTERCEPTED: "the courier was stopped on the way; the goods come back",
    Status.INTERCEPT_FAILED: "the courier could not be stopped on the way; the parcel goes on to the buyer",
}


def task_state(task: TaskRef, progress: Progress, report: Report | None) -> TaskState:
    """`report` may be missing as long as nothing can have moved."""
    lines = task_lines(KINDS[task.kind], report.moved if report else ())
    return TaskState(
        key=task.key,
        ref=(report.ref if report else "") or task.ref or task.key,  # as in a receipt: what is there has a name
        state=_state(progress.status, lines),
        progress=progress.word if progress.status is Status.OTHER else progress.status,
        lines=lines,
        cancellable=_MAY_BE_CANCELLED.get(progress.status),
        cancel=_CANCELS.get(progress.status),
        closed=progress.status in _ENDED,
        at=progress.at,
        courier=report.courier if report else "",
        awb=report.awb if report else "",
        problem=_problem(progress),
    )


def task_lines(kind: Document, moved: Iterable[Moved]) -> tuple[TaskLine, ...]:
    """Add up by SKU. A planned line that stands there once for each quality was planned once."""
    planned: dict[str, dict[str, int]] = {}
    sums: dict[str, dict[str, int]] = {}
    notes: dict[str, dict[str, None]] = {}
    for each in moved:
        of_line = planned.setdefault(each.code, {})
        of_line[each.number] = max(of_line.get(each.number, 0), each.planned)
        what = "shipped" if kind is Document.OUTBOUND else _COUNTED[each.quality]
        of_sku = sums.setdefault(each.code, {"good": 0, "damaged": 0, "shipped": 0})
        of_sku[what] += each.actual
        notes.setdefault(each.code, {}).update({each.note: None} if each.note else {})
    return tuple(
        TaskLine(sku=sku, planned=sum(planned[sku].values()), note="; ".join(notes[sku]), **of_sku)
        for sku, of_sku in sums.items()
    )


_COUNTED = {quality: "good" if quality is Quality.GOOD else "damaged" for quality in Quality}


def _state(status: Status, lines: tuple[TaskLine, ...]) -> DocumentState:
    moved = [line.good + line.damaged + line.shipped for line in lines]
    whole = bool(lines) and all(units >= line.planned for units, line in zip(moved, lines, strict=True))
    some = any(moved)
    if whole and some:
        return DocumentState.COMPLETE
    if some:
        cut_short = status in (Status.CANCELLED, Status.CLOSED) and not any(line.good + line.damaged for line in lines)
        return DocumentState.PART_INVALID if cut_short else DocumentState.PART_COMPLETE
    return DocumentState.INVALID if status in _ENDED else DocumentState.PENDING


def _problem(progress: Progress) -> str:
    said = _PROBLEMS.get(progress.status, "")
    return f"{said}: {progress.note}" if said and progress.note else said
