"""Pure rules of this slice.

accounts    states, early renewal, merged settings, what a switch takes away
warehouses  what a warehouse may say of itself
places      which warehouses stand behind a place, and what a mapping must say openly
"""

from hub.channels.rules import places, warehouses
from hub.channels.rules.accounts import EARLY, State, Typed, lacks, merged, renew_at

__all__ = ["EARLY", "State", "Typed", "lacks", "merged", "places", "renew_at", "warehouses"]
