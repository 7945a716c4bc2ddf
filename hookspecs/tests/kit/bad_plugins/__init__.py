"""For each check, the good plugin with one thing wrong."""

from . import (
    accounts,
    categories,
    declaration,
    documents,
    importing,
    labels,
    network,
    orders,
    purity,
    pushing,
    shape,
    stock,
    webhooks,
    wire,
)
from .making import ALL, Bad
from .stock import comparing, without_stock

__all__ = [
    "ALL",
    "Bad",
    "accounts",
    "categories",
    "comparing",
    "declaration",
    "documents",
    "importing",
    "labels",
    "network",
    "orders",
    "purity",
    "pushing",
    "shape",
    "stock",
    "webhooks",
    "wire",
    "without_stock",
]
