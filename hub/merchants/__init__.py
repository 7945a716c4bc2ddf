"""Merchants, what their plan contains, and the API keys that act for them."""
