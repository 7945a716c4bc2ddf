"""What of a product its listing does not show yet: pure. An update writes that alone, so it takes nothing away."""

import html
import re
from collections.abc import Iterator, Mapping

import msgspec
from hub_hookspecs import Product, Rejected

from hub_shopify import inputs, translate
from hub_shopify.payloads import pushed


def unshown(product: Product, listed: pushed.ListedVariant) -> Product:
    """The product without the fields that the store shows as they are; what is blank is not written."""
    weight, price = translate.grams(listed.inventory_item.measurement) or 0, product.price
    return msgspec.structs.replace(
        product,
        sku=_unless(product.sku == listed.sku, product.sku),
        barcode=_unless(product.barcode == listed.barcode, product.barcode),
        price=None if price is not None and price.amount == listed.price else price,
        weight_g=None if product.weight_g == weight else product.weight_g,
        name=_title(product.name, listed),
        description=_unless(_says(listed.product, product.description), product.description),
        attributes={name: value for name, value in product.attributes.items() if value != _shown(listed.product, name)},
    )


def shows(listed: pushed.ListedVariant, product: Product) -> bool:
    """Whether a listing shows what was pushed, as far as Shopify gives it back unchanged."""
    left = unshown(product, listed)
    return not inputs.variant_fields(left) and not (stands_alone(listed) and left.name)


def require_writable(product: Product, listed: pushed.ListedVariant) -> None:
    """Raise what the product says otherwise than the store and no update of this one listing can change there."""
    chosen = translate.options(listed.selected_options)
    if product.options and product.options != chosen:
        said = ", ".join(f"{name}: {value}" for name, value in chosen.items()) or "none"
        raise Rejected(
            f"options: an update leaves a variant its options, and those of this one are {said}; put these back, or "
            "leave options empty",
            code="options",
        )
    if not stands_alone(listed):
        require_own(product, listed.product, chosen)


def require_own(product: Product, there: pushed.ListedProduct, chosen: Mapping[str, str]) -> None:
    """Raise what `there` has otherwise for all its variants, so that the one that chose this cannot say it alone."""
    faults = list(_of_all(product, there, chosen))
    if faults:
        raise Rejected(
            f"Shopify keeps this for all variants of {there.title[:100]!r} together: {'; '.join(faults)}; or change it "
            "in Shopify first",
            code=faults[0].partition(":")[0],
        )


def _of_all(product: Product, there: pushed.ListedProduct, chosen: Mapping[str, str]) -> Iterator[str]:
    names = [there.title, " ".join((there.title, *chosen.values()))]
    if product.name and _words(product.name) not in map(_words, names):
        yield f"name: write {there.title[:100]!r}, with or without what tells this variant from its siblings"
    if product.description and not _says(there, product.description):
        yield "description: leave it empty"
    for attribute in ("vendor", "product_type"):
        given, shown = product.attributes.get(attribute, ""), _shown(there, attribute)
        if given not in ("", shown):
            yield f"{attribute}: " + (f"write {shown[:100]!r}" if shown else "leave it out")


def stands_alone(listed: pushed.ListedVariant) -> bool:
    """Whether the product has no other variant, so that its title and texts are this listing's own."""
    return listed.product.variants_count is not None and listed.product.variants_count.count == 1


def _unless(shown: bool, value: str) -> str:
    return "" if shown else value


def _title(name: str, listed: pushed.ListedVariant) -> str:
    """The title that makes the listing be called `name`; "" where it is: an import adds the choice to it."""
    if name.strip() in (listed.product.title.strip(), translate.name(listed)):
        return ""
    return name.removesuffix(translate.suffix(listed))


def _shown(there: pushed.ListedProduct, attribute: str) -> str:
    return {"vendor": there.vendor, "product_type": there.product_type}.get(attribute, "")


def _says(there: pushed.ListedProduct, text: str) -> bool:
    """Whether the store's text says the same; what somebody made of it there, headings and pictures, is not ours.

    A plain text is compared without its blanks, for Shopify and people set lines as they like; the hub knows it cut to
    the length of an import, and may have been told the whole. HTML is compared as it is.
    """
    if _letters(text) == _letters(there.description):
        return True
    if inputs.TAG.search(text):
        return _letters(text) == _letters(there.description_html)
    return _letters(text) == _letters(html.unescape(inputs.TAG.sub("", there.description_html)))


def _words(text: str) -> list[str]:
    """The words of a name in any order: how the hub and a store set the choice of a variant apart is their own."""
    return sorted(re.findall(r"\w+", text.casefold()))


def _letters(text: str) -> str:
    return "".join(text.split())
