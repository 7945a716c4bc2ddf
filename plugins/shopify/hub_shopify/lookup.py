"""Looks where a product stands in a store before anything is written there."""

from collections.abc import Iterator

from hub_hookspecs import Product, Rejected, Temporary

from hub_shopify import documents, inputs
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads import pushed

_MOST_PAGES = 10  # of 250; a product has 2,048 variants at most


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
        """The variant that a push of this key made, by SKU where people added others; "" where there is none."""
        answer = self._client.query(
            documents.FIND_BY_KEY, pushed.FoundByKey, identifier=inputs.identifier(self._product)
        )
        variants = answer.product_by_identifier.variants.nodes if answer.product_by_identifier else ()
        ours_first = sorted(variants, key=lambda variant: variant.sku != self._product.sku)
        return ours_first[0].id if ours_first else ""

    def sibling(self) -> pushed.Sibling | None:
        """The variant of `parent` with the same options; Shopify allows each combination once."""
        wanted = dict(self._product.options)
        found = (one for one in self._siblings() if {each.name: each.value for each in one.selected_options} == wanted)
        return next(found, None)

    def _siblings(self) -> Iterator[pushed.Sibling]:
        after = None
        for _ in range(_MOST_PAGES):
            answer = self._client.query(documents.READ_SIBLINGS, pushed.ReadSiblings, id=self.parent, after=after)
            self._hold_price_against(answer.shop.currency_code)
            if answer.product is None:
                raise Rejected(f"Shopify has no product {self.parent}: correct {inputs.PARENT}")
            yield from answer.product.variants.nodes
            if not answer.product.variants.page_info.has_next_page:
                return
            after = answer.product.variants.page_info.end_cursor
        raise Temporary(f"Shopify lists ever more variants of {self.parent}")

    def _hold_price_against(self, currency: str) -> None:
        price = self._product.price
        if price is not None and price.currency != currency:
            raise Rejected(f"price is in {price.currency}, the store sells in {currency}: set a price in {currency}")
