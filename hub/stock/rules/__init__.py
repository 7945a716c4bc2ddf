"""Pure rules of this slice.

levels    why a level moves, and whether it can
offered   how many of a listing a channel is offered
telling   what a channel is believed to show, step by step, and when it is told again
"""
