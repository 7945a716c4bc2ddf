"""The hub's own point of sale as a plugin: `plugin` is the entry point; there is no network and so no sandbox."""
