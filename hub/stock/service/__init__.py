"""What is done with stock.

booking    movements and the levels that they change, together
levels     adjusted and transferred by people
opening    the first stock that is known of a product
receiving  goods arrive at a warehouse of others
adopting   what such a warehouse says lies there
reserving  promised to orders, freed, shipped: many at once
placing      products in warehouses of 3PLs, told of by jobs of a slice above
rechecking asks for orders that wait to be looked at again
touching   what a change makes due
retrying   what was refused is told again, and what a person asks for
offering   what an account is offered now
ruling     rules as people make them
explaining why a figure is what it is
timeline   what happened to a product
alarming   figures that are behind too long are announced
freshness  figures that are behind, and why
looking_back how it stood at an instant
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
