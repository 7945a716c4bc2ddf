"""Whole walks over products and variants, by id, with the searches and the counts."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hub_shopify.sandbox import search
from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.paging import Connection, page
from hub_shopify.sandbox.records import Product, Variant

Arguments = Any  # Any: coerced arguments of a field


@resolves("QueryRoot", "productVariants")
def product_variants(_: None, context: Context, **arguments: Arguments) -> Connection:
    _by_id(arguments)
    return page(lambda after: _found_variants(context, arguments.get("query"), after), arguments)


@resolves("QueryRoot", "products")
def products(_: None, context: Context, **arguments: Arguments) -> Connection:
    _by_id(arguments)
    matches = search.products(arguments.get("query"))
    return page(lambda after: filter(matches, context.shop.products(after)), arguments)


@resolves("QueryRoot", "productVariantsCount")
def variants_count(_: None, context: Context, query: str | None = None, limit: int | None = 10_000) -> Json:
    return _count(_found_variants(context, query, 0), limit)


@resolves("QueryRoot", "productsCount")
def products_count(_: None, context: Context, query: str | None = None, **arguments: Arguments) -> Json:
    return _count(filter(search.products(query), context.shop.products()), arguments.get("limit"))


def _found_variants(context: Context, query: str | None, after: int) -> Iterator[Variant]:
    """Variants that match, by id; a code is looked up rather than searched for."""
    matches = search.variants(query)
    code = next((term.value for term in search.read(query) if term.name == "sku"), None)
    beyond = [int(term.value) for term in search.read(query) if (term.name, term.by) == ("id", ">")]
    among: Iterable[Variant] = context.shop.variants(max([after, *beyond]))  # a window begins where it says
    if code is not None:
        among = (variant for variant in context.shop.by_sku(code) if variant.id > after)
    return filter(matches, among)


def _count(found: Iterable[object], limit: int | None) -> Json:
    """Counting stops at a limit, 10,000 unless told, and at most where paging stops."""
    most = min(limit or 25_001, 25_001)
    count = sum(1 for _ in islice(found, most + 1))
    return {"count": min(count, most), "precision": "EXACT" if count <= most else "AT_LEAST"}


def _by_id(arguments: Arguments) -> None:
    if arguments["sortKey"] != "ID" or arguments.get("savedSearchId"):
        raise Strict("an order other than by id, or a saved search")


@resolves("QueryRoot", "product")
def product(_: None, context: Context, id: str) -> Product | None:  # noqa: A002 - the wire's name
    return context.shop.product(id_of(id, "Product") or 0)


@resolves("QueryRoot", "productVariant")
def product_variant(_: None, context: Context, id: str) -> Variant | None:  # noqa: A002 - the wire's name
    return context.shop.variant(id_of(id, "ProductVariant") or 0)
