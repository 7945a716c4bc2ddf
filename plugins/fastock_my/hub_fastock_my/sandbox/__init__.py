"""A strict sandbox of a warehouse such as Fastock's: one account, several warehouses, two front doors over one state.

server       takes requests to a door, and lets answers be late, lost or refused
qimen        the door that speaks XML          jsonfx       the door that speaks JSON
records      what both doors are asked for     documents    inbounds and outbounds as they are there
warehouse    what is done with all of it       shelves      what lies where
postbox      what the warehouse tells by itself
hands        what its people do, and what a test may break
"""

from hub_fastock_my.sandbox.records import Refused
from hub_fastock_my.sandbox.server import FastockSandbox

__all__ = ["FastockSandbox", "Refused"]
