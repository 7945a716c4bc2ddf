"""What a store shows of listings now, and what the contract makes of it before anything is written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from hub_hookspecs import StockOutcome, StockStatus, StockTarget

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.catalogue import Level
from hub_shopify.payloads.stock import Stocked, StockedItem, StockedVariant
from hub_shopify.refusals import TooCostly

MOST = 250  # ids of one question, entries of one input: Shopify's limit for arrays
_GONE = "Shopify has no such variant any more: import again, and unlink this listing"
_UNTRACKED = "Shopify does not track this variant's stock: switch on Track quantity for it in Shopify"
_NO_PLACE = "Shopify has no such location: check the account again, and map its locations anew"
_NOT_STOCKED = "the variant is not stocked at this location: stock it there in Shopify"
_CLOSED = "the location is not active in Shopify: activate it there, or map another one"
_MANY = "the variant is stocked at {} locations: map the store's locations to warehouses, so that each is told its own"


class Shown(NamedTuple):
    """What is available of one item at one location; negative where it is oversold."""

    item: str
    place: str
    available: int


def read(client: ShopifyClient, targets: Iterable[StockTarget]) -> Iterator[tuple[StockTarget, Shown | str]]:
    """Ask for each target what its place shows now; in words why that cannot be told."""
    by_place = attrgetter("place_ref")
    for place, group in groupby(sorted(targets, key=by_place), key=by_place):
        wanted = list(group)
        if place and not _is_id(place, "Location"):
            yield from ((target, _NO_PLACE) for target in wanted)
            continue
        refs = [ref for ref in dict.fromkeys(map(attrgetter("listing_ref"), wanted)) if _is_id(ref, "ProductVariant")]
        found = _variants(client, refs, place)
        yield from ((target, _shown(target, found.get(target.listing_ref))) for target in wanted)


def judge(target: StockTarget, shown: Shown | str) -> StockOutcome | None:
    """Decide by what is shown; None: it is to be written, comparing with `expected`."""
    if isinstance(shown, str):
        return refused(target, shown)
    if target.expected is None or shown.available != target.expected:
        return stale(target, shown.available)
    return confirmed(target) if target.quantity == shown.available else None


def confirmed(target: StockTarget) -> StockOutcome:
    return _outcome(target, StockStatus.CONFIRMED, actual=target.quantity)


def stale(target: StockTarget, actual: int) -> StockOutcome:
    return _outcome(target, StockStatus.STALE, actual=actual)


def refused(target: StockTarget, reason: str) -> StockOutcome:
    return _outcome(target, StockStatus.REFUSED, reason=reason)


def _outcome(target: StockTarget, status: StockStatus, *, actual: int | None = None, reason: str = "") -> StockOutcome:
    return StockOutcome(
        listing_ref=target.listing_ref, place_ref=target.place_ref, status=status, actual=actual, reason=reason
    )


def _variants(client: ShopifyClient, refs: Sequence[str], place: str) -> Mapping[str, StockedVariant]:
    """Read variants by id, at one place or wherever they are; fewer at a time where Shopify finds that too costly."""
    if not refs:
        return {}
    try:
        if place:
            answer = client.query(documents.LEVELS_AT, Stocked, ids=refs[:MOST], place=place)
        else:
            answer = client.query(documents.LEVELS_ANYWHERE, Stocked, ids=refs[:MOST])
    except TooCostly:
        if len(refs) == 1:
            raise
        half = min(len(refs), MOST) // 2
        return {**_variants(client, refs[:half], place), **_variants(client, refs[half:], place)}
    found = {variant.id: variant for variant in answer.nodes if variant}
    return {**found, **_variants(client, refs[MOST:], place)}


def _shown(target: StockTarget, variant: StockedVariant | None) -> Shown | str:
    if variant is None:
        return _GONE
    item, place = variant.inventory_item, target.place_ref
    if not item.tracked:
        return _UNTRACKED
    if target.quantity == 0 and _sells_nothing(item, place):
        return Shown(item.id, place, 0)  # what is wanted, or not what was expected: nothing is to be written
    level = item.inventory_level if place else _only(item)
    if level is None or isinstance(level, str):
        return level or _NOT_STOCKED
    if not level.location.is_active:
        return _CLOSED
    return Shown(item.id, level.location.id, level.available) if level.is_active else _NOT_STOCKED


def _sells_nothing(item: StockedItem, place: str) -> bool:
    """Whether Shopify assigns no order there, as to all places that do not stock an item, nor will when one does again.

    A place that stocked it before keeps its figure, and has it on sale at once when it is switched on again.
    """
    levels = (item.inventory_level,) if place else item.inventory_levels.nodes
    return all(level is None or (not level.is_open and level.available <= 0) for level in levels)


def _only(item: StockedItem) -> Level | str | None:
    """Where no place is named: the one that stocks the item, if there is but one."""
    levels = [level for level in item.inventory_levels.nodes if level.is_open]
    return _MANY.format(len(levels)) if len(levels) > 1 else next(iter(levels), None)


def _is_id(ref: str, kind: str) -> bool:
    """Whether Shopify would read it as an id at all; else it refuses the whole question."""
    return re.fullmatch(rf"gid://shopify/{kind}/[0-9]{{1,18}}", ref) is not None
