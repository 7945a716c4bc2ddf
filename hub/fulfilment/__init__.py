"""From an order to its parcels: labels, what has left, and what channels are told of it."""
