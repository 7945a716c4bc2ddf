"""Fulfilment as the API shows and takes it.

parcels     parcels and labels
outbounds   what 3PLs are to send
inbounds    what is on its way to them
placements  products in warehouses of 3PLs
syncs       what lies there, by their own word
reconciling how they and the hub differ
"""
