"""What people say about listings.

steps       one way to put listings elsewhere: rows, classes, counts and the audit trail together
deciding    confirm, ignore, restore and unlink
relinking   link or move a listing to a product by hand
merging     put all listings of one product on another
back        put listings back where steps found them
holding     products that come and go with the steps
already     who takes back what is taken back is told by which event
undoing     take a step back, whichever it was
selecting   everything that fits a filter, or a whole bulk step: asked for here, done by a job
suggesting  which codes may be mistyped, with the evidence
"""
