"""Pure rules of this slice.

lines       what an order line holds of our stock, and what changes when its order is told of again
leaving     what stands against an order's leaving, and what its channel may still say of it then
allotting   which warehouse gives what lines want
erased      how it is known again whose buyer was erased
flags       why an order waits for a person, and what to do
"""
