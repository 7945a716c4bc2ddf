"""Resolvers of mutations, by subject: importing them is what registers them. What is missing here is refused."""

from hub_shopify.sandbox.mutations import bulk

__all__ = ["bulk"]
