"""Warehouses as the API takes them; it shows them as they are kept."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from hub_hookspecs import Address

from hub.channels.rules.warehouses import Details
from hub.channels.service.warehouses import details_of
from hub.channels.store.warehouses import Warehouse
from hub.kernel.api.texts import Name

T = TypeVar("T")
Line = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*(?!\n)$",
        description="one line, which may be empty",
    ),
]
Code = Annotated[
    str,
    msgspec.Meta(
        max_length=60, pattern=r"^[\x20-\x7e]*(?!\n)$", description="letters, digits and signs of ASCII; empty: none"
    ),
]
Country = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Z]{2})?(?!\n)$",
        description="two capital letters of ISO 3166-1, such as ID; empty: not told",
        examples=["ID"],
    ),
]
Timezone = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]*(?!\n)$",
        description="an IANA name such as Asia/Jakarta; empty: not told",
        examples=["Asia/Jakarta"],
    ),
]


class WarehouseAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it stands and who answers there. `country` is the warehouse's and may be left out."""

    name: Line = ""
    phone: Line = ""
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=6)] = ()
    district: Line = ""
    city: Line = ""
    state: Line = ""
    postcode: Line = ""
    country: Country = ""


class NewWarehouse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warehouse of the merchant's own. Its name, and its code where it has one, are its alone while it is open."""

    name: Name
    country: Country
    code: Code = ""
    timezone: Timezone = ""
    address: WarehouseAddress = WarehouseAddress()


class WarehouseChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. `is_default` true takes the mark from the one that has it."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    country: Country | msgspec.UnsetType = msgspec.UNSET
    code: Code | msgspec.UnsetType = msgspec.UNSET
    timezone: Timezone | msgspec.UnsetType = msgspec.UNSET
    address: WarehouseAddress | msgspec.UnsetType = msgspec.UNSET
    is_default: bool | msgspec.UnsetType = msgspec.UNSET


def details_given(new: NewWarehouse) -> Details:
    return Details(
        name=new.name, code=new.code, country=new.country, timezone=new.timezone, address=_address(new.address)
    )


def details_changed(old: Warehouse, change: WarehouseChange) -> Details:
    """What stands with what is given over it; an address that is left out moves with its country."""
    stands = details_of(old)
    address = msgspec.structs.replace(stands.address, country="")
    return Details(
        name=_over(stands.name, change.name),
        code=_over(stands.code, change.code),
        country=_over(stands.country, change.country),
        timezone=_over(stands.timezone, change.timezone),
        address=address if isinstance(change.address, msgspec.UnsetType) else _address(change.address),
    )


def _address(given: WarehouseAddress) -> Address:
    return Address(**msgspec.structs.asdict(given))


def _over(stands: T, given: T | msgspec.UnsetType) -> T:
    return stands if isinstance(given, msgspec.UnsetType) else given
