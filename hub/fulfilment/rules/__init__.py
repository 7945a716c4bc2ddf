"""Pure rules of this slice.

labels      what a label shows, and what is missing for one
shipments   a parcel as plugins are told of it
parcels     who waits to hear that a parcel left
documents   what is told of inbounds and outbounds: push status and state
outbounds   how far an outbound is, what has left of it, and what a change of its order does to it
gate        whether an outbound may be pushed
cancelling  whether an outbound can still be stopped
asking      what a warehouse is asked to send
troubles    what is the matter with outbounds
syncs       how a stock sync goes, and what becomes of each SKU
reconciling what is held against each other with a 3PL
"""
