"""A merchant's words for a category may be as long as the API takes them: the same on both databases."""

from __future__ import annotations

import random

from hub.crosslisting import rules
from hub.crosslisting.store import mappings
from hub.kernel.db import Database


def noise(seed: int) -> str:
    """As many signs as the API takes, of four bytes each, that do not compress."""
    return "".join(map(chr, random.Random(seed).choices(range(0x20000, 0x2A000), k=500)))


def test_the_longest_words_are_mapped_found_and_mapped_anew(database: Database) -> None:
    field, value = noise(1), noise(2)

    with database.writing() as db:
        mappings.put(db, "merchant", "account", field=field, value=value, category_ref="11")
        mappings.put(db, "merchant", "account", field=field, value=value + "!", category_ref="12")
        mappings.put(db, "merchant", "account", field=field, value=f" {value}", category_ref="21")
        kept = mappings.listing(db, "account", limit=10)
        known = mappings.of_account(db, "account")

    assert [(one.field, one.category_ref) for one in kept] == [(field, "21"), (field, "12")]
    assert rules.mapped({field: value}, known) == "21"
    assert rules.mapped({field: f"{value}!"}, known) == "12"
    assert rules.mapped({field: value[:-1]}, known) == ""
