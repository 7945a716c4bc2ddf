"""The real hub against sandboxes, by seeded schedules: people and troubles between any two steps, then calm.

One thread, one clock that only moves when somebody takes time: the same seed makes the same decisions.

clock       the time of everybody
mortal      who is at work, and at which statement they die
wire        between the hub and the channels: where others come in between, and where calls go wrong
markets     the channels, as their buyers see them, and what was written over there
stall       the merchant: goods, warehouses, four accounts and a till
doings      what people do
workers     the hub's
schedule    a while of all this, then calm, then the verdict
oracle      what must be so then
sabotage    what the oracle must see missing
"""
