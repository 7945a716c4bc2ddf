"""Qimen v2.0: the standard of warehouses behind Alibaba, in XML, signed with MD5 because the dialect demands it.

signing    who may speak, both ways
words      the standard's code tables
writing    what is told, as elements
reading    what is heard, out of elements
port       the calls
callbacks  what the warehouse tells by itself
"""

from hub_fastock_my.wire.qimen.port import QimenPort

__all__ = ["QimenPort"]
