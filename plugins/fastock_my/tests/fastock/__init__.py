"""What the plugin does for its hooks, through both dialects."""
