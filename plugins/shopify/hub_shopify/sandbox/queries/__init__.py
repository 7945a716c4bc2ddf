"""Resolvers of queries, by subject: importing them is what registers them."""

from hub_shopify.sandbox.queries import bulk, media, metafields, nodes, orders, products, shop, stock, variants, walks

__all__ = ["bulk", "media", "metafields", "nodes", "orders", "products", "shop", "stock", "variants", "walks"]
