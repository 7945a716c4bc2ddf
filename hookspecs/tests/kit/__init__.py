"""The kit under test: sandboxes, faults, and the contract suite with a bad plugin for each check."""
