"""Fastock MY, a warehouse in Malaysia, as a plugin of the integration hub."""
