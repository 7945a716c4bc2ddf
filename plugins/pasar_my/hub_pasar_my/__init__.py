"""Pasar MY, a marketplace that does not exist, as a plugin of the integration hub: to sell on where nobody buys."""
