"""Pure rules of this slice.

telling   what a channel is believed to show, step by step, and when it is told again
"""
