"""A 3PL that stands in this process: it takes documents once by their code, and each call may go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Cancellation,
    CancelOutcome,
    Capability,
    Channel,
    DocumentState,
    Kind,
    Outbound,
    Page,
    Paper,
    Place,
    Receipt,
    Rejected,
    StockReading,
    TaskLine,
    TaskRef,
    TaskState,
    hookimpl,
)

OFFERED = frozenset({Capability.PUSH_OUTBOUND, Capability.CANCEL_OUTBOUND})


class GranarySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which granary it is."""

    granary: str = "one"


@dataclass
class Document:
    """An outbound as it is there."""

    asked: Outbound
    state: DocumentState = DocumentState.PENDING
    word: str = "new"
    shipped: dict[str, int] = field(default_factory=dict)
    cancel: CancelOutcome | None = None
    problem: str = ""
    at: datetime | None = None

    @property
    def planned(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.asked.parcels[0].lines:
            found[line.sku] = found.get(line.sku, 0) + line.quantity
        return found


class Granary:
    """The 3PL behind the plugin; `before` and `after` the effect of every call something may happen."""

    def __init__(self, *, needs: Sequence[Paper] = tuple(Paper), offers: frozenset[Capability] = OFFERED) -> None:
        self.needs, self.offers = frozenset(needs), offers
        self.places = (Place(ref="G1", name="Granary G1", country="MY", timezone="Asia/Kuala_Lumpur"),)
        self.told: list[Outbound] = []  # every call
        self.documents: dict[str, Document] = {}
        self.asked_to_stop: list[tuple[str, str]] = []
        self.says = CancelOutcome.CANCELLED
        self.refuses = ""  # why it takes no outbound
        self.reads = 0
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.shelves: dict[str, tuple[int, int, int]] = {}  # good, frozen and damaged by SKU
        self.on_page: Callable[[int], None] = lambda page: None  # before it is told
        self._lock = threading.Lock()

    def takes(self, asked: Outbound) -> Receipt:
        with self._lock:
            self.told.append(asked)
        self.before()
        if self.refuses:
            raise Rejected(self.refuses, code="refused")
        with self._lock:
            known = self.documents.setdefault(asked.key, Document(asked))
        if known.asked != asked:
            raise Rejected("this code is another outbound", code="duplicate-different")
        self.after()
        return Receipt(ref=f"G-{asked.key}")

    def stops(self, task: TaskRef, reason: str) -> Cancellation:
        with self._lock:
            self.asked_to_stop.append((task.key, reason))
        self.before()
        found = self.documents[task.key]
        if found.state is DocumentState.COMPLETE:
            answer = Cancellation(outcome=CancelOutcome.TOO_LATE, reason="it has left")
        elif self.says is CancelOutcome.CANCELLED:
            found.state, found.word, found.cancel = DocumentState.INVALID, "cancelled", CancelOutcome.CANCELLED
            answer = Cancellation(outcome=CancelOutcome.CANCELLED)
        else:
            found.cancel = None if self.says is CancelOutcome.PENDING else self.says
            answer = Cancellation(outcome=self.says, reason="picked already")
        self.after()
        return answer

    def tells(self, task: TaskRef) -> TaskState | Absent:
        self.reads += 1
        found = self.documents.get(task.key)
        if found is None:
            return Absent(key=task.key)
        lines = tuple(
            TaskLine(sku=sku, planned=count, shipped=found.shipped.get(sku, 0)) for sku, count in found.planned.items()
        )
        return TaskState(
            key=task.key, ref=f"G-{task.key}", state=found.state, progress=found.word, lines=lines,
            cancel=found.cancel, closed=found.state in (DocumentState.COMPLETE, DocumentState.INVALID), at=found.at,
            problem=found.problem,
        )  # fmt: skip

    def counts(self, cursor: str) -> Iterator[Page[StockReading]]:
        """Two SKUs a page, as they lie there when the page is told, and one of another place."""
        for start in range(int(cursor or 0), len(self.shelves), 2):
            self.on_page(start // 2)
            some = sorted(self.shelves)[start : start + 2]
            here = (_reading(sku, *self.shelves[sku]) for sku in some)
            elsewhere = StockReading(place_ref="G2", sku=some[0], good=7)
            yield Page(records=(*here, elsewhere), cursor=str(start + 2))

    def ships(self, code: str, **units: int) -> None:
        """Let so many leave by SKU, all that is left unless told."""
        found = self.documents[code]
        for sku, count in (units or found.planned).items():
            found.shipped[sku] = min(found.shipped.get(sku, 0) + count, found.planned[sku]) if units else count
        whole = found.shipped == found.planned
        found.state = DocumentState.COMPLETE if whole else DocumentState.PART_COMPLETE
        found.word = "shipped" if whole else "part shipped"


def _reading(sku: str, good: int, frozen: int, damaged: int) -> StockReading:
    return StockReading(place_ref="G1", sku=sku, good=good, frozen=frozen, damaged=damaged)


def a_plugin(granary: Granary, name: str = "granary") -> ModuleType:
    """A plugin module for this granary."""
    module = ModuleType(f"hub_{name}")

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Granary", kind=Kind.FULFILMENT, settings=GranarySettings, offers=granary.offers,
            lacks={each: "the granary only sends" for each in Capability if each not in granary.offers},
            needs=granary.needs, cancel_until="it has left", offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[GranarySettings]) -> AccountCheck:
        which = account.settings.granary
        return AccountCheck(identity=which, name=f"Granary {which}", country="MY", places=granary.places)

    @hookimpl
    def push_outbound(account: Account[GranarySettings], outbound: Outbound) -> Receipt:
        return granary.takes(outbound)

    @hookimpl
    def cancel_outbound(account: Account[GranarySettings], task: TaskRef, reason: str) -> Cancellation:
        return granary.stops(task, reason)

    @hookimpl
    def read_tasks(account: Account[GranarySettings], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        for task in tasks:
            yield granary.tells(task)

    @hookimpl
    def sync_stock(account: Account[GranarySettings], cursor: str) -> Iterator[Page[StockReading]]:
        yield from granary.counts(cursor)

    if Capability.SYNC_STOCK in granary.offers:
        setattr(module, sync_stock.__name__, sync_stock)
    hooks = [describe_channel, check_account, push_outbound, read_tasks]
    for hook in (*hooks, *([cancel_outbound] if Capability.CANCEL_OUTBOUND in granary.offers else [])):
        setattr(module, hook.__name__, hook)
    return module
