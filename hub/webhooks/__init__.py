"""What channels send us: verified over the raw bytes, kept as hints, answered at once; a job then has things read."""
