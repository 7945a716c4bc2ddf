"""Merchants' accounts on channels: installed plugins, switches, authorising, tokens and access requests."""
