"""A channel in process that is told stock: what it shows, what it sells meanwhile, and each call may go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Account,
    AccountCheck,
    Capability,
    Channel,
    Kind,
    Page,
    Paper,
    Place,
    StockOutcome,
    StockReading,
    StockStatus,
    StockTarget,
    hookimpl,
)

Outlet = tuple[str, str]  # listing ref, place ref


class KioskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which kiosk it is."""

    kiosk: str = "one"


class Kiosk:
    """The channel behind the plugin."""

    def __init__(self, *, compare_and_set: bool = False, stock_batch: int = 100, page: int = 0) -> None:
        """`page`: how many levels it tells of at once when it is asked what it shows; 0: it cannot be asked."""
        self.compare_and_set, self.stock_batch, self.page = compare_and_set, stock_batch, page
        self.country = ""  # where it sells
        self.places: tuple[Place, ...] = ()
        self.lacks: dict[Capability, str] = {}
        self.shown: dict[Outlet, int] = {}
        self.calls: list[tuple[StockTarget, ...]] = []
        self.refused: dict[str, str] = {}  # why, by listing ref
        self.before_call: Callable[[], None] = lambda: None
        self.before_answer: Callable[[StockTarget], None] = lambda target: None  # after the write
        self._lock = threading.Lock()

    @property
    def told(self) -> list[tuple[str, int]]:
        """Every figure that went out, in order."""
        return [(target.listing_ref, target.quantity) for call in self.calls for target in call]

    def sells(self, ref: str, units: int = 1, place: str = "") -> None:
        self.shown[ref, place] -= units

    def take(self, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        with self._lock:
            self.calls.append(tuple(targets))
        self.before_call()
        for target in targets:
            outcome = self._set(target)
            self.before_answer(target)
            yield outcome

    def shows(self, cursor: str) -> Iterator[Page[StockReading]]:
        rest = sorted(self.shown.items())[int(cursor or 0) :]
        for at in range(0, len(rest), self.page):
            some = rest[at : at + self.page]
            told = tuple(StockReading(listing_ref=ref, place_ref=place, good=count) for (ref, place), count in some)
            yield Page(records=told, cursor=str(int(cursor or 0) + at + len(some)))

    def _set(self, target: StockTarget) -> StockOutcome:
        outlet = (target.listing_ref, target.place_ref)
        said = partial(StockOutcome, listing_ref=target.listing_ref, place_ref=target.place_ref)
        if reason := self.refused.get(target.listing_ref):
            return said(status=StockStatus.REFUSED, reason=reason)
        actual = self.shown.get(outlet, 0)
        if self.compare_and_set and target.expected != actual:
            return said(status=StockStatus.STALE, actual=actual)
        self.shown[outlet] = target.quantity
        return said(status=StockStatus.CONFIRMED)


def a_plugin(kiosk: Kiosk, name: str = "kiosk") -> ModuleType:
    """A plugin module for this kiosk."""
    module = ModuleType(f"hub_{name}")
    offers = frozenset({Capability.PUSH_STOCK, *([Capability.SYNC_STOCK] if kiosk.page else [])})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Kiosk", kind=Kind.MARKETPLACE, settings=KioskSettings, offers=offers,
            lacks={each: "the kiosk only sells" for each in Capability if each not in offers},
            lacks_papers=dict.fromkeys(Paper, "the kiosk has none"),
            compare_and_set=kiosk.compare_and_set, stock_batch=kiosk.stock_batch, offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[KioskSettings]) -> AccountCheck:
        which = account.settings.kiosk
        return AccountCheck(
            identity=which, name=f"Kios {which}", country=kiosk.country, places=kiosk.places, lacks=kiosk.lacks
        )

    @hookimpl
    def push_stock(account: Account[KioskSettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        yield from kiosk.take(targets)

    @hookimpl
    def sync_stock(account: Account[KioskSettings], cursor: str) -> Iterator[Page[StockReading]]:
        yield from kiosk.shows(cursor)

    for hook in (describe_channel, check_account, push_stock, *([sync_stock] if kiosk.page else [])):
        setattr(module, hook.__name__, hook)
    return module
