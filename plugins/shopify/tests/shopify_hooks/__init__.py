"""The hooks of the plugin against its sandbox, by subject."""
