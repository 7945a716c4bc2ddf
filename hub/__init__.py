"""The integration hub: a plugin host for marketplaces, points of sale and 3PL warehouses."""
