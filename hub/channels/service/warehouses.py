"""Warehouses of a merchant: one is its default from the first moment that anybody asks for it, others are made.

All changes of one merchant's warehouses, and of what is mapped to them, pass one at a time.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from hub.channels import store
from hub.channels.rules.warehouses import DEFAULT_NAME, Details, WarehouseKind, faults
from hub.channels.store.places import Use
from hub.channels.store.warehouses import Warehouse
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import SYSTEM, Actor, Subject
from hub.kernel.ids import new_id

TOLD = 5  # uses of a warehouse that a refusal names
REF_SHOWN = 60  # characters of what a 3PL calls a warehouse


def one_at_a_time(db: Transaction, merchant_id: str) -> None:
    db.serialise(f"warehouses:{merchant_id}")


def default_of(db: Transaction, merchant_id: str) -> Warehouse:
    """The merchant's default warehouse, made now where there is none; `db` must be writing."""
    found = store.warehouses.default_of(db, merchant_id)
    if found is not None:
        return found
    one_at_a_time(db, merchant_id)
    found = store.warehouses.default_of(db, merchant_id)  # whoever was quicker has made it
    return found or _make(db, merchant_id, Details(name=DEFAULT_NAME), is_default=True, actor=SYSTEM)


def warehouse(db: Transaction, merchant_id: str, warehouse_id: str) -> Warehouse:
    """Find a warehouse of the merchant, archived ones too."""
    found = store.warehouses.warehouse_of(db, merchant_id, warehouse_id)
    if found is None:
        raise NotFound("warehouse")
    return found


def create(db: Transaction, merchant_id: str, details: Details, *, actor: Actor) -> Warehouse:
    default_of(db, merchant_id)
    one_at_a_time(db, merchant_id)
    return _make(db, merchant_id, _checked(db, merchant_id, details), is_default=False, actor=actor)


def change(
    db: Transaction, old: Warehouse, details: Details, *, actor: Actor, is_default: bool | None = None
) -> Warehouse:
    """Give it other details; `is_default` True takes the mark from the one that has it.

    Nothing is written or recorded where nothing differs. `old` was read after `one_at_a_time`.
    """
    if old.archived_at is not None:
        raise Refused("the warehouse is archived; make a new one", code="warehouse_archived")
    if old.kind is WarehouseKind.THIRD_PARTY:
        _require_own(old, details, is_default=is_default)
    if old.is_default and is_default is False:
        message = "one warehouse is always the default; make another one the default instead"
        raise Refused(message, code="default_warehouse", errors=(FieldError(field="is_default", message=message),))
    new = old
    checked = _checked(db, old.merchant_id, details, but=old.id)
    if checked != details_of(old):
        new = store.warehouses.change(db, old.id, checked)
    if is_default and not old.is_default:
        new = _take_the_mark(db, new, actor=actor)
    if new != old:
        tell(db, "warehouse.changed", new, actor=actor, before=old)
    return new


def archive(db: Transaction, merchant_id: str, warehouse_id: str, *, actor: Actor) -> Warehouse:
    """Take a warehouse out of use for good; its name is free for another one."""
    one_at_a_time(db, merchant_id)
    old = warehouse(db, merchant_id, warehouse_id)
    if old.archived_at is not None:
        return old
    if old.is_default:
        raise Refused("it is the merchant's default; make another one the default first", code="default_warehouse")
    if old.kind is WarehouseKind.THIRD_PARTY:
        cure = f"take {old.place_ref[:REF_SHOWN]!r} out of the settings of account {old.account_id}, or close that one"
        raise Refused(f"{old.name} is a 3PL's: {cure}", code="third_party_warehouse")
    uses = [_in_words(use) for use in store.places.uses_of(db, merchant_id, old.id, limit=TOLD)]
    if uses:
        raise Refused(f"the warehouse is in use: {'; '.join(uses)}; choose another there first", code="warehouse_used")
    store.places.forget_warehouse(db, old.id)  # places that are gone were mapped to it: they come back unmapped
    new = store.warehouses.archive(db, old.id)
    tell(db, "warehouse.archived", new, actor=actor, before=old)
    return new


def fault_of(warehouse_id: str, found: Warehouse | None) -> str:
    """Why nothing can be mapped to this warehouse, which was looked for by its id; "" where it can."""
    if found is None:
        return f"there is no warehouse {warehouse_id!r}; the merchant's list of warehouses has their ids"
    return f"{found.name} is archived; choose another one" if found.archived_at else ""


def details_of(row: Warehouse) -> Details:
    return Details(name=row.name, code=row.code, country=row.country, timezone=row.timezone, address=row.address)


def _checked(db: Transaction, merchant_id: str, details: Details, *, but: str = "") -> Details:
    """The details as they are kept: trimmed, their address in their country; or every field that cannot be."""
    trimmed = replace(details, name=details.name.strip(), code=details.code.strip())
    errors = tuple(FieldError(field=field, message=message) for field, message in faults(trimmed))
    if errors:
        raise Invalid(f"{len(errors)} field(s) of the warehouse need to change", errors=errors)
    for other in store.warehouses.namesakes(db, merchant_id, trimmed, but=but):
        field = "code" if trimmed.code and other.code == trimmed.code else "name"
        message = f"warehouse {other.name!r} ({other.id}) has this {field} already; choose another one"
        raise Refused(message, code="warehouse_exists", errors=(FieldError(field=field, message=message),))
    return replace(trimmed, address=msgspec.structs.replace(trimmed.address, country=trimmed.country))


def _make(db: Transaction, merchant_id: str, details: Details, *, is_default: bool, actor: Actor) -> Warehouse:
    made = store.warehouses.add(db, new_id(), merchant_id, details, is_default=is_default)
    tell(db, "warehouse.created", made, actor=actor)
    return made


def _require_own(old: Warehouse, details: Details, *, is_default: bool | None) -> None:
    """What a 3PL says of its warehouse is not for the merchant to say; their own code and its address are."""
    told = {name: f"is as its 3PL says: {getattr(old, name)!r}" for name in ("name", "country", "timezone")}
    errors = [
        FieldError(field=name, message=message)
        for name, message in told.items()
        if getattr(details, name) != getattr(old, name)
    ]
    if is_default:
        errors.append(FieldError(field="is_default", message="the default is a warehouse of the merchant's own"))
    if errors:
        message = f"{old.name} is a 3PL's: only its code and address can be changed"
        raise Refused(message, code="third_party_warehouse", errors=tuple(errors))


def _take_the_mark(db: Transaction, heir: Warehouse, *, actor: Actor) -> Warehouse:
    old = default_of(db, heir.merchant_id)
    new = store.warehouses.make_default(db, old.id, heir.id)
    left = warehouse(db, heir.merchant_id, old.id)
    tell(db, "warehouse.changed", left, actor=actor, before=old)
    return new


def _in_words(use: Use) -> str:
    match use.place_ref:
        case None:
            return f"it is the opening warehouse of account {use.account!r}"
        case "":
            return f"account {use.account!r} is mapped to it"
        case place_ref:
            return f"place {place_ref!r} of account {use.account!r} is mapped to it"


def tell(db: Transaction, kind: str, row: Warehouse, *, actor: Actor, before: Warehouse | None = None) -> None:
    events.record(
        db,
        kind,
        merchant_id=row.merchant_id,
        subject=Subject(kind="warehouse", id=row.id),
        actor=actor,
        before=None if before is None else _told(before),
        after=_told(row),
    )


def _told(row: Warehouse) -> dict[str, object]:
    """What events keep for good: not who answers the telephone there."""
    named = ("kind", "name", "code", "country", "timezone", "is_default", "archived_at", "account_id", "place_ref")
    place = {name: getattr(row.address, name) for name in ("lines", "district", "city", "state", "postcode")}
    return {name: getattr(row, name) for name in named} | {"address": place}
