"""Places of an account with the warehouses behind them, as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hub.channels.rules.places import Mapped

MANY = 1000  # places of an account

WarehouseId = Annotated[
    str, msgspec.Meta(max_length=36, pattern=r"^[0-9a-f-]{36}(?!\n)$", description="the id of a warehouse")
]


class NamedWarehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse behind a place."""

    id: str
    name: str


class AccountPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account shows stock: a place that its channel tells of, or with `ref` "" the account as a whole.

    `gone`: the last check no longer found it; its mapping is kept, as far as no place that is there needs it. `note`
    says what keeps stock from being shown there.
    """

    ref: str
    name: str
    country: str = ""
    timezone: str = ""
    warehouses: tuple[NamedWarehouse, ...] = ()
    shared: bool = False
    gone: bool = False
    note: str = ""


class AccountPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """All places of an account: mapped ones in the order of the mapping, then those that wait for one."""

    items: tuple[AccountPlace, ...]


class PlaceMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The warehouses behind a place; none: nothing is pushed there.

    `shared` says openly that their stock is added up, or that one of them stands behind other places too.
    """

    ref: Annotated[str, msgspec.Meta(max_length=500)]
    warehouses: Annotated[tuple[WarehouseId, ...], msgspec.Meta(max_length=100)]
    shared: bool = False


class PlaceMappings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole mapping of an account; a place that is left out is not mapped.

    A warehouse behind several places is shown at the first of them, in this order, and counts 0 at the others.
    """

    places: Annotated[tuple[PlaceMapping, ...], msgspec.Meta(max_length=MANY)]

    @property
    def mapping(self) -> list[Mapped]:
        return [Mapped(place_ref=each.ref, warehouses=each.warehouses, shared=each.shared) for each in self.places]


class OpeningWarehouse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the stock of an account's first confirmed listings is booked."""

    warehouse: Annotated[
        str,
        msgspec.Meta(
            max_length=36,
            pattern=r"^(default|none|[0-9a-f-]{36})(?!\n)$",
            description="default, none (an inbound or a count will bring the stock), or the id of a warehouse",
            examples=["default"],
        ),
    ]
