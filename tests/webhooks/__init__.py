"""A storm of webhooks against a running hub: what becomes of it is held against what happened at the channels.

plan     how large it is
mail     what is sent: the sandboxes' own deliveries, and what somebody else makes of them
sending  sends it from many threads, as channels do: what is turned away comes again
books    what the hub has made of it
storm    one run
naive    a plugin that believes whatever comes: the control, in which the storm must be noticed
"""
