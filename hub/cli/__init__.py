"""The command line of the hub: `hub NOUN VERB`, over the same services as the API and straight on the database.

root      the tree of nouns                       outcomes  what an end means: exit code and one line
opening   settings, database, runtime             showing   JSON for machines, tables for people
options   the options that many verbs share       given     settings as options, files and hidden answers
waiting   a job, watched until it ends            checks    what a doctor found; examining, admitting: how
folder    the data folder and who uses it         paging    lists with the API's cursors

The other modules are nouns. What takes long to import is imported inside the verb that needs it, so that help is
there at once.
"""

from hub.cli.outcomes import main

__all__ = ["main"]
