"""Revisions of the database, one named change per file."""
