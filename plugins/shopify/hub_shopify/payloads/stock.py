"""Levels on Shopify's wire, as they stand and as they were set."""

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Level, Nodes


class StockedItem(Wire, frozen=True):
    id: str = ""
    tracked: bool = False
    inventory_level: Level | None = None  # at the one place that was asked for
    inventory_levels: Nodes[Level] = Nodes()


class StockedVariant(Wire, frozen=True):
    """Without an id it is no variant: the answer to an id of something else."""

    id: str = ""
    sku: str | None = None
    inventory_item: StockedItem = StockedItem()


class Stocked(Wire, frozen=True):
    nodes: tuple[StockedVariant | None, ...]


class StockedPage(Wire, frozen=True):
    product_variants: Nodes[StockedVariant]


class Named(Wire, frozen=True):
    id: str = ""


class Change(Wire, frozen=True):
    name: str = ""
    delta: int = 0
    item: Named | None = None
    location: Named | None = None


class Group(Wire, frozen=True):
    changes: tuple[Change, ...] = ()


class StockSet(Wire, frozen=True):
    inventory_adjustment_group: Group | None = None
