"""What the catalogue does.

intake   takes in what a channel lists      items   one item beside what the hub has of it
tallies  counts what an import brings       imports started, stopped, resumed
recording  keeps the listing of a product that was pushed
"""
