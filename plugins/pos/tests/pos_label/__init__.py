"""The label of a manual order, as people and scanners see it."""
