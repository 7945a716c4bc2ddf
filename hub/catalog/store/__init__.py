"""Statements of the catalogue.

listings  what an import finds, writes and retires
classes   SKU groups, the four classes and their counts
runs      the record of an import
links     the steps that put listings on products
"""
