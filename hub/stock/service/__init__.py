"""What is done with stock.

booking    movements and the levels that they change, together
levels     adjusted and transferred by people
opening    the first stock that is known of a product
reserving  promised to orders, freed, shipped: many at once
rechecking asks for orders that wait to be looked at again
touching   what a change makes due
offering   what an account is offered now
ruling     rules as people make them
explaining why a figure is what it is
syncing    what imports see of what was told
pushing    what is due is told
answering  what channels say to it is kept
sheets     the workbook of a stocktake
counting   what people counted is booked
stocktaking what people ask of stocktakes
planning   how an account is told, and plans of what is due
approving  figures of a plan are let be told
desk       what the jobs work with
"""
