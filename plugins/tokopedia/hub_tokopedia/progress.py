"""Where an import stands, as the short text that the host stores after each page."""

import msgspec
from hub_hookspecs import Rejected

from hub_tokopedia import payloads, translate

LOT = 50  # one answer holds no more products than a page


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """The next page of the listing, and the variants that its parents named and nobody has read yet."""

    page: int = 1
    last_sort: int = 0  # the last product of the page before: our guess at a format that was never published
    waiting: tuple[int, ...] = ()
    listed: bool = False  # the listing's end was seen

    @classmethod
    def read(cls, cursor: str) -> "Progress":
        try:
            return msgspec.json.decode(cursor, type=cls) if cursor else cls()
        except msgspec.DecodeError as error:
            raise Rejected(f"this import cannot go on from {cursor[:100]!r}: {error}") from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def done(self) -> bool:
        return self.listed and not self.waiting

    @property
    def lot(self) -> tuple[int, ...]:
        return self.waiting[:LOT]

    @property
    def lot_is_due(self) -> bool:
        """Wait for a full lot while the listing goes on: every request counts against the rate."""
        return self.listed or len(self.waiting) >= LOT

    def after_page(self, products: tuple[payloads.Product, ...]) -> "Progress":
        """Go on after a page of the listing: short pages happen in the middle, only an empty one is the end."""
        if not products:
            return msgspec.structs.replace(self, listed=True)
        named = tuple(ref for product in products for ref in translate.children(product))
        last = next((product.basic.product_id for product in reversed(products) if product.basic), 0)
        if last and last == self.last_sort:
            # Also what would happen if our guess at `last_sort` were ignored: without this the import never ended.
            raise Rejected(f"Tokopedia gave the same page twice: page {self.page} ends with product {last} as well")
        return Progress(page=self.page + 1, last_sort=last or self.last_sort, waiting=self.waiting + named)

    def after_lot(self) -> "Progress":
        """Go on after the oldest lot of variants was read."""
        return msgspec.structs.replace(self, waiting=self.waiting[LOT:])
