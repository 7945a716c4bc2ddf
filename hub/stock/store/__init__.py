"""Set-based statements of this slice.

Rows of several tables are always locked in one order, and those of one table in the order of their keys: levels, what
was told, what is due.

levels     what lies where             movements  how it came there
"""
