"""A 3PL in process that is told of products; each call may go wrong, before its effect or after."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Capability,
    Channel,
    Kind,
    Listing,
    Place,
    Product,
    Waiting,
    hookimpl,
)


class SiloSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which silo it is."""

    silo: str = "one"


class Silo:
    """The 3PL behind the plugin. By place and SKU it knows what it was told, and gives each an id of its own."""

    def __init__(self) -> None:
        self.places: tuple[Place, ...] = (
            Place(ref="KL1", name="KL1 CONS", country="MY"), Place(ref="JB2", name="JB2 CONS", country="MY"),
        )  # fmt: skip
        self.told: list[tuple[Product, str]] = []  # with what was given back of an earlier answer
        self.asked: list[Product] = []  # whether it is known
        self.known: dict[tuple[str, str], Product] = {}
        self.ids: dict[tuple[str, str], str] = {}
        self.waits: list[Waiting] = []  # what it answers first
        self.before: Callable[[Product], None] = lambda product: None  # its effect
        self.after: Callable[[Product], None] = lambda product: None
        self.on_ask: Callable[[Product], None] = lambda product: None
        self._lock = threading.Lock()

    def takes(self, product: Product, resume: str) -> Listing | Waiting:
        with self._lock:
            self.told.append((product, resume))
        self.before(product)
        if self.waits:
            return self.waits.pop(0)
        here = (product.place_ref, product.sku)
        with self._lock:
            self.known[here] = product
            self.ids.setdefault(here, f"I{len(self.ids) + 1}")
        self.after(product)
        return Listing(ref=self.ids[here])

    def finds(self, product: Product) -> Listing | Absent:
        self.asked.append(product)
        self.on_ask(product)
        found = self.ids.get((product.place_ref, product.sku))
        return Listing(ref=found) if found else Absent(key=product.key)


def a_plugin(silo: Silo, name: str = "silo") -> ModuleType:
    """A plugin module for this silo."""
    offers = frozenset({Capability.PUSH_PRODUCT})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Silo", kind=Kind.FULFILMENT, settings=SiloSettings, offers=offers,
            lacks={each: "the silo only keeps" for each in Capability if each not in offers},
            countries=frozenset({"MY"}), offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[SiloSettings]) -> AccountCheck:
        which = account.settings.silo
        return AccountCheck(identity=which, name=f"Silo {which}", country="MY", places=silo.places)

    @hookimpl
    def push_product(account: Account[SiloSettings], product: Product, resume: str) -> Listing | Waiting:
        return silo.takes(product, resume)

    @hookimpl
    def find_listing(account: Account[SiloSettings], product: Product) -> Listing | Absent:
        return silo.finds(product)

    module = ModuleType(f"hub_{name}")
    for hook in (describe_channel, check_account, push_product, find_listing):
        setattr(module, hook.__name__, hook)
    return module
