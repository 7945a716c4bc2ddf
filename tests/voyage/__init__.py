"""A sale, a cancellation, an inbound and a nightly sync over both wires, with one thing going wrong at each place.

wire     between the hub and both sandboxes: one call of a story goes wrong
crew     the hub's workers in virtual time; they die once, at a chosen statement
sea      the merchant, the market and the warehouse
story    what happens, until all is calm after each event
oracle   what must be so then
loop     story after story, each with the next place to go wrong
"""
