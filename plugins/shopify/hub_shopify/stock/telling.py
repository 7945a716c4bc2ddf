"""Tells levels to a store: each is written only over what the hub believes is there, and answered once."""

import re
import uuid
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from hub_hookspecs import StockOutcome, StockTarget, Temporary

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.envelope import UserError
from hub_shopify.payloads.stock import StockSet
from hub_shopify.refusals import in_words
from hub_shopify.stock import shown as shown_
from hub_shopify.stock.shown import MOST, Shown

_ROUNDS = 3  # comparisons that were lost although the same is shown again
_STALE = frozenset({"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"})
_STALE_WORDS = re.compile(r"changeFromQuantity|match|stale", re.IGNORECASE)  # some errors come without code
_BUSY, _FAILED_BEFORE = "IDEMPOTENCY_CONCURRENT_REQUEST", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
_OF_THE_CALL = frozenset(
    {"INVALID_NAME", "INVALID_REASON", "INVALID_REFERENCE_DOCUMENT", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}
)
_NAME = "available"
_ENTRY = ("input", "quantities")  # what leads from the arguments to an entry, before its number


class Entry(NamedTuple):
    """One target on its way, and where it goes."""

    target: StockTarget
    shown: Shown

    @property
    def change(self) -> tuple[str, str, int]:
        """What Shopify names once it is written."""
        return self.shown.item, self.shown.place, self.target.quantity - self.shown.available


Sent = Generator[StockOutcome, None, list[StockTarget]]  # what is known, and what must be read again


def tell(client: ShopifyClient, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    """Yield one outcome for each target; at most 250 are read and written at a time."""
    for start in range(0, len(targets), MOST):
        yield from _tell(client, targets[start : start + MOST])


def _tell(client: ShopifyClient, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    waiting = list(targets)
    for _ in range(_ROUNDS):
        if waiting:
            waiting = yield from _round(client, waiting)
    for target, shown in shown_.read(client, waiting):
        yield shown_.judge(target, shown) or shown_.stale(target, shown.available if isinstance(shown, Shown) else 0)


def _round(client: ShopifyClient, targets: list[StockTarget]) -> Sent:
    """Read live, write what may be written; gives what lost its comparison, or waits for another of the same item."""
    entries: dict[tuple[str, str], Entry] = {}
    again: list[StockTarget] = []
    for target, shown in shown_.read(client, targets):
        outcome = shown_.judge(target, shown)
        if outcome or isinstance(shown, str):
            yield outcome or shown_.refused(target, str(shown))
        elif (shown.item, shown.place) in entries:  # variants may share an item, and each pair stands once in a call
            again.append(target)
        else:
            entries[shown.item, shown.place] = Entry(target, shown)
    return again + (yield from _write(client, list(entries.values())))


def _write(client: ShopifyClient, entries: list[Entry]) -> Sent:
    """Write all; Shopify takes all or none, so whatever it names is left out and the rest is sent again."""
    again: list[StockTarget] = []
    batches = [entries] if entries else []
    while batches:
        batch = batches.pop()
        done, errors = _set(client, batch)
        yield from (shown_.confirmed(entry.target) for entry in done)
        left = [entry for entry in batch if entry not in done]
        culprits = _culprits(errors, batch)
        yield from (_refused(entry, error) for entry, error in culprits.items() if not _is_stale(error))
        again += [entry.target for entry, error in culprits.items() if _is_stale(error)]
        rest = [entry for entry in left if entry not in culprits]
        if errors:
            batches += _parts(rest, split=not culprits)
        else:  # taken, but not named among the changes: only another look tells
            again += [entry.target for entry in rest]
    return again


def _set(client: ShopifyClient, batch: list[Entry]) -> tuple[list[Entry], tuple[UserError, ...]]:
    """Send one call under a key of its own; gives the entries that it changed, and what was not taken."""
    for _ in range(_ROUNDS):
        key = str(uuid.uuid4())
        found, errors = client.attempt(
            documents.SET_STOCK, "inventorySetQuantities", StockSet, input=input_of(batch, key), key=key
        )
        if not errors or errors[0].code != _FAILED_BEFORE:
            break
    if errors and errors[0].code in (_FAILED_BEFORE, _BUSY):
        raise Temporary(f"Shopify: {in_words(errors[0].message, errors[0].code)}", code=errors[0].code)
    changes = found.inventory_adjustment_group.changes if found.inventory_adjustment_group else ()
    changed = {
        (change.item.id, change.location.id, change.delta)
        for change in changes
        if change.name == _NAME and change.item and change.location
    }
    return [entry for entry in batch if entry.change in changed], errors


def input_of(batch: Sequence[Entry], key: str) -> dict[str, object]:
    return {
        "name": _NAME,
        "reason": "correction",
        "referenceDocumentUri": f"gid://integration-hub/StockPush/{key}",
        "quantities": [
            {
                "inventoryItemId": entry.shown.item,
                "locationId": entry.shown.place,
                "quantity": entry.target.quantity,
                "changeFromQuantity": entry.target.expected,
            }
            for entry in batch
        ],
    }


def _culprits(errors: Sequence[UserError], batch: Sequence[Entry]) -> dict[Entry, UserError]:
    """The entries that are to blame: those named, or all where it is the call that is wrong."""
    named = {batch[number]: error for error in errors if (number := _number(error)) is not None and number < len(batch)}
    if named or not errors:
        return named
    blamed = batch if len(batch) == 1 or errors[0].code in _OF_THE_CALL else ()
    return dict.fromkeys(blamed, errors[0])


def _number(error: UserError) -> int | None:
    """Read which entry an error is about; its `field` is such as input, quantities, 3, quantity."""
    field = error.field or ()
    return int(field[2]) if len(field) > 2 and field[:2] == _ENTRY and field[2].isdecimal() else None


def _parts(rest: list[Entry], *, split: bool) -> list[list[Entry]]:
    """What is sent again: in halves where nobody was named, until one entry alone is to blame."""
    half = len(rest) // 2 if split else 0
    return [part for part in (rest[half:], rest[:half]) if part]


def _is_stale(error: UserError) -> bool:
    return error.code in _STALE if error.code else _STALE_WORDS.search(error.message) is not None


def _refused(entry: Entry, error: UserError) -> StockOutcome:
    return shown_.refused(entry.target, f"Shopify: {in_words(error.message, error.code or '')}")
