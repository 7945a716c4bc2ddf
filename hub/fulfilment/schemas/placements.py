"""Products in warehouses of 3PLs, as the API takes and shows them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hub.catalog.schemas.products import NewPrice, NewProduct
from hub.fulfilment.rules.inbounds import LARGEST, Line
from hub.stock.store.placed import Row

MOST = 500  # products placed at once
Identifier = Annotated[str, msgspec.Meta(max_length=36, pattern=r"^[0-9a-f-]{36}(?!\n)$", description="an id")]


class PlacedProducts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to add to a warehouse: products, and listings of which products are made first where they have none."""

    product_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=MOST)] = ()
    listing_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=MOST)] = ()


class PlacedProduct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The warehouse of a 3PL to add a product to."""

    warehouse_id: Identifier


class FirstGoods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many base units of a new product are on their way, and what one cost, where the warehouse wants that."""

    quantity: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
    unit_cost: NewPrice | None = None

    def goods(self, product_id: str) -> Line:
        return Line(None, product_id, self.quantity, self.unit_cost.money() if self.unit_cost else None)


class ProductToPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product to make and to add to the warehouse at once; with `inbound` its first goods are announced there too."""

    product: NewProduct
    inbound: FirstGoods | None = None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """How what was placed stands now, components in the place of bundles; the job that tells the warehouse of it.

    `notes` are for a person to mind, none of them is a block. With many products the rest is on the list.
    """

    items: list[Row]
    notes: list[str]
    job_id: str


class NewlyPlaced(Placed, frozen=True, kw_only=True):
    """The same of a new product; `inbound_id` is the list by which its goods were announced, null: none were."""

    inbound_id: str | None


class Placements(msgspec.Struct, frozen=True, kw_only=True):
    """The warehouses of 3PLs that a product was added to."""

    items: list[Row]
