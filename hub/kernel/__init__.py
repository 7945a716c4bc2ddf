"""What every slice stands on: database, jobs, gates, HTTP, sealing, events, files and problems."""
