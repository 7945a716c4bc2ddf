"""What is read before a push, and what Shopify answers to one."""

from decimal import Decimal

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Count, Measurement, Nodes, SelectedOption, Shop


class Ids(Wire, frozen=True):
    id: str


class FoundByKey(Wire, frozen=True):
    product_by_identifier: Ids | None


class FoundDefinition(Wire, frozen=True):
    shop: Shop
    metafield_definitions: Nodes[Ids]


class ListedItem(Wire, frozen=True):
    measurement: Measurement | None = None


class ListedProduct(Wire, frozen=True):
    id: str
    title: str = ""
    vendor: str = ""
    product_type: str = ""
    has_only_default_variant: bool = False
    description: str = ""
    description_html: str = ""
    online_store_url: str | None = None
    media_count: Count | None = None
    variants_count: Count | None = None


class ListedVariant(Wire, frozen=True):
    id: str
    product: ListedProduct
    inventory_item: ListedItem = ListedItem()
    title: str = ""
    sku: str | None = None
    barcode: str | None = None
    price: Decimal | None = None
    selected_options: tuple[SelectedOption, ...] = ()


class ReadListing(Wire, frozen=True):
    shop: Shop
    product_variant: ListedVariant | None


class Sibling(Wire, frozen=True):
    id: str
    sku: str | None = None
    selected_options: tuple[SelectedOption, ...] = ()


class Siblings(ListedProduct, frozen=True):
    variants: Nodes[Sibling] = Nodes()


class ReadSiblings(Wire, frozen=True):
    shop: Shop
    product: Siblings | None


class FoundBySku(Wire, frozen=True):
    product_variants: Nodes[Sibling]


class CreatedProduct(Wire, frozen=True):
    id: str
    online_store_url: str | None = None
    variants: Nodes[Ids] = Nodes()


class ProductSet(Wire, frozen=True):
    product: CreatedProduct | None = None


class ProductUpdated(Wire, frozen=True):
    product: Ids | None = None


class VariantsWritten(Wire, frozen=True):
    product_variants: tuple[Ids, ...] | None = None


class DefinitionCreated(Wire, frozen=True):
    created_definition: Ids | None = None
