"""Looks where a product stands in a store before anything is written there."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hub_hookspecs import Product, Rejected, Temporary

from hub_shopify import documents, inputs, translate
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads import pushed

_MOST_PAGES = 10  # of 250; a product has 2,048 variants at most


class Family(NamedTuple):
    """A product at Shopify, and its variants."""

    product: pushed.ListedProduct
    variants: tuple[pushed.Sibling, ...]

    def chose(self, options: Mapping[str, str]) -> pushed.Sibling | None:
        """The variant with these options; Shopify allows each combination once."""
        wanted = dict(options)
        found = (one for one in self.variants if {each.name: each.value for each in one.selected_options} == wanted)
        return next(found, None)


class Lookup:
    """What one store has of one product; each look also holds the price against the store's currency."""

    def __init__(self, client: ShopifyClient, product: Product) -> None:
        self._client = client
        self._product = product

    @property
    def parent(self) -> str:
        """The product at Shopify that this is to be a variant of; "" where it is one of its own."""
        return self._product.attributes.get(inputs.PARENT, "")

    def listed(self, ref: str) -> pushed.ListedVariant | None:
        """The variant as it stands; None where it is gone."""
        answer = self._client.query(documents.READ_LISTING, pushed.ReadListing, id=ref)
        self._hold_price_against(answer.shop.currency_code)
        return answer.product_variant

    def key_is_defined(self) -> bool:
        """Whether the store keeps the hub's keys unique."""
        answer = self._client.query(
            documents.FIND_KEY_DEFINITION,
            pushed.FoundDefinition,
            namespace=inputs.KEY_NAMESPACE,
            key=inputs.KEY,
        )
        self._hold_price_against(answer.shop.currency_code)
        return bool(answer.metafield_definitions.nodes)

    def keyed(self) -> str:
        """The product at Shopify that a push of this key made; "" where there is none."""
        answer = self._client.query(
            documents.FIND_BY_KEY, pushed.FoundByKey, identifier=inputs.identifier(self._product)
        )
        return answer.product_by_identifier.id if answer.product_by_identifier else ""

    def coded(self) -> str:
        """A variant that has the product's SKU, whoever made it; "" where there is none."""
        code = self._product.sku.strip()
        if not code:
            return ""
        answer = self._client.query(documents.FIND_BY_SKU, pushed.FoundBySku, filter=inputs.having_sku(code))
        # Shopify finds it whatever its case; for the hub that is another one.
        same = (one.id for one in answer.product_variants.nodes if (one.sku or "").strip() == code)
        return next(same, "")

    def made(self, parent: str) -> pushed.Sibling | None:
        """The variant that a push of this key made below `parent`; None where it is gone.

        Others may have joined since, and its SKU may have been changed: without our SKU only the one variant that there
        is can be it, and only with our options.
        """
        there = self.family(parent).variants
        ours = [one for one in there if one.sku and one.sku == self._product.sku] or there
        fitting = [one for one in ours if translate.options(one.selected_options) == self._product.options]
        if ours is there:
            return fitting[0] if len(there) == len(fitting) == 1 else None
        return (fitting or ours)[0]

    def family(self, parent: str) -> Family:
        """A product at Shopify with all its variants."""
        pages = list(self._pages(parent))
        return Family(pages[0], tuple(one for page in pages for one in page.variants.nodes))

    def _pages(self, parent: str) -> Iterator[pushed.Siblings]:
        after = None
        for _ in range(_MOST_PAGES):
            answer = self._client.query(documents.READ_SIBLINGS, pushed.ReadSiblings, id=parent, after=after)
            self._hold_price_against(answer.shop.currency_code)
            if answer.product is None:
                raise Rejected(f"Shopify has no product {parent}: correct {inputs.PARENT}")
            yield answer.product
            if not answer.product.variants.page_info.has_next_page:
                return
            after = answer.product.variants.page_info.end_cursor
        raise Temporary(f"Shopify lists ever more variants of {parent}")

    def _hold_price_against(self, currency: str) -> None:
        price = self._product.price
        if price is not None and price.currency != currency:
            raise Rejected(f"price is in {price.currency}, the store sells in {currency}: set a price in {currency}")
