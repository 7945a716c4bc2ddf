"""The rule of `telling` against channels that sell between any two steps of a push, by seeded discrete events."""
