"""The corner shop: a small invented channel with a plugin that offers much of the contract, and its sandbox."""
