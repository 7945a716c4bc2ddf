"""The second dialect: JSON, after the public reference by which order systems drive another provider's warehouse.

Nobody has published Fastock's own; this one proves that a private dialect can stand in its place. What that reference
does not have is named as ours: `customerCode`, `consignorCode`, `unitCost`, `faceSheetSha256`, `barcode`, and how
callbacks are signed.

signing    who may speak, both ways
words      its states
shapes     its records
port       the calls
callbacks  what the warehouse tells by itself
"""

from hub_fastock_my.wire.jsonfx.port import JsonPort

__all__ = ["JsonPort"]
