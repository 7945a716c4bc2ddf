"""Products listed twice, lost, emptied or taken without a look."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from weakref import WeakSet

import httpx
import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    ChannelError,
    Listing,
    Product,
    Rejected,
    Temporary,
    UnknownOutcome,
    Waiting,
    hookimpl,
)

from .. import market_stall
from ..corner import plugin as good
from ..corner import slow
from ..trial import SLOW, STALL, mutated, stall
from .making import caught_by

CornerAccount = Account[good.CornerSettings]
Push = Callable[[CornerAccount, Product], Listing]


def pushed(account: CornerAccount, product: Product) -> Listing:
    return good.push_product(account, product, "")


def pushing(push: Push) -> ModuleType:
    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing:
        return push(account, product)

    return mutated(push_product=push_product)


def written(account: CornerAccount, listing: Listing, body: dict[str, object]) -> None:
    """Change a listing once more, and take bad answers as a good plugin does."""
    answer = good.send(account, "PATCH", f"/items/{listing.ref}", json=body)
    answer.raise_for_status()
    msgspec.json.decode(answer.content, type=good.Row)


@caught_by("test_a_pushed_product_has_a_listing", stand=STALL)
def a_listing_without_a_ref() -> ModuleType:
    @hookimpl
    def push_product(account: Account[market_stall.StallSettings], product: Product, resume: str) -> Listing:
        market_stall.push_product(account, product, resume)
        return Listing(ref=" ")

    return stall(push_product=push_product)


@caught_by("test_a_pushed_product_is_imported_as_its_listing")
def a_name_of_its_own() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        name = product.name.strip() and f"{product.name} (new)"
        return pushed(account, msgspec.structs.replace(product, name=name))

    return pushing(push)


@caught_by("test_a_pushed_product_is_found_or_pushed_again_in_place", stand=STALL)
def a_new_listing_for_every_push() -> ModuleType:
    numbers = iter(range(1_000_000))

    @hookimpl
    def push_product(account: Account[market_stall.StallSettings], product: Product, resume: str) -> Listing:
        listing = market_stall.push_product(account, product, resume)
        return listing if product.listing_ref else Listing(ref=f"{product.key}-{next(numbers)}")

    return stall(push_product=push_product)


@caught_by("test_a_product_that_was_never_pushed_is_absent")
def whatever_was_listed_last() -> ModuleType:
    latest: dict[int, Listing] = {}

    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing:
        latest[id(account.http)] = good.push_product(account, product, resume)
        return latest[id(account.http)]

    @hookimpl
    def find_listing(account: CornerAccount, product: Product) -> Listing | Absent:
        found = good.find_listing(account, product)
        return latest.get(id(account.http), found) if isinstance(found, Absent) else found

    return mutated(push_product=push_product, find_listing=find_listing)


@caught_by("test_an_update_stays_with_its_listing")
def an_update_that_is_not_made() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        return Listing(ref=product.listing_ref) if product.listing_ref else pushed(account, product)

    return pushing(push)


@caught_by("test_an_update_takes_nothing_away")
def an_update_that_empties_what_was_not_given() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        listing = pushed(account, product)
        if product.listing_ref and not product.image_urls:
            written(account, listing, {"pictures": []})
        return listing

    return pushing(push)


@caught_by("test_an_update_takes_nothing_away")
def an_update_that_forgets_the_description() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        listing = pushed(account, product)
        if product.listing_ref:
            written(account, listing, {"description": product.description})
        return listing

    return pushing(push)


@caught_by("test_an_update_takes_nothing_away")
def an_update_that_takes_the_barcode_off() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        listing = pushed(account, product)
        if product.listing_ref:
            written(account, listing, {"barcode": product.barcode})
        return listing

    return pushing(push)


@caught_by("test_a_product_that_cannot_be_listed_is_rejected")
def an_unfit_product_taken_for_a_failure() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except Rejected as error:
            raise Temporary("try later") from error

    return pushing(push)


@caught_by("test_a_product_that_cannot_be_listed_is_rejected")
def a_refusal_without_a_word() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except Rejected as error:
            raise Rejected("") from error

    return pushing(push)


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def a_lost_answer_taken_for_a_failure() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except (httpx.TransportError, UnknownOutcome) as error:
            raise Temporary("try later") from error

    return pushing(push)


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def a_lost_answer_met_by_sending_again() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except httpx.TransportError:
            return pushed(account, product)

    return pushing(push)


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def a_gateway_that_gave_up_taken_for_a_refusal() -> ModuleType:
    return pushing(mistaking(Rejected, 504))


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def a_failure_after_the_effect_taken_for_one_before_it() -> ModuleType:
    return pushing(mistaking(Temporary, 500))


@caught_by("test_a_push_whose_answer_was_lost_lists_once", stand=SLOW)
def a_look_that_failed_taken_for_a_refusal() -> ModuleType:
    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing | Waiting:
        try:
            return slow.push_product(account, product, resume)
        except httpx.HTTPStatusError as error:
            if not resume or error.response.status_code != httpx.codes.GATEWAY_TIMEOUT:
                raise
            raise Rejected("the corner shop has lost it") from None

    return mutated(push_product=push_product)


@caught_by("test_a_push_whose_answer_was_lost_lists_once", stand=SLOW)
def a_place_in_the_queue_that_is_forgotten() -> ModuleType:
    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing | Waiting:
        try:
            return slow.push_product(account, product, resume)
        except Temporary:
            return pushed(account, product)

    return mutated(push_product=push_product)


@caught_by("test_a_request_for_a_pause_says_how_long")
def a_pause_taken_for_a_refusal() -> ModuleType:
    return pushing(mistaking(Rejected, 429))


@caught_by("test_an_expired_token_is_told_apart")
def a_token_that_ended_while_pushing_taken_for_a_refusal() -> ModuleType:
    return pushing(mistaking(Rejected, 401))


@caught_by("test_retrying_is_left_to_the_hub")
def a_push_that_tries_again_by_itself() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise
            return pushed(account, product)

    return pushing(push)


@caught_by("test_a_failing_channel_is_temporary")
def an_absence_that_nobody_saw() -> ModuleType:
    @hookimpl
    def find_listing(account: CornerAccount, product: Product) -> Listing | Absent:
        try:
            return good.find_listing(account, product)
        except httpx.HTTPStatusError as error:
            if error.response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            return Absent(key=product.key)

    return mutated(find_listing=find_listing)


@caught_by("test_an_update_stays_with_its_listing")
def a_listing_that_is_looked_for_without_its_ref() -> ModuleType:
    @hookimpl
    def find_listing(account: CornerAccount, product: Product) -> Listing | Absent:
        if product.listing_ref:
            raise KeyError(product.listing_ref)
        return good.find_listing(account, product)

    return mutated(find_listing=find_listing)


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def an_update_whose_answer_was_lost_taken_for_a_refusal() -> ModuleType:
    return pushing(updating(mistaking(Rejected, 504)))


@caught_by("test_a_push_whose_answer_was_lost_lists_once")
def an_update_that_is_listed_anew_when_it_is_sent_again() -> ModuleType:
    lost: WeakSet[httpx.Client] = WeakSet()

    def push(account: CornerAccount, product: Product) -> Listing:
        again = account.http in lost
        try:
            return pushed(account, msgspec.structs.replace(product, listing_ref="") if again else product)
        except httpx.HTTPError:
            lost.add(account.http)
            raise

    return pushing(updating(push))


@caught_by("test_a_request_for_a_pause_says_how_long")
def a_pause_of_an_update_taken_for_a_refusal() -> ModuleType:
    return pushing(updating(mistaking(Rejected, 429)))


@caught_by("test_a_failing_channel_is_temporary")
def an_update_refused_by_a_channel_that_is_down() -> ModuleType:
    return pushing(updating(mistaking(Rejected, 503)))


@caught_by("test_an_expired_token_is_told_apart")
def a_token_that_ended_while_updating_taken_for_a_refusal() -> ModuleType:
    return pushing(updating(mistaking(Rejected, 401)))


@caught_by("test_no_failure_shows_a_secret")
def a_failed_update_that_names_the_key() -> ModuleType:
    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            raise UnknownOutcome(f"PATCH with {account.settings.client_secret} failed") from None

    return pushing(updating(push))


def updating(push: Push) -> Push:
    """Do wrong only where a listing is there already."""
    return lambda account, product: (push if product.listing_ref else pushed)(account, product)


def mistaking(mistake: type[ChannelError], status: int) -> Push:
    """Push, and take one status for what it is not."""

    def push(account: CornerAccount, product: Product) -> Listing:
        try:
            return pushed(account, product)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != status:
                raise
            raise mistake(f"the corner shop answered {status}") from None

    return push
