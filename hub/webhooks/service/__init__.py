"""What the webhooks slice does; each takes the transaction as `db` and never commits.

messages      what channels sent, as it came: sealed, shown to few, and forgotten with its row
receiving     keeps a delivery once, and leaves the job that looks at it
dispatching   finds whose each hint is, and has things read again
erasing       erases whom a channel wants to be forgotten, as soon as nothing of theirs is open
tallying      counts what was refused, without letting anybody fill a table
"""
