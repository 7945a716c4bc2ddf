"""What we tell people: a notice for each thing that happened and that somebody should know of."""
