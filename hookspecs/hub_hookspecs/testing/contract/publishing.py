"""Pushes products of its own making to their end, as the hub does, for whichever check needs one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

import msgspec
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import PATIENCE, Absent, Category, Item, Listing, Money, Product, Waiting
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand
from hub_hookspecs.testing.faults import Faulty

SHORTEST = timedelta(seconds=1)  # that the hub waits
BROKEN_ANSWER = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError)  # of a push: an unknown outcome
SMALL = 20  # items of a shop to which products are pushed: what it had before matters to nobody
FIRST = 8  # requests of a push; a channel that asks for patience may be asked a hundred times
MOST_ANSWERS = 1_000  # of Waiting, so that the suite ends


class Publishing(Stand):
    currency: ClassVar[str] = "IDR"  # of the sandbox's shop

    # -- what a plugin may override

    def new_product(self, account: AnyAccount, number: int = 1) -> Product:
        """Give a product that the sandbox has not got and its channel takes."""
        return Product(
            key=f"contract-{number}",
            sku=f"CONTRACT-{number}",
            name=f"Contract Tee {number}",
            description="A tee of plain cotton.",
            price=Money(amount=Decimal(50_000), currency=self.currency),
            quantity=5,
            barcode=_ean(number),
            weight_g=180,
            image_urls=(f"https://images.example/contract-{number}.jpg",),
            category_ref=self._leaf(account),
        )

    def unfit_product(self, account: AnyAccount) -> Product:
        """Give a product that the channel refuses."""
        return msgspec.structs.replace(self.new_product(account), name=" ")

    # -- what the checks use

    def work(self, account: AnyAccount) -> list[object]:
        answers = super().work(account)
        if Capability.PUSH_PRODUCT in self.channel.offers:
            product = self.new_product(account)
            listing = self.publish(account, product)
            answers += [listing, self.read_back(account, product), self.publish(account, dearer(product, listing))]
        return answers

    @contextmanager
    def pushing(self) -> Iterator[tuple[AnyAccount, Faulty]]:
        self.needs(Capability.PUSH_PRODUCT)
        self.size = min(self.size, SMALL)
        with self.account() as found:
            yield found

    kept: str = ""  # where the last push stands with its channel, as the hub keeps it

    def publish(self, account: AnyAccount, product: Product, resume: str = "") -> Listing:
        """Push to the end, as the hub does: with `resume` where the channel takes its time, which passes at once."""
        self.kept, waited = resume, timedelta()
        for _ in range(MOST_ANSWERS):
            answer = self.call("push_product", account=account, product=product, resume=self.kept)
            if isinstance(answer, Listing):
                return answer
            if not isinstance(answer, Waiting):
                pytest.fail(f"push_product answered {type(answer).__name__}, not Listing or Waiting", pytrace=False)
            if waited >= PATIENCE:
                break
            self.kept, pause = answer.state, min(max(answer.after, SHORTEST), PATIENCE)
            waited += pause
            self.pass_time(pause)
        pytest.fail(f"push_product was still waiting after {waited}; the hub gives it up after {PATIENCE}, and this "
                    f"suite after {MOST_ANSWERS:,} answers", pytrace=False)  # fmt: skip

    def read_back(self, account: AnyAccount, product: Product) -> Listing | None:
        if "find_listing" not in self.hooks:
            return None
        answer = self.call("find_listing", account=account, product=product)
        if not isinstance(answer, Listing | Absent):
            pytest.fail(f"find_listing answered {type(answer).__name__}, not Listing or Absent", pytrace=False)
        return answer if isinstance(answer, Listing) else None

    def listed(self, account: AnyAccount) -> dict[str, Item]:
        """What the channel lists, where that can be asked."""
        if Capability.IMPORT_ITEMS not in self.channel.offers:
            return {}
        pages = self.call("import_items", account=account, cursor="")
        return {item.ref: item for page in pages for item in page.records}

    def _leaf(self, account: AnyAccount) -> str:
        if Capability.LIST_CATEGORIES not in self.channel.offers:
            return ""
        tree: Iterator[Category] = self.call("list_categories", account=account)
        return next((category.ref for category in tree if category.leaf), "")

    def to_push(self, account: AnyAccount, *, updates: bool) -> Product:
        """A product that is new, or one that was listed just now and has another price."""
        product = self.new_product(account)
        return dearer(product, self.publish(account, product)) if updates else product

    @cached_property
    def requests_of_a_push(self) -> list[tuple[bool, int]]:
        """Those that are worth trying, of an update or not: the first ones and the last, for many looks are alike."""
        return [(updates, number) for updates in (False, True) for number in self._requests(updates=updates)]

    def _requests(self, *, updates: bool) -> list[int]:
        with self.pushing() as (account, wire):
            product = self.to_push(account, updates=updates)
            before = len(wire.requests)
            self.publish(account, product)
            asked = len(wire.requests) - before
        return sorted({*range(1, min(asked, FIRST) + 1), asked} - {0})


def dearer(product: Product, listing: Listing) -> Product:
    price = product.price and Money(amount=Decimal(60_000), currency=product.price.currency)
    return msgspec.structs.replace(product, listing_ref=listing.ref, price=price)


def _ean(number: int) -> str:
    """A barcode of those that shops may give as they like."""
    digits = f"20{number:010d}"
    return digits + str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10)
