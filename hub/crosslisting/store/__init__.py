"""What is kept of cross-listings.

runs        cross-listings as wholes        rows      their rows, and how each stands with its channel
categories  the trees of channels           mappings  what merchants mapped to them
targets     what an account lists of a product already
"""
