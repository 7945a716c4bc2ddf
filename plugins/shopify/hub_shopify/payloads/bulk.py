"""Bulk operations: how they stand, and the lines of their results."""

import msgspec

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import LocationOfLevel, Preview, Quantity, Shop


class BulkOperation(Wire, frozen=True):
    id: str
    status: str = ""
    error_code: str | None = None
    root_object_count: int = 0  # text on the wire
    file_size: int | None = None
    url: str | None = None


class BulkStarted(Wire, frozen=True):
    bulk_operation: BulkOperation | None = None


class BulkPoll(Wire, frozen=True):
    shop: Shop
    bulk_operation: BulkOperation | None = None


class BulkLine(Wire, frozen=True):
    """One line of a result: a variant, or with a parent a level or an image of the variant before it."""

    parent_id: str = msgspec.field(default="", name="__parentId")
    preview: Preview | None = None
    is_active: bool = False
    location: LocationOfLevel | None = None
    quantities: tuple[Quantity, ...] = ()
