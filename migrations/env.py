"""Runs the revisions over the connection that `hub.kernel.migrating` hands in."""

from alembic import context

from hub.kernel.db import metadata

connection = context.config.attributes["connection"]
# A revision runs in the transaction of its caller: half a migration is never left behind.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
