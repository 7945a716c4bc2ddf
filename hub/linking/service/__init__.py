"""What people say about listings.

deciding   confirm, ignore and restore
selecting  confirm everything that fits a filter
"""
