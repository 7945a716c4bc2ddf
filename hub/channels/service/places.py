"""Places of an account: the warehouses behind them, those that came and went, and where opening stock is booked."""

from __future__ import annotations

from collections.abc import Mapping

from hub.channels import store
from hub.channels.rules import places as rules
from hub.channels.rules.places import IMPLIED
from hub.channels.rules.warehouses import WarehouseKind
from hub.channels.service.hearing import retell
from hub.channels.service.telling import tell
from hub.channels.service.warehouses import default_of, fault_of
from hub.channels.store.accounts import AccountRow
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.events import Actor

DEFAULT, NONE = "default", "none"  # opening warehouses that are no ids


def behind(db: Transaction, account: AccountRow) -> Mapping[str, tuple[str, ...]]:
    """The ids of the warehouses whose stock each place of the account shows, by the place's ref; see the rule."""
    mapping = [each.mapped for each in store.places.mapped_places(db, (account.id,))[account.id]]
    return rules.behind(rules.present(account.places), mapping)


def opening_warehouse(db: Transaction, account: AccountRow) -> str | None:
    """Where the account's opening stock is booked; None: nowhere. `db` must be writing."""
    if account.opening_warehouse == NONE:
        return None
    if account.opening_warehouse == DEFAULT:
        return default_of(db, account.merchant_id).id
    return account.opening_warehouse


def choose_opening(db: Transaction, account: AccountRow, choice: str, *, actor: Actor) -> AccountRow:
    """Say where opening stock is booked: "default", "none" or the id of a warehouse.

    `account` was read by `mapping.locked`.
    """
    if choice not in (DEFAULT, NONE):
        found = store.warehouses.warehouse_of(db, account.merchant_id, choice)
        fault = fault_of(choice, found) or _fault_of_3pl(found)
        if fault:
            raise Invalid(fault, errors=(FieldError(field="warehouse", message=fault),))
    if choice == account.opening_warehouse:
        return account
    store.accounts.change(db, account.id, opening_warehouse=choice)
    before, after = {"opening_warehouse": account.opening_warehouse}, {"opening_warehouse": choice}
    tell(db, "account.opening_warehouse_chosen", account, actor=actor, before=before, after=after)
    return store.accounts.expect(db, account.id)


def _fault_of_3pl(found: Warehouse | None) -> str:
    if found is None or found.kind is WarehouseKind.OWN:
        return ""
    return f"{found.name} tells its own stock: say none, and an inbound or a sync brings it"


def note_changes(db: Transaction, old: AccountRow, new: AccountRow, *, actor: Actor) -> None:
    """Note places that came and went with a check: who came is unmapped, unless it was mapped before it went."""
    before, after = rules.present(old.places), rules.present(new.places)
    if set(before) == set(after):
        return
    mapped = {each.ref for each in store.places.mapped_places(db, (new.id,))[new.id]}
    came = [{"ref": ref, "name": names_of(new)[ref], "mapped": ref in mapped} for ref in after if ref not in before]
    went = [{"ref": ref, "name": names_of(old)[ref], "mapped": ref in mapped} for ref in before if ref not in after]
    retell(db, new.merchant_id, new.id)  # which place shows a shared warehouse may be another one now
    tell(db, "account.places_changed", new, actor=actor, after={"appeared": came, "gone": went})


def names_of(account: AccountRow) -> dict[str, str]:
    """The names of the places that an account has now, by ref."""
    return {place.ref: place.name for place in account.places} or {IMPLIED: ""}
