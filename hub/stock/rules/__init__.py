"""Pure rules of this slice.

levels    why a level moves, and whether it can
adopting  what a level becomes by the word of a warehouse of others
offered   how many of a listing a channel is offered
freshness why a figure is behind, and what to do about it
timeline  entries in their order, and what a channel was believed to show
wording   causes and entries in sentences
telling   what a channel is believed to show, step by step, and when it is told again
"""
