"""Tells Tokopedia the stock of its products, a hundred at a time: each row is done, or refused with a reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from hub_hookspecs import Rejected, StockOutcome, StockStatus, StockTarget

from hub_tokopedia import payloads, refusals
from hub_tokopedia.client import TokopediaClient

ROWS = 100  # that one call may carry


def push(client: TokopediaClient, targets: Iterable[StockTarget]) -> Iterator[StockOutcome]:
    """Set every level; what the shop cannot even be asked for is refused at once."""
    places: defaultdict[str, list[StockTarget]] = defaultdict(list)
    for target in targets:
        if _is_number(target.listing_ref) and (not target.place_ref or _is_number(target.place_ref)):
            places[target.place_ref].append(target)
        else:
            yield _refused(target, "Tokopedia's products and warehouses have numbers, and this is none")
    for place, due in places.items():
        for start in range(0, len(due), ROWS):
            yield from _told(client, place, due[start : start + ROWS])


def _told(client: TokopediaClient, place: str, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    """Send these rows. Where it stays unclear which of them failed, ask again by halves, down to a row of its own."""
    try:
        answer = client.overwrite_stock(_encoded(targets), place)
    except Rejected as error:
        if error.code in refusals.NO_WAREHOUSE or len(targets) == 1:
            cure = f"; {refusals.MAP_WAREHOUSE}" if error.code in refusals.NO_WAREHOUSE else ""
            yield from (_refused(target, f"{error}{cure}") for target in targets)
            return
        answer = payloads.Overwritten()
    failed = {str(row.product_id): row.message for row in answer.failed or ()}
    named = sum(target.listing_ref in failed for target in targets)
    if named + (answer.succeed_rows or 0) == len(targets):
        yield from (_outcome(target, failed) for target in targets)
    elif len(targets) == 1:
        yield _refused(targets[0], "Tokopedia refuses this stock without naming a reason")
    else:
        half = len(targets) // 2
        yield from _told(client, place, targets[:half])
        yield from _told(client, place, targets[half:])


def _outcome(target: StockTarget, failed: dict[str, str]) -> StockOutcome:
    if target.listing_ref in failed:
        return _refused(target, f"Tokopedia refuses this stock: {failed[target.listing_ref] or 'no reason given'}")
    return StockOutcome(listing_ref=target.listing_ref, place_ref=target.place_ref, status=StockStatus.CONFIRMED)


def _refused(target: StockTarget, reason: str) -> StockOutcome:
    return StockOutcome(
        listing_ref=target.listing_ref, place_ref=target.place_ref, status=StockStatus.REFUSED, reason=reason
    )


def _is_number(ref: str) -> bool:
    """Whether this can be an id of Tokopedia's, as it writes them: without leading zeros."""
    return ref.isascii() and ref.isdecimal() and ref[0] != "0" and len(ref) < 19


def _encoded(targets: Iterable[StockTarget]) -> bytes:
    return msgspec.json.encode(
        [{"product_id": int(target.listing_ref), "new_stock": target.quantity} for target in targets]
    )
