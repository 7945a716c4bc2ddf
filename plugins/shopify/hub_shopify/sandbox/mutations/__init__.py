"""Resolvers of mutations, by subject: importing them is what registers them. What is missing here is refused."""

from hub_shopify.sandbox.mutations import bulk, codes, levels, metafields, product_set, products, variants

__all__ = ["bulk", "codes", "levels", "metafields", "product_set", "products", "variants"]
