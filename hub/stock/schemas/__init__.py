"""Stock as the API shows and takes it.

levels      what lies where, and what moves it
telling     rules, and why a figure is what it is
stocktakes  what people count, by a workbook
plans       what would be told, and its approval
timeline    what happened to a product
looking_back  how it stood at an instant
freshness   figures that are behind
instants    instants as people write them
"""
