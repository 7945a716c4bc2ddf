"""Statements of this slice.

parcels   what has left, and whether its channel knows
labels    what was asked for, and the files that came of it
"""
