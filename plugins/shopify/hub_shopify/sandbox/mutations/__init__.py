"""Resolvers of mutations, by subject: importing them is what registers them. What is missing here is refused."""

from hub_shopify.sandbox.mutations import bulk, metafields, product_set, products, variants

__all__ = ["bulk", "metafields", "product_set", "products", "variants"]
