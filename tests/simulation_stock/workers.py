"""The jobs of one account: push_due and the import of its orders, killed and left without answers by the dice."""

from __future__ import annotations

from typing import Literal, Protocol

from tests.simulation_stock.books import Account, Books
from tests.simulation_stock.channel import Order, Shelf, Target
from tests.simulation_stock.stage import LEASE, Failed, Killed, Slot, Stage, Steps

Fate = Literal["", "killed", "cut off", "refused", "stalled"]
Effect = Literal["now", "late", "never"]
PAGE = 3
PATIENCE = 15.0  # seconds until a call without an answer is given up
LATEST = 119.0  # seconds after a call was last known to be out at which an effect still lands: two minutes are promised
OUT_AGAIN = 20.0  # seconds after which a call that is still answered is noted to be out, for whoever dies in it


class Fortune(Protocol):
    """What befalls a worker; in calm times nothing does."""

    def pause(self, longest: float) -> float: ...
    def between(self, shelf: Shelf | None) -> None: ...
    def fate(self) -> tuple[Fate, Effect]: ...
    def breaks(self) -> None: ...
    def shown(self, order: Order) -> list[tuple[Order, tuple[int, ...]]]: ...


class Workers:
    def __init__(self, stage: Stage, books: Books, fortune: Fortune) -> None:
        self.stage, self.books, self.fortune = stage, books, fortune
        self.figures = books.oracle.figures

    def hire(self, account: Account) -> None:
        account.imports = Slot(self.stage, lambda token: self._import(account))
        account.pushes = Slot(self.stage, lambda token: self._push(account, token))

    # Orders

    def _import(self, account: Account) -> Steps:
        """A run that was killed is carried on, so it began when the first process began it."""
        account.began = self.stage.now if account.began is None else account.began
        try:
            yield from self._pages(account, account.began)
        except Failed:
            account.began = None
            raise
        account.began = None

    def _pages(self, account: Account, began: float) -> Steps:
        overlap = (account.visible_after.total_seconds() if account.visible_after else 0.0) + 5
        changes = account.channel.changes
        at = next((n for n, (when, _) in enumerate(changes) if when >= account.cursor - overlap), len(changes))
        while at < len(changes):
            yield self.fortune.pause(2)
            self.fortune.breaks()
            page = [shown for _, order in changes[at : at + PAGE] for shown in self.fortune.shown(order)]
            at += PAGE
            yield self.fortune.pause(3)
            self.fortune.breaks()
            for order, cancelled in page:
                self.books.take_in(order, cancelled, self.stage.now)
            self.fortune.between(None)
        account.cursor = began
        self.books.orders_read(account, began, self.stage.now)

    # Levels

    def _push(self, account: Account, token: int) -> Steps:
        """push_due: orders first where nothing compares, then what is due until nothing more may be told now."""
        if not account.channel.compare_and_set and account.visible_after is not None:
            yield from self._pages(account, self.stage.now)
        while token == account.pushes.token and (targets := self.books.ask(account, self.stage.now)):
            yield from self._call(account, token, targets)
        left = [self.books.again_at(row) for row in account.rows if row.due and row.told.reading is None]
        if later := [when for when in left if when is not None]:
            account.pushes.want(min(later))

    def _call(self, account: Account, token: int, targets: list[Target]) -> Steps:
        """One call for all of them, each answer settled as it comes; it ends at the first that does not."""
        out_since = self.stage.now
        for n, target in enumerate(targets):
            self.figures.calls += 1
            fate, effect = self.fortune.fate()
            yield self.fortune.pause(2)
            self.fortune.between(target.shelf)
            answer = None
            if fate == "stalled":
                account.pushes.stall(token)
            if fate != "refused" and effect == "now":
                answer = account.channel.looked(target, self.stage.now)
                if answer is None:
                    yield self.fortune.pause(1)
                    self.fortune.between(target.shelf)
                    answer = account.channel.written(target, self.stage.now)
            if effect == "late":
                self._land_late(account, target, fate)
            yield from self._way_back(fate)
            if token != account.pushes.token:
                self._lost(account, targets[: n + 1])
                return
            if fate == "cut off":
                self.figures.unanswered += 1
                self.books.still_out(targets[n:], self.stage.now)
                return
            self.fortune.between(target.shelf)
            self.figures.stale += answer is not None and answer.status == "stale"
            self.books.settle(target, answer, self.stage.now)
            if self.stage.now - out_since > OUT_AGAIN:
                out_since = self.stage.now
                self.books.still_out(targets[n + 1 :], self.stage.now)

    def _way_back(self, fate: Fate) -> Steps:
        yield {"cut off": PATIENCE, "stalled": LEASE + 5}.get(fate, self.fortune.pause(2))
        if fate == "killed":
            self.figures.kills += 1
            raise Killed

    def _land_late(self, account: Account, target: Target, fate: Fate) -> None:
        """Who lives on notes when the call ended; of one who dies only what was noted before is known."""
        noted = self.stage.now + PATIENCE if fate == "cut off" else self.books.out_at(target)

        def land() -> None:
            self.figures.late += 1
            account.channel.written(target, self.stage.now)

        self.stage.at(self.fortune.pause(noted + LATEST - self.stage.now) + self.stage.now, land)

    def _lost(self, account: Account, told: list[Target]) -> None:
        """A run that finds its lease lost settles nothing: whatever it told is due again."""
        for target in told:
            self.books.make_due(self.books.rows[target.shelf])
        account.pushes.want(self.stage.now)
