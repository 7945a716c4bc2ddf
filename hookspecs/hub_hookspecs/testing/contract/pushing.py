"""Checks of listing products: nothing is listed twice or lost, and nothing is taken away that was not given."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import Rejected, Temporary, UnknownOutcome
from hub_hookspecs.records import Listing, Product
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.contract.publishing import BROKEN_ANSWER, Publishing, dearer
from hub_hookspecs.testing.contract.stand import AnyAccount, malformed
from hub_hookspecs.testing.faults import Fault, Plan

SAID_CLEARLY = (400, 401, 403, 404, 409, 422, 429, 503)  # nothing happened; see "An outcome can be unknown"
LOST = {
    "a lost answer": faults.time_out_after,
    "an answer cut in half": faults.truncated_json,
    **{f"a {status} after the effect": faults.failing_after(status) for status in (408, 500, 502, 504)},
}


class PushChecks(Publishing):
    def test_a_pushed_product_has_a_listing(self) -> None:
        with self.pushing() as (account, _):
            listing = self.publish(account, self.new_product(account))

        if why := malformed(listing, Listing):
            pytest.fail(f"push_product: {why}", pytrace=False)
        if not listing.ref.strip():
            pytest.fail("push_product answered a listing with a blank ref", pytrace=False)

    def test_a_pushed_product_is_imported_as_its_listing(self) -> None:
        self.needs(Capability.PUSH_PRODUCT)
        self.needs(Capability.IMPORT_ITEMS)
        with self.pushing() as (account, _):
            before = self.listed(account)
            product = self.new_product(account)
            listing = self.publish(account, product)
            added = {ref: item for ref, item in self.listed(account).items() if ref not in before}

        shown = {ref: (item.sku, item.name) for ref, item in added.items()}
        if shown != {listing.ref: (product.sku, product.name)}:
            pytest.fail(f"push_product answered {listing.ref} and the channel lists {shown} anew", pytrace=False)

    def test_a_pushed_product_is_found_or_pushed_again_in_place(self) -> None:
        with self.pushing() as (account, _):
            product = self.new_product(account)
            listing = self.publish(account, product)
            again = self.read_back(account, product) or self.publish(account, product)

        if again.ref != listing.ref:
            pytest.fail(
                f"push_product listed {listing.ref}; read back, or sent again, it is {again.ref}", pytrace=False
            )

    def test_a_product_that_was_never_pushed_is_absent(self) -> None:
        with self.pushing() as (account, _):
            self.publish(account, self.new_product(account))
            found = self.read_back(account, self.new_product(account, number=2))

        if found is not None:
            pytest.fail(f"find_listing found {found.ref} for a product that was never pushed", pytrace=False)

    def test_an_update_stays_with_its_listing(self) -> None:
        with self.pushing() as (account, _):
            product = self.new_product(account)
            first = self.publish(account, product)
            found = [*self.listed(account)]
            update = dearer(product, first)
            second = self.publish(account, update)
            items = self.listed(account)
            self._finds_no_other(account, update)

        if second.ref != first.ref or [*items] != found:
            pytest.fail(f"an update of {first.ref} answered {second.ref}, or listed something else", pytrace=False)
        price = items[first.ref].price if first.ref in items else None
        if price is not None and price.amount != Decimal(60_000):
            pytest.fail(f"the price was changed to 60000 and the channel shows {price.amount}", pytrace=False)

    def _finds_no_other(self, account: AnyAccount, update: Product) -> None:
        """A listing that is there is looked for by its ref: it is found, or does not show the update."""
        try:
            found = self.read_back(account, update)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            pytest.fail(f"find_listing raised {error!r} for a product with a listing_ref", pytrace=False)
        if found is not None and found.ref != update.listing_ref:
            pytest.fail(f"find_listing found {found.ref} for an update of {update.listing_ref}", pytrace=False)

    def test_an_update_takes_nothing_away(self) -> None:
        self.needs(Capability.PUSH_PRODUCT)
        self.needs(Capability.IMPORT_ITEMS)
        with self.pushing() as (account, _):
            product = self.new_product(account)
            listing = self.publish(account, product)
            before = self.listed(account)[listing.ref]
            bare = dearer(Product(key=product.key, sku=product.sku, name=product.name, price=product.price), listing)
            self.publish(account, bare)
            after = self.listed(account)[listing.ref]

        kept = ("description", "weight_g", "category_ref", "quantity", "active", "barcode", "options")
        gone = [name for name in kept if getattr(before, name) != getattr(after, name)]
        if gone or len(after.image_urls) != len(before.image_urls):
            pytest.fail(f"an update of the price alone changed {gone or ['image_urls']}", pytrace=False)

    def test_a_product_that_cannot_be_listed_is_rejected(self) -> None:
        with self.pushing() as (account, _):
            unfit = self.unfit_product(account)
            try:
                listing = self.publish(account, unfit)
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
            for updates, number in self.requests_of_a_push:
                check = self._updates_in_place if updates else self._lists_once
                check(what, fault, Plan(nth=number))

    def _updates_in_place(self, what: str, fault: Fault, plan: Plan) -> None:
        """The hub sends an update again, whatever became of it: that must end where the listing is."""
        with self.pushing() as (account, wire):
            update = self.to_push(account, updates=True)
            before = self.listed(account)
            wire.inject(fault, plan)
            error = self._trouble_of(account, update)
            happened = self.listed(account) != before
            if happened and error is not None and not self._leaves_it_open(error):
                pytest.fail(f"push_product met {what}, changed the listing and raised {error!r}; raise UnknownOutcome",
                            pytrace=False)  # fmt: skip
            again = self.publish(account, update, self.kept if isinstance(error, Temporary) else "")
            after = self.listed(account)

        if again.ref != update.listing_ref or after.keys() != before.keys():
            pytest.fail(f"an update of {update.listing_ref} met {what}; sent again it is {again.ref}, and "
                        f"{sorted(after.keys() - before.keys())} are new", pytrace=False)  # fmt: skip

    def _lists_once(self, what: str, fault: Fault, plan: Plan) -> None:
        with self.pushing() as (account, wire):
            product = self.new_product(account)
            before = self.listed(account)
            wire.inject(fault, plan)
            error = self._trouble_of(account, product)
            happened = self.listed(account).keys() - before.keys()
            if happened and error is not None and not self._leaves_it_open(error):
                pytest.fail(f"push_product met {what}, listed the product and raised {error!r}; raise UnknownOutcome",
                            pytrace=False)  # fmt: skip
            seen = None if isinstance(error, Temporary) else self.read_back(account, product)
            listing = seen or self.publish(account, product, self.kept)
            added = self.listed(account).keys() - before.keys()

        if Capability.IMPORT_ITEMS in self.channel.offers and added != {listing.ref}:
            pytest.fail(f"push_product met {what}; read back it is {listing.ref}, and {sorted(added)} are new",
                        pytrace=False)  # fmt: skip

    def _trouble_of(self, account: AnyAccount, product: Product) -> Exception | None:
        try:
            self.publish(account, product)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error
        return None

    def _leaves_it_open(self, error: Exception) -> bool:
        """Whether the hub will look before it sends again: it reads back, or asks on from where the push stood.

        What httpx raises after sending says so by itself.
        """
        if isinstance(error, httpx.HTTPStatusError):
            return error.response.status_code not in SAID_CLEARLY
        asked_on = bool(self.kept) and isinstance(error, Temporary)
        return asked_on or isinstance(error, (UnknownOutcome, httpx.TransportError, *BROKEN_ANSWER))
