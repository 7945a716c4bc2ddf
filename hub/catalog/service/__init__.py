"""What the catalogue does.

intake   takes in what a channel lists
"""
