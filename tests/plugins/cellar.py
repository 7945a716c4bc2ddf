"""A silo that also takes inbounds in, once by their code, and tells what came of them; each call may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import ModuleType

from hub_hookspecs import (
    Absent,
    Account,
    Cancellation,
    CancelOutcome,
    Capability,
    Channel,
    DocumentState,
    Inbound,
    Page,
    Receipt,
    Rejected,
    StockReading,
    TaskLine,
    TaskRef,
    TaskState,
    hookimpl,
)

from tests.plugins import silo
from tests.plugins.silo import Silo, SiloSettings

OFFERED = frozenset({Capability.PUSH_PRODUCT, Capability.PUSH_INBOUND, Capability.CANCEL_OUTBOUND})


@dataclass
class Document:
    """An inbound as it is there; what came, by SKU: good, damaged and why."""

    told: Inbound
    state: DocumentState = DocumentState.PENDING
    word: str = "new"
    came: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    closed: bool = False
    cancel: CancelOutcome | None = None
    problem: str = ""
    at: datetime | None = None


class Cellar(Silo):
    """The 3PL behind the plugin; `before_in` and `after_in` something may happen."""

    def __init__(self, *, needs_cost: bool = True) -> None:
        super().__init__()
        self.needs_cost = needs_cost
        self.shelves: dict[str, tuple[int, int, int]] | None = None  # good, frozen, damaged; None: it never says
        self.heard: list[Inbound] = []  # every call
        self.documents: dict[str, Document] = {}
        self.refuses = ""
        self.before_in: Callable[[], None] = lambda: None
        self.after_in: Callable[[], None] = lambda: None

    def takes_in(self, told: Inbound) -> Receipt:
        self.heard.append(told)
        self.before_in()
        if self.refuses:
            raise Rejected(self.refuses, code="refused")
        known = self.documents.setdefault(told.key, Document(told))
        if known.told != told:
            raise Rejected("this code is another inbound", code="duplicate-different")
        self.after_in()
        return Receipt(ref=f"C-{told.key}")

    def receives(self, code: str, *, closed: bool = False, damaged: int = 0, note: str = "", **good: int) -> None:
        """So many came in all by SKU; the damaged ones are of the first."""
        found = self.documents[code]
        found.came = {
            sku: (count, 0 if n else damaged, "" if n else note) for n, (sku, count) in enumerate(good.items())
        }  # fmt: skip
        found.word, found.closed = "received" if closed else "part_received", closed
        found.state = DocumentState.COMPLETE if closed else DocumentState.PART_COMPLETE

    def tells(self, task: TaskRef) -> TaskState | Absent:
        found = self.documents.get(task.key)
        if found is None:
            return Absent(key=task.key)
        planned = {line.sku: line.quantity for line in found.told.lines}
        lines = tuple(
            TaskLine(sku=sku, planned=planned.get(sku, 0), good=good, damaged=damaged, note=note)
            for sku in {**planned, **found.came}
            for good, damaged, note in [found.came.get(sku, (0, 0, ""))]
        )
        return TaskState(
            key=task.key, ref=f"C-{task.key}", state=found.state, progress=found.word, lines=lines, closed=found.closed,
            cancel=found.cancel, problem=found.problem, at=found.at,
        )  # fmt: skip

    def counts(self) -> Iterator[Page[StockReading]]:
        told = (self.shelves or {}).items()
        here = (
            StockReading(place_ref="KL1", sku=sku, good=good, frozen=frozen, damaged=damaged)
            for sku, (good, frozen, damaged) in told
        )
        yield Page(records=tuple(here), cursor="end")

    def stops(self, task: TaskRef) -> Cancellation:
        found = self.documents[task.key]
        if found.closed:
            return Cancellation(outcome=CancelOutcome.TOO_LATE, reason="all of it came")
        found.state, found.word, found.cancel = DocumentState.INVALID, "cancelled", CancelOutcome.CANCELLED
        found.closed = True
        return Cancellation(outcome=CancelOutcome.CANCELLED)


def a_plugin(cellar: Cellar, name: str = "silo") -> ModuleType:
    """A plugin module for this cellar."""
    module = silo.a_plugin(cellar, name)
    declared: Channel = module.describe_channel()

    @hookimpl
    def describe_channel() -> Channel:
        offered = OFFERED if cellar.shelves is None else OFFERED | {Capability.SYNC_STOCK}
        lacks = {each: why for each, why in declared.lacks.items() if each not in offered}
        return replace(declared, offers=offered, lacks=lacks, inbound_needs_cost=cellar.needs_cost)

    @hookimpl
    def push_inbound(account: Account[SiloSettings], inbound: Inbound) -> Receipt:
        return cellar.takes_in(inbound)

    @hookimpl
    def cancel_outbound(account: Account[SiloSettings], task: TaskRef, reason: str) -> Cancellation:
        return cellar.stops(task)

    @hookimpl
    def read_tasks(account: Account[SiloSettings], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        for task in tasks:
            yield cellar.tells(task)

    @hookimpl
    def sync_stock(account: Account[SiloSettings], cursor: str) -> Iterator[Page[StockReading]]:
        yield from cellar.counts()

    hooks = [describe_channel, push_inbound, cancel_outbound, read_tasks]
    for hook in (*hooks, *([sync_stock] if cellar.shelves is not None else [])):
        setattr(module, hook.__name__, hook)
    return module
