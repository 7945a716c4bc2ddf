"""From Shopify's variants to the hub's items: pure, no network, no clock."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hub_hookspecs import Item, Money, Token

from hub_shopify import envelope
from hub_shopify.payloads import catalogue, pushed

STATUSES = ("active", "archived", "draft", "unlisted")
EVERY_STATUS = f"product_status:{','.join(STATUSES)}"  # unasked, Shopify might give active ones only
_SELLING = frozenset({"ACTIVE", "UNLISTED"})  # unlisted: hidden from search, sold to whoever has the link
_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}
_LARGEST = 2**31 - 1
_LATEST = 366 * 24 * 3600  # seconds; Shopify's tokens hold for a day
NO_OPTION, NO_VALUE = "Title", "Default Title"  # what a product without options has all the same


def item(variant: catalogue.Variant, levels: Iterable[catalogue.Level], currency: str) -> Item:
    """Translate one variant; `levels` are its stock at every location."""
    product = variant.product
    return Item(
        ref=variant.id,
        parent_ref=product.id,
        sku=variant.sku or "",
        name=name(variant),
        active=product.status in _SELLING,
        quantity=quantity(variant.inventory_item, levels),
        price=_money(variant.price, currency),
        barcode=variant.barcode or "",
        image_urls=_image_urls(variant),
        options=options(variant.selected_options),
        weight_g=grams(variant.inventory_item.measurement),
        description=product.description,
        url=product.online_store_url or "",
        raw_status=_raw_status(variant),
        updated_at=instant(variant.updated_at),
    )


def quantity(item: catalogue.InventoryItem, levels: Iterable[catalogue.Level]) -> int | None:
    """What may be sold at all active locations; None where Shopify does not track the variant."""
    if not item.tracked:
        return None
    return sellable(sum(level.available for level in levels if level.is_open))


def sellable(available: int) -> int:
    """What a store shows as a quantity of the hub; oversold, it is below zero there."""
    return min(max(available, 0), _LARGEST)


def options(selected: Iterable[catalogue.SelectedOption]) -> dict[str, str]:
    """What tells a variant from its siblings; nothing where it has none."""
    found = {option.name: option.value for option in selected if option.name}
    return {} if found == {NO_OPTION: NO_VALUE} else found


def grams(measurement: catalogue.Measurement | None) -> int | None:
    """Whole grams; None where nothing was entered, or in a unit that we do not know."""
    weight = measurement.weight if measurement else None
    factor = _GRAMS.get(weight.unit) if weight else None
    if weight is None or factor is None or not 0 < weight.value < _LARGEST:
        return None
    return min(int((weight.value * factor).quantize(Decimal(1), ROUND_HALF_UP)), _LARGEST)


def token(answer: envelope.Token, now: datetime) -> Token:
    """Keep the token for as long as the answer says; without a sensible term a refusal will tell."""
    lasting = 0 < answer.expires_in < _LATEST
    return Token(value=answer.access_token, expires_at=now + timedelta(seconds=answer.expires_in) if lasting else None)


def name(variant: catalogue.Variant | pushed.ListedVariant) -> str:
    """The product's title, and behind it what tells the variant from its siblings."""
    return f"{variant.product.title}{suffix(variant)}".strip()


def suffix(variant: catalogue.Variant | pushed.ListedVariant) -> str:
    """What stands behind the product's title; nothing where the product has no options."""
    alone = variant.product.has_only_default_variant or variant.title in ("", NO_VALUE)
    return "" if alone else f" - {variant.title}"


def _raw_status(variant: catalogue.Variant) -> str:
    """Shopify's word, and what a person should know before linking: untracked stock, a SKU that others have too."""
    return ", ".join(_remarks(variant))


def _remarks(variant: catalogue.Variant) -> Iterator[str]:
    yield variant.product.status.lower()
    if not variant.inventory_item.tracked:
        yield "stock not tracked"
    others = variant.inventory_item.duplicate_sku_count
    if others > 0 and variant.sku:
        yield f"SKU shared with {others} more"


def _image_urls(variant: catalogue.Variant) -> tuple[str, ...]:
    """The variant's own pictures first, then the product's."""
    found = [*variant.media.nodes, variant.product.featured_media]
    urls = (media.preview.image.url for media in found if media and media.preview and media.preview.image)
    return tuple(dict.fromkeys(url for url in urls if url))


def _money(amount: Decimal | None, currency: str) -> Money | None:
    sensible = amount is not None and amount.is_finite() and amount >= 0
    return Money(amount=amount, currency=currency) if sensible and amount is not None else None


def instant(moment: datetime | None) -> datetime | None:
    """In UTC; None where it names no zone, and so no instant."""
    return moment.astimezone(UTC) if moment and moment.tzinfo else None
