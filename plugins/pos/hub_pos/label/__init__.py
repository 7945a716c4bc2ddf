"""The shipping label of a manual order: one A6 page, drawn from the shipment alone, the same bytes each time.

words: what stands on it · fonts: which font shows what · writing: runs and lines · codes: the two codes ·
sheet: the paper · page: where everything stands
"""

from hub_pos.label.page import draw

__all__ = ["draw"]
