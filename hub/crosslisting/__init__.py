"""Products out to channels: a workbook to fill in, its rows pushed one by one, and a channel's categories."""
