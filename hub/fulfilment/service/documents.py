"""What warehouses are asked for again: every sort of document says which are due, and takes in what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Absent, TaskKind, TaskRef, TaskState

from hub.channels.service.wiring import Channels
from hub.fulfilment.service import receipts, refreshing
from hub.fulfilment.service.counting import named
from hub.fulfilment.service.stopping import read
from hub.fulfilment.store import inbounds, outbounds, strangers
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.stock.service.pushing import moment


class Account(NamedTuple):
    """An account of which something is due."""

    merchant_id: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class Sort:
    """One sort of document; `codes` are what the warehouse knows them by.

    `look`: have these asked for at that instant (an expression of SQL, or None: later, by their age); gives those that
    are known.
    """

    due: Callable[[Transaction, str, int], Sequence[TaskRef]]
    settle: Callable[[Transaction, Channels, str, TaskState | Absent, datetime, Actor], None]
    look: Callable[[Transaction, str, Collection[str], object], set[str]]
    accounts: Callable[[Transaction, datetime, str, int], Sequence[tuple[str, str]]]
    open: Callable[[Transaction, str], Sequence[str]]


SORTS: Mapping[TaskKind, Sort] = {
    TaskKind.OUTBOUND: Sort(
        due=refreshing.due,
        settle=refreshing.settle_code,
        look=refreshing.look,
        accounts=refreshing.accounts,
        open=refreshing.still_open,
    ),
    TaskKind.INBOUND: Sort(
        due=receipts.due,
        settle=receipts.settle_code,
        look=receipts.look,
        accounts=receipts.accounts,
        open=receipts.still_open,
    ),
}


def due(db: Transaction, account_id: str, *, limit: int) -> list[TaskRef]:
    """Documents of all sorts that the warehouse is to be asked for now, the longest due of each first."""
    found: list[TaskRef] = []
    for sort in SORTS.values():
        found += sort.due(db, account_id, limit - len(found)) if len(found) < limit else []
    return found


def settle(
    db: Transaction, channels: Channels, account_id: str, kind: TaskKind, told: TaskState | Absent, *,
    since: datetime, actor: Actor,
) -> None:  # fmt: skip
    """Take in what the warehouse, asked at `since`, says of one; whoever wants to know since then is told anew."""
    SORTS[kind].settle(db, channels, account_id, told, since, actor)


def postpone(db: Transaction, account_id: str, tasks: Collection[TaskRef]) -> None:
    """Ask for these, of which no answer came, again later: others are not to wait for them."""
    for kind, sort in SORTS.items():
        sort.look(db, account_id, {task.key for task in tasks if task.kind is kind}, None)


def hint(db: Transaction, merchant_id: str, account_id: str, codes: Collection[str]) -> set[str]:
    """The warehouse says that something happened to these: have them asked for now; gives those that are known."""
    known = {code for sort in SORTS.values() for code in sort.look(db, account_id, codes, now())}
    if known:
        read(db, merchant_id, account_id)
    strangers.note(db, account_id, {named(code) for code in codes if code and code not in known})
    return known


def still_open(db: Transaction, warehouse_id: str) -> list[str]:
    """What is open of a warehouse of others, in words: it cannot be taken away until that has ended."""
    return [words for sort in SORTS.values() for words in sort.open(db, warehouse_id)]


def forget(db: Transaction, account_id: str) -> None:
    """Ask for nothing of an account any more: it is being closed, and nothing of it is open."""
    for one in (outbounds, inbounds):
        one.ask_no_more(db, account_id)


class Rounds:
    """A caretaker: has every account asked of which something is due, some accounts at a time."""

    LOT = 200

    def __init__(self) -> None:
        self._after = ""

    def __call__(self, db: Transaction) -> int:
        """Look at some more accounts; gives how many, 0 after the last."""
        at = moment(db)
        lots = [sort.accounts(db, at, self._after, self.LOT) for sort in SORTS.values()]
        found = sorted({Account(*each) for lot in lots for each in lot}, key=lambda one: one.account_id)
        # Behind the last of a full lot others may come that another sort has not told of yet.
        ends = [lot[-1][1] for lot in lots if len(lot) == self.LOT]
        some = [one for one in found if not ends or one.account_id <= min(ends)]
        self._after = some[-1].account_id if some else ""
        for one in some:
            read(db, one.merchant_id, one.account_id)
        return len(some)
