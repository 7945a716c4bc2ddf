"""Statements of this slice.

parcels   what has left, and whether its channel knows
labels    what was asked for, and the files that came of it
outbounds what warehouses of others are asked to send
inbounds  what is on its way to them, and what of it came
discrepancies how that differs from the plan
syncs     what they say lies there, and what became of it
readings  what they said last of a product, as far as that was taken over
reconciling  what they and the hub know differently
strangers what they named that nobody knows
standing  how the documents stand that they may be working on
"""
