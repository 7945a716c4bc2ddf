"""The job engine under a seeded scheduler: crashes at every statement and commit, and an oracle that counts."""
