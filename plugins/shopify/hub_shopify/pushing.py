"""Creates and updates listings, and finds them again: looks before it writes, and deletes nothing."""

from hub_hookspecs import Absent, Listing, Product, Rejected, Temporary, UnknownOutcome

from hub_shopify import changes, documents, inputs
from hub_shopify.client import ShopifyClient
from hub_shopify.lookup import Lookup
from hub_shopify.payloads import pushed
from hub_shopify.settings import ShopifySettings

_TAKEN = "TAKEN"
_FIRST_STOCK = 0  # it is counted from the start, and no push of a product says how many there are


class Pushing:
    """One product on its way to one store."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings, product: Product) -> None:
        self._client = client
        self._settings = settings
        self._product = product
        self._look = Lookup(client, product)

    def push(self) -> Listing:
        if self._product.listing_ref:
            return self._update(self._product.listing_ref)
        return self._add(self._look.parent) if self._look.parent else self._create()

    def find(self) -> Listing | Absent:
        """Whether what was pushed is there: as a new listing, or as what an old one shows now."""
        ref = self._product.listing_ref or self._made()
        listed = self._look.listed(ref) if ref else None
        if listed is None or (self._product.listing_ref and not changes.shows(listed, self._product)):
            return Absent(key=self._product.key)
        return self._listing(listed)

    def _made(self) -> str:
        """The variant that an earlier push made; "" where none did."""
        if self._look.parent:
            there = self._look.family(self._look.parent).chose(self._product.options)
            return there.id if there and there.sku == self._product.sku else ""
        keyed = self._look.keyed() if self._look.key_is_defined() else ""
        made = self._look.made(keyed) if keyed else None
        return made.id if made else ""

    def _create(self) -> Listing:
        if not self._look.key_is_defined():
            self._define_key()
        elif keyed := self._look.keyed():  # an earlier try arrived
            return self._again(keyed)
        try:
            self._require_new_code()
            return self._set()
        except Rejected:
            keyed = self._look.keyed()
            if not keyed:
                raise
            return self._again(keyed)  # somebody was quicker with this key, which Shopify takes but once

    def _require_new_code(self) -> None:
        """Shopify takes a SKU as often as it is given: one that the store has already would be sold twice."""
        if taken := self._look.coded():
            raise Rejected(
                f"Shopify has the SKU {self._product.sku!r} already, as {taken}: restock that one there, import again "
                "and link it, or give this product another SKU",
                code="sku",
            )

    def _set(self) -> Listing:
        made = self._client.mutate(
            documents.CREATE_PRODUCT,
            "productSet",
            pushed.ProductSet,
            input=inputs.created(self._product, status=self._settings.new_products),
        ).product
        if made is None or not made.variants.nodes:
            raise UnknownOutcome("Shopify took the product and named no variant")
        url = self._url(made.id, made.online_store_url)
        sells = self._settings.new_products == "active"
        return Listing(ref=made.variants.nodes[0].id, url=url, quantity=_FIRST_STOCK, active=sells)

    def _define_key(self) -> None:
        """Let Shopify keep the hub's keys unique; having been quicker before is a success."""
        try:
            defined = self._client.mutate(
                documents.DEFINE_KEY,
                "metafieldDefinitionCreate",
                pushed.DefinitionCreated,
                definition=inputs.KEY_DEFINITION,
            )
        except Rejected as error:
            if error.code != _TAKEN:
                raise
            return
        if defined.created_definition is None:
            raise Temporary("Shopify does not say that it keeps the hub's keys unique from now on")

    def _again(self, keyed: str) -> Listing:
        """Bring up to date what an earlier push of this key made; its variant is added where only its siblings stay."""
        made = self._look.made(keyed)
        return self._update(made.id) if made else self._add(keyed)

    def _add(self, parent: str) -> Listing:
        """Add a variant to a product that is there."""
        if not self._product.options:
            raise Rejected(f"options are missing: say what tells this variant from the others of {parent}")
        family = self._look.family(parent)
        there = family.chose(self._product.options)
        if there and there.sku != self._product.sku:
            raise Rejected(f"the product has a variant with these options already; its SKU is {there.sku!r}")
        if there:
            return self._update(there.id)
        changes.require_own(self._product, family.product, self._product.options)
        made = self._client.mutate(
            documents.ADD_VARIANT,
            "productVariantsBulkCreate",
            pushed.VariantsWritten,
            productId=parent,
            variants=[inputs.added(self._product)],
        ).product_variants
        if not made:
            raise UnknownOutcome("Shopify took the variant and did not name it")
        return Listing(ref=made[0].id, url=self._url(parent, None), quantity=_FIRST_STOCK)

    def _update(self, ref: str) -> Listing:
        listed = self._look.listed(ref)
        if listed is None:
            raise Rejected(f"Shopify has no variant {ref} any more: import again, and unlink this listing")
        changes.require_writable(self._product, listed)
        left = changes.unshown(self._product, listed)
        self._write_variant(listed, left)
        if changes.stands_alone(listed):  # else title and texts belong to its siblings too
            self._write_product(listed, left)
        return self._listing(listed)

    def _write_variant(self, listed: pushed.ListedVariant, left: Product) -> None:
        fields = inputs.variant_fields(left)
        if not fields:
            return
        written = self._client.mutate(
            documents.UPDATE_VARIANT,
            "productVariantsBulkUpdate",
            pushed.VariantsWritten,
            productId=listed.product.id,
            variants=[{"id": listed.id, **fields}],
        ).product_variants
        if listed.id not in {variant.id for variant in written or ()}:
            raise UnknownOutcome(f"Shopify does not say that it wrote {listed.id}")

    def _write_product(self, listed: pushed.ListedVariant, left: Product) -> None:
        fields = inputs.product_fields(left)
        count = listed.product.media_count
        # Shopify adds what it is given, so pictures go only where there are none.
        media = inputs.media(left) if count is not None and count.count == 0 else []
        if not (fields or media):
            return
        written = self._client.mutate(
            documents.UPDATE_PRODUCT,
            "productUpdate",
            pushed.ProductUpdated,
            product={"id": listed.product.id, **fields},
            media=media,
        ).product
        if written is None:
            raise UnknownOutcome(f"Shopify does not say that it wrote {listed.product.id}")

    def _listing(self, listed: pushed.ListedVariant) -> Listing:
        return Listing(ref=listed.id, url=self._url(listed.product.id, listed.product.online_store_url))

    def _url(self, product: str, public: str | None) -> str:
        """Where people see it: in the shop, or where it is not published, in the store's admin."""
        return public or f"https://{self._settings.shop}/admin/products/{product.rpartition('/')[2]}"
