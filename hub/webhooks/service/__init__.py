"""What the webhooks slice does; each takes the transaction as `db` and never commits.

receiving     keeps a delivery once, and leaves the job that looks at it
dispatching   finds whose each hint is, and has things read again
tallying      counts what was refused, without letting anybody fill a table
"""
