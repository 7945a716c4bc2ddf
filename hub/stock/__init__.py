"""What lies where, what of it is promised, and what every channel is told of it."""
