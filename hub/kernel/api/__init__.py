"""The conventions of the REST API, one file each; slices bring the routes."""
