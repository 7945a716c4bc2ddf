"""Warehouses of 3PLs: made for the places of an account there, called as the 3PL calls them, archived with the account.

Whoever calls these has the merchant's warehouses to itself (`warehouses.one_at_a_time`), taken before the account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from hub_hookspecs import Kind, Place

from hub.channels import store
from hub.channels.rules.warehouses import Details, WarehouseKind, believed, is_called, name_key, unlike
from hub.channels.service.hearing import retell
from hub.channels.service.warehouses import REF_SHOWN, details_of, tell
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.merchants.service import judge_again

LONGEST_REF = 1000  # bytes: an index entry has a limit


def runs(channels: Channels, plugin: str) -> bool:
    """Whether accounts of this plugin are at a 3PL."""
    host = channels.hosts.loaded.get(plugin)
    return host is not None and host.channel.kind is Kind.FULFILMENT


def keep(channels: Channels, db: Transaction, account: AccountRow, *, actor: Actor, insists: bool = False) -> None:
    """Let the account have exactly one open warehouse for each place that it tells of.

    One whose place is gone stays as long as documents of it are open; with `insists`, where a person took the place
    away, that is refused instead.
    """
    here = {each.place_ref: each for each in store.warehouses.of_accounts(db, [account.id])}
    there = {place.ref for place in account.places}
    for gone in [each for ref, each in here.items() if ref not in there]:
        if reasons := channels.open_documents(db, gone.id):
            if insists:
                raise _still_open([gone], reasons)
            continue
        _retire(db, gone, actor=actor)
    taken = store.warehouses.name_keys(db, account.merchant_id)
    for place in account.places:
        found = here.get(place.ref)
        details = _details(account, place, found, taken)
        taken.add(name_key(details.name))
        if found is None:
            _make(db, account, place, details, actor=actor)
        elif details != details_of(found):
            tell(db, "warehouse.changed", store.warehouses.change(db, found.id, details), actor=actor, before=found)


def retire(channels: Channels, db: Transaction, account: AccountRow, *, actor: Actor) -> None:
    """Archive the account's warehouses, what lies there stays in the books; refused while documents are open."""
    here = store.warehouses.of_accounts(db, [account.id])
    for each in here:
        _retire(db, each, actor=actor)
    require_nothing_open(channels, db, here)


def require_nothing_open(channels: Channels, db: Transaction, warehouses: Sequence[Warehouse]) -> None:
    reasons = [reason for each in warehouses for reason in channels.open_documents(db, each.id)]
    if reasons:
        raise _still_open(warehouses, reasons)


def _retire(db: Transaction, old: Warehouse, *, actor: Actor) -> None:
    for account_id in store.places.mapped_to(db, old.id):
        retell(db, old.merchant_id, account_id)
    store.places.forget_warehouse(db, old.id)
    tell(db, "warehouse.archived", store.warehouses.archive(db, old.id), actor=actor, before=old)
    judge_again(db, old.merchant_id)  # orders may lie there that nobody sends any more


def _make(db: Transaction, account: AccountRow, place: Place, details: Details, *, actor: Actor) -> None:
    if len(place.ref.encode()) > LONGEST_REF:
        message = f"the 3PL names a warehouse by more than {LONGEST_REF} bytes: {place.ref[:REF_SHOWN]!r}..."
        raise Refused(message, code="place_ref_too_long")
    made = store.warehouses.add(
        db, new_id(), account.merchant_id, details,
        kind=WarehouseKind.THIRD_PARTY, account_id=account.id, place_ref=place.ref,
    )  # fmt: skip
    tell(db, "warehouse.created", made, actor=actor)


def _details(account: AccountRow, place: Place, found: Warehouse | None, taken: set[str]) -> Details:
    """What the 3PL says now, with what the merchant has said of it; a name that it has stays its own."""
    name = " ".join(place.name.split()) or place.ref
    told = believed(
        Details(
            name=found.name if found and is_called(found.name, name) else unlike(name, taken),
            country=place.country or account.country,
            timezone=place.timezone,
        )
    )
    if found is None:
        return told
    address = msgspec.structs.replace(found.address, country=told.country)
    return replace(told, code=found.code, address=address)


def _still_open(warehouses: Sequence[Warehouse], reasons: Sequence[str]) -> Refused:
    named = ", ".join(each.name for each in warehouses)
    return Refused(f"{named} still has open documents: {'; '.join(reasons)}", code="work_open")
