"""Pure rules of this slice.

labels      what a label shows, and what is missing for one
shipments   a parcel as plugins are told of it
parcels     who waits to hear that a parcel left
"""
