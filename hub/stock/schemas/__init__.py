"""Stock as the API shows and takes it.

levels   what lies where, and what moves it
"""
