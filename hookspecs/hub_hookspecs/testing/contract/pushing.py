"""Checks of listing products: nothing is listed twice or lost, and nothing is taken away that was not given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import httpx
import msgspec
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import Rejected, UnknownOutcome
from hub_hookspecs.records import PATIENCE, Absent, Category, Item, Listing, Money, Product, Waiting
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand, malformed
from hub_hookspecs.testing.faults import Fault, Faulty, Plan

SHORTEST = timedelta(seconds=1)  # that the hub waits
MOST_ANSWERS = 1_000  # of Waiting, so that the suite ends
SAID_CLEARLY = (400, 401, 403, 404, 409, 422, 429, 503)  # nothing happened; see "An outcome can be unknown"
LOST = {"a lost answer": faults.time_out_after, "an answer cut in half": faults.truncated_json}


class PushChecks(Stand):
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
            weight_g=180,
            image_urls=(f"https://images.example/contract-{number}.jpg",),
            category_ref=self._leaf(account),
        )

    def unfit_product(self, account: AnyAccount) -> Product:
        """Give a product that the channel refuses."""
        return msgspec.structs.replace(self.new_product(account), name=" ")

    # -- the checks

    def test_a_pushed_product_has_a_listing(self) -> None:
        with self._pushing() as (account, _):
            listing = self._publish(account, self.new_product(account))

        if why := malformed(listing, Listing):
            pytest.fail(f"push_product: {why}", pytrace=False)
        if not listing.ref.strip():
            pytest.fail("push_product answered a listing with a blank ref", pytrace=False)

    def test_a_pushed_product_is_imported_as_its_listing(self) -> None:
        self.needs(Capability.PUSH_PRODUCT)
        self.needs(Capability.IMPORT_ITEMS)
        with self._pushing() as (account, _):
            before = self._listed(account)
            product = self.new_product(account)
            listing = self._publish(account, product)
            added = {ref: item for ref, item in self._listed(account).items() if ref not in before}

        shown = {ref: (item.sku, item.name) for ref, item in added.items()}
        if shown != {listing.ref: (product.sku, product.name)}:
            pytest.fail(f"push_product answered {listing.ref} and the channel lists {shown} anew", pytrace=False)

    def test_a_pushed_product_is_found_or_pushed_again_in_place(self) -> None:
        with self._pushing() as (account, _):
            product = self.new_product(account)
            listing = self._publish(account, product)
            again = self._read_back(account, product) or self._publish(account, product)

        if again.ref != listing.ref:
            pytest.fail(
                f"push_product listed {listing.ref}; read back, or sent again, it is {again.ref}", pytrace=False
            )

    def test_a_product_that_was_never_pushed_is_absent(self) -> None:
        with self._pushing() as (account, _):
            self._publish(account, self.new_product(account))
            found = self._read_back(account, self.new_product(account, number=2))

        if found is not None:
            pytest.fail(f"find_listing found {found.ref} for a product that was never pushed", pytrace=False)

    def test_an_update_stays_with_its_listing(self) -> None:
        with self._pushing() as (account, _):
            product = self.new_product(account)
            first = self._publish(account, product)
            found = [*self._listed(account)]
            second = self._publish(account, _dearer(product, first))
            items = self._listed(account)

        if second.ref != first.ref or [*items] != found:
            pytest.fail(f"an update of {first.ref} answered {second.ref}, or listed something else", pytrace=False)
        price = items[first.ref].price if first.ref in items else None
        if price is not None and price.amount != Decimal(60_000):
            pytest.fail(f"the price was changed to 60000 and the channel shows {price.amount}", pytrace=False)

    def test_an_update_takes_nothing_away(self) -> None:
        self.needs(Capability.PUSH_PRODUCT)
        self.needs(Capability.IMPORT_ITEMS)
        with self._pushing() as (account, _):
            product = self.new_product(account)
            listing = self._publish(account, product)
            before = self._listed(account)[listing.ref]
            bare = _dearer(Product(key=product.key, sku=product.sku, name=product.name, price=product.price), listing)
            self._publish(account, bare)
            after = self._listed(account)[listing.ref]

        kept = ("description", "weight_g", "category_ref", "quantity", "active", "barcode", "options")
        gone = [name for name in kept if getattr(before, name) != getattr(after, name)]
        if gone or len(after.image_urls) != len(before.image_urls):
            pytest.fail(f"an update of the price alone changed {gone or ['image_urls']}", pytrace=False)

    def test_a_product_that_cannot_be_listed_is_rejected(self) -> None:
        with self._pushing() as (account, _):
            unfit = self.unfit_product(account)
            try:
                listing = self._publish(account, unfit)
            except Rejected as error:
                if not str(error).strip():
                    pytest.fail("push_product rejected a product without saying why", pytrace=False)
                return
            except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
                pytest.fail(
                    f"push_product raised {error!r} for a product that cannot be; raise Rejected", pytrace=False
                )
        pytest.fail(f"push_product listed {unfit.name!r} as {listing.ref}; raise Rejected", pytrace=False)

    def test_a_push_whose_answer_was_lost_lists_once(self) -> None:
        for what, fault in LOST.items():
            for number in range(1, self._requests_of_a_push() + 1):
                self._lists_once(what, fault, Plan(nth=number))

    def _lists_once(self, what: str, fault: Fault, plan: Plan) -> None:
        with self._pushing() as (account, wire):
            product = self.new_product(account)
            before = self._listed(account)
            wire.inject(fault, plan)
            error = self._trouble_of(account, product)
            happened = self._listed(account).keys() - before.keys()
            if happened and error is not None and not _leaves_it_open(error):
                pytest.fail(f"push_product met {what}, listed the product and raised {error!r}; raise UnknownOutcome",
                            pytrace=False)  # fmt: skip
            listing = self._read_back(account, product) or self._publish(account, product)
            added = self._listed(account).keys() - before.keys()

        if Capability.IMPORT_ITEMS in self.channel.offers and added != {listing.ref}:
            pytest.fail(f"push_product met {what}; read back it is {listing.ref}, and {sorted(added)} are new",
                        pytrace=False)  # fmt: skip

    # -- one step at a time

    @contextmanager
    def _pushing(self) -> Iterator[tuple[AnyAccount, Faulty]]:
        self.needs(Capability.PUSH_PRODUCT)
        with self.account() as found:
            yield found

    def _publish(self, account: AnyAccount, product: Product) -> Listing:
        """Push to the end, as the hub does: with `resume` where the channel takes its time, which passes at once."""
        resume, waited = "", timedelta()
        for _ in range(MOST_ANSWERS):
            answer = self.call("push_product", account=account, product=product, resume=resume)
            if isinstance(answer, Listing):
                return answer
            if not isinstance(answer, Waiting):
                pytest.fail(f"push_product answered {type(answer).__name__}, not Listing or Waiting", pytrace=False)
            if waited >= PATIENCE:
                break
            resume, pause = answer.state, min(max(answer.after, SHORTEST), PATIENCE)
            waited += pause
            self.pass_time(pause)
        pytest.fail(f"push_product was still waiting after {waited}; the hub gives it up after {PATIENCE}, and this "
                    f"suite after {MOST_ANSWERS:,} answers", pytrace=False)  # fmt: skip

    def _trouble_of(self, account: AnyAccount, product: Product) -> Exception | None:
        try:
            self._publish(account, product)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error
        return None

    def _read_back(self, account: AnyAccount, product: Product) -> Listing | None:
        if "find_listing" not in self.hooks:
            return None
        answer = self.call("find_listing", account=account, product=product)
        if not isinstance(answer, Listing | Absent):
            pytest.fail(f"find_listing answered {type(answer).__name__}, not Listing or Absent", pytrace=False)
        return answer if isinstance(answer, Listing) else None

    def _listed(self, account: AnyAccount) -> dict[str, Item]:
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

    def _requests_of_a_push(self) -> int:
        with self._pushing() as (account, wire):
            product = self.new_product(account)
            before = len(wire.requests)
            self._publish(account, product)
            return len(wire.requests) - before


def _dearer(product: Product, listing: Listing) -> Product:
    price = product.price and Money(amount=Decimal(60_000), currency=product.price.currency)
    return msgspec.structs.replace(product, listing_ref=listing.ref, price=price)


def _leaves_it_open(error: Exception) -> bool:
    """Whether the hub will read back before it sends again; what httpx raises after sending says so by itself."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code not in SAID_CLEARLY
    return isinstance(error, UnknownOutcome | httpx.TransportError | msgspec.DecodeError)
