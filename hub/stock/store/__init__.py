"""Set-based statements of this slice.

Rows of several tables are always locked in one order, and those of one table in the order of their keys: levels, what
was told, what is due.

levels    what lies where            movements     how it came there
told      what channels believe      reservations  what orders were promised
due       what is to be told         marking       lets it be due
pushes    the log of what was
offers    what a figure is made of   openings      listings as the stock of their products begins
rules     what an account is offered of it   modes   who is told only what is approved
plans     what was due when somebody asked   approvals  figures of it that may be told
agreements  what was due and shown already   timeline  what happened to a product
past      how it stood at an instant   changes   what people changed about it
stale     figures that are behind           alarms    which of that rings
placements  products in warehouses of 3PLs   placed  as people see them
stocktakes  counts by people                 counts  what they began with, and their rows
"""
