"""Set-based statements of this slice.

orders     orders and their lines, as they are taken in
resolving  what lines sell, and which warehouses may give it
feeds      how far the orders of accounts were read
hints      which orders are to be read again
polls      which accounts are imported by which rule
parting    which orders of an account are open
readings   what no import has explained yet
flags      why orders wait
waiting    which orders a change may concern
listed     what an account sells
pages      orders as people look for them
"""
