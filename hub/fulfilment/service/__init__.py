"""What is done with parcels.

shipping    orders leave the merchant's own shelf, and their channels are to hear of it
confirming  what a channel is told of a parcel that left, and what it says
labelling   labels are asked for, made, and printed again
parcels     a parcel as plugins are told of it
"""
