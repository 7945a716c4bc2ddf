"""A scripted channel in process: every listing it ever made is kept, and each call may go wrong as a test says.

One that is created twice is there twice: nothing but the hub keeps that from happening.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Capability,
    Category,
    Channel,
    Kind,
    Listing,
    Paper,
    Product,
    Waiting,
    hookimpl,
)

INVISIBLE = timedelta(minutes=2)  # how long an accepted listing may stay unseen
TREE = (
    Category(ref="1", name="Pakaian", leaf=False),
    Category(ref="11", name="Kaos", parent_ref="1"),
    Category(ref="12", name="Kemeja", parent_ref="1"),
    Category(ref="2", name="Elektronik", leaf=False),
    Category(ref="21", name="Kabel & Adaptor", parent_ref="2"),
)
Step = Callable[["Stall", Account["StallSettings"], Product, str], "Listing | Waiting"]


class StallSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stall of the market it is."""

    stall: str = "one"


class Stall:
    """The channel behind the plugin: what it shows, what it was asked, and what it does next."""

    def __init__(self) -> None:
        self.shown: dict[str, Product] = {}  # every listing by ref
        self.hidden: set[str] = set()  # accepted, but not to be found yet
        self.pushes: list[Product] = []
        self.searches: list[str] = []
        self.categories: tuple[Category, ...] = TREE
        self.steps: dict[str, deque[Step]] = defaultdict(deque)  # by SKU, the next call first
        self.refusal: Exception | None = None  # what list_categories answers instead
        self.blindness: Exception | None = None  # what find_listing answers instead
        self._numbers = itertools.count(1)

    def then(self, sku: str, *steps: Step) -> None:
        """Let the next calls for this SKU go so."""
        self.steps[sku].extend(steps)

    def of(self, sku: str) -> list[str]:
        """The listings with this SKU; two are one too many."""
        return [ref for ref, product in self.shown.items() if product.sku == sku]

    def take(self, product: Product) -> Listing:
        """Do what was asked for: change the listing that is named, or make a new one."""
        ref = product.listing_ref or f"L-{next(self._numbers)}"
        self.shown[ref] = product
        return Listing(ref=ref, url=f"https://stall.example/{ref}")

    def push(self, account: Account[StallSettings], product: Product, resume: str) -> Listing | Waiting:
        self.pushes.append(product)
        steps = self.steps[product.sku]
        return steps.popleft()(self, account, product, resume) if steps else self.take(product)

    def find(self, product: Product) -> Listing | Absent:
        self.searches.append(product.sku)
        if self.blindness:
            raise self.blindness
        found = (ref for ref, shown in self.shown.items() if shown.key == product.key and ref not in self.hidden)
        ref = next(found, None)
        return Absent(key=product.key) if ref is None else Listing(ref=ref)


def a_stall(stall: Stall, name: str = "stall", *, with_categories: bool = True) -> ModuleType:
    """The plugin of a stall; without categories it is like a point of sale."""
    offers = {Capability.PUSH_PRODUCT} | ({Capability.LIST_CATEGORIES} if with_categories else set())

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name,
            title=name.title(),
            kind=Kind.MARKETPLACE,
            settings=StallSettings,
            offers=frozenset(offers),
            lacks={each: "a stall has none" for each in Capability if each not in offers},
            lacks_papers=dict.fromkeys(Paper, "a stall has no papers"),
            absent_means_lost_after=INVISIBLE,
        )

    @hookimpl
    def check_account(account: Account[StallSettings]) -> AccountCheck:
        return AccountCheck(identity=account.settings.stall, name=f"Stall {account.settings.stall}")

    @hookimpl
    def push_product(account: Account[StallSettings], product: Product, resume: str) -> Listing | Waiting:
        return stall.push(account, product, resume)

    @hookimpl
    def find_listing(account: Account[StallSettings], product: Product) -> Listing | Absent:
        return stall.find(product)

    @hookimpl
    def list_categories(account: Account[StallSettings]) -> Iterator[Category]:
        yield from stall.categories
        if stall.refusal:
            raise stall.refusal

    plugin = ModuleType(name, "A scripted channel.")
    plugin.__dict__.update(
        describe_channel=describe_channel,
        check_account=check_account,
        push_product=push_product,
        find_listing=find_listing,
    )
    if with_categories:
        plugin.__dict__["list_categories"] = list_categories
    return plugin
