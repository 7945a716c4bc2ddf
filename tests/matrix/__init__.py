"""Every order that there can be, held against what the sources say becomes of it."""
