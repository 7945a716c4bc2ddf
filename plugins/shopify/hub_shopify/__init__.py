"""Shopify as a plugin of the integration hub: `plugin` is the entry point, `sandbox` speaks its wire."""
