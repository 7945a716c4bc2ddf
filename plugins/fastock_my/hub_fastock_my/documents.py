"""Reads documents one by one: of one that cannot be read the others lose nothing, and it is no reason to send again."""

from collections.abc import Iterator, Sequence

from hub_hookspecs import Absent, Rejected, TaskRef, TaskState, Temporary

from hub_fastock_my import states, translate
from hub_fastock_my.port import Document, DocumentName, Progress, Report, Status, WarehousePort

_NAMED = 5  # documents in an error
_OF_ONE_DOCUMENT = frozenset({"unreadable", "contradiction"})


def read(port: WarehousePort, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
    """Answer for each; what concerns the account ends it at once, what concerns a document is said at the end."""
    unread: dict[str, str] = {}
    for task in tasks:
        try:
            answer = _one(port, task)
        except (Temporary, Rejected) as error:
            if error.code not in _OF_ONE_DOCUMENT and isinstance(error, Temporary):
                raise
            unread[task.key] = str(error)
        else:
            yield answer
    if unread:
        named = "; ".join(f"{key}: {why}" for key, why in list(unread.items())[:_NAMED])
        raise Temporary(f"{len(unread)} documents could not be read: {named}", code="unreadable")


def _one(port: WarehousePort, task: TaskRef) -> TaskState | Absent:
    name = translate.name(task)
    found = _inbound(port, name) if name.kind is Document.INBOUND else _outbound(port, name, is_named=bool(task.ref))
    if found is None:
        return Absent(key=task.key)
    progress, report = found
    if report is not None:
        _require_quantities(progress.status, report)
    return states.task_state(task, progress, report)


def _require_quantities(status: Status, report: Report) -> None:
    """Silence is no quantity: what has come or left without one is not believed to be nothing."""
    if status in (Status.SHIPPED, Status.RETURNING) and not any(each.actual for each in report.moved):
        raise Temporary("Fastock says that it was shipped, and of no unit", code="contradiction")
    if status is Status.RECEIVED and not any(each.is_told for each in report.moved):
        raise Temporary("Fastock says that it was received, and of no line how many units", code="contradiction")


def _inbound(port: WarehousePort, name: DocumentName) -> tuple[Progress, Report] | None:
    report = port.report_of(name)
    return (report.progress, report) if report else None


def _outbound(port: WarehousePort, name: DocumentName, *, is_named: bool) -> tuple[Progress, Report | None] | None:
    """Ask for quantities only where something may have moved, and after the progress: they can only be later.

    What a document is called there is told with them; whoever lost the answer to a push learns it so.
    """
    progress = port.progress_of(name)
    if progress is None:
        return None
    if is_named and progress.status not in states.QUANTITIES_DECIDE:
        return progress, None
    report = port.report_of(name)
    if report is None:
        raise Temporary(f"Fastock says {progress.word} of a document that it does not know", code="contradiction")
    return progress, report
