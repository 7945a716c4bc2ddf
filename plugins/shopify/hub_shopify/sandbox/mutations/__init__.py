"""Resolvers of mutations, by subject: importing them is what registers them. What is missing here is refused."""

from hub_shopify.sandbox.mutations import (
    bulk,
    codes,
    fulfilments,
    levels,
    metafields,
    product_set,
    products,
    subscriptions,
    variants,
)

__all__ = [
    "bulk",
    "codes",
    "fulfilments",
    "levels",
    "metafields",
    "product_set",
    "products",
    "subscriptions",
    "variants",
]
