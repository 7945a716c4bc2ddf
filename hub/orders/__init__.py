"""Orders: taken in from every channel and made by hand, and what they hold of the one stock."""
