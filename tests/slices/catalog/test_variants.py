"""Variants: which parent products join as their listings are confirmed, and what a person says of it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hub_hookspecs import Item
from hypothesis import given
from hypothesis import strategies as st

from hub.catalog.rules import Sibling, families
from hub.catalog.service.intake import take_page
from hub.catalog.tables import listing, product, product_parent
from hub.kernel.db import Database
from hub.kernel.events import CLI, event
from hub.linking.service import deciding
from tests.slices.catalog.test_intake import NOW, a_source

Groups = dict[str, set[str]]


def variant(sku: str, parent: str) -> Item:
    return Item(ref=sku, sku=sku, name=f"Kaos {sku}", active=True, quantity=5, parent_ref=parent)


def take(database: Database, account: str, **parent_of: str) -> None:
    with database.writing() as db:
        items = [variant(sku, parent) for sku, parent in parent_of.items()]
        take_page(db, a_source(account), items, run="run", seen_at=NOW)


def confirm(database: Database, account: str, *skus: str) -> None:
    with database.writing() as db:
        wanted = sa.select(listing.c.id).where(listing.c.account_id == account, listing.c.sku_key.in_(skus))
        deciding.confirm(db, "merchant", list(db.execute(wanted).scalars()), actor=CLI)


def grouped(database: Database) -> list[set[str]]:
    """The SKUs of each parent's products, those without a parent left out."""
    groups: Groups = {}
    with database.reading() as db:
        for row in db.execute(sa.select(product).where(product.c.parent_id.is_not(None))):
            groups.setdefault(row.parent_id, set()).add(row.sku)
    return sorted(groups.values(), key=min)


def test_siblings_that_are_confirmed_together_join_one_parent(database: Database) -> None:
    take(database, "one", S="kaos", M="kaos", CAP="topi", SOLO="")

    confirm(database, "one", "S", "M", "CAP", "SOLO")

    assert grouped(database) == [{"CAP"}, {"M", "S"}]
    with database.reading() as db:
        assert {row.name for row in db.execute(sa.select(product_parent))} == {"Kaos S", "Kaos CAP"}


def test_a_sibling_that_is_confirmed_later_joins_the_parent_that_there_is(database: Database) -> None:
    take(database, "one", S="kaos", M="kaos")
    confirm(database, "one", "S")

    confirm(database, "one", "M")

    assert grouped(database) == [{"M", "S"}]


@pytest.mark.parametrize("order", list(itertools.permutations(["S", "M", "L"])), ids="".join)
def test_what_two_channels_share_ties_their_parents_together(database: Database, order: Sequence[str]) -> None:
    take(database, "one", S="kaos", M="kaos")
    take(database, "two", **{sku: "shirt" for sku in order if sku != "S"})
    confirm(database, "one", "S", "M")

    confirm(database, "two", "M", "L")

    assert grouped(database) == [{"L", "M", "S"}]


def test_everything_confirmed_at_once_is_grouped_as_if_one_by_one(database: Database) -> None:
    take(database, "one", S="kaos", M="kaos")
    take(database, "two", L="shirt", M="shirt")
    take(database, "three", L="tee", XL="tee")

    with database.writing() as db:
        ids = list(db.execute(sa.select(listing.c.id)).scalars())
        deciding.confirm(db, "merchant", ids, actor=CLI)

    assert grouped(database) == [{"L", "M", "S", "XL"}]


def test_a_product_that_has_a_parent_keeps_it(database: Database) -> None:
    take(database, "one", S="kaos", M="kaos")
    take(database, "two", L="shirt", M="shirt")
    confirm(database, "one", "S", "M")
    confirm(database, "two", "L")

    confirm(database, "two", "M")

    assert grouped(database) == [{"L"}, {"M", "S"}]


def test_a_product_without_a_parent_joins_that_of_a_listing_confirmed_later_and_it_is_told(database: Database) -> None:
    take(database, "one", M="")
    take(database, "two", L="shirt", M="shirt")
    confirm(database, "one", "M")

    confirm(database, "two", "L", "M")

    assert grouped(database) == [{"L", "M"}]
    with database.reading() as db:
        (told,) = db.execute(sa.select(event).where(event.c.kind == "product.changed"))
    assert (told.before, list(told.after)) == ({"parent_id": None}, ["parent_id"])


def test_a_batch_costs_the_same_few_statements_whatever_its_size(database: Database) -> None:
    counted = []
    for size in (5, 100):
        take(database, f"{size}", **{f"S-{size}-{n}": f"kaos {n % 3}" for n in range(size)})
        statements: list[str] = []
        record = lambda *given, into=statements: into.append(given[2])  # noqa: E731 - SQLAlchemy keeps it
        sa.event.listen(database.engine, "before_cursor_execute", record)
        confirm(database, f"{size}", *(f"S-{size}-{n}" for n in range(size)))
        sa.event.remove(database.engine, "before_cursor_execute", record)
        counted.append(len(statements))

    assert counted[0] == counted[1]


# -- the rule by itself ----------------------------------------------------------------------------------------------

PARENTS = st.sampled_from([None, None, "p1", "p2"])


@st.composite
def batches(draw: st.DrawFn) -> list[Sibling]:
    """Listings of some products in some channel groups; products and groups agree about their parents."""
    own = {f"s{n}": draw(PARENTS) for n in range(6)}
    pairs = draw(st.sets(st.tuples(st.sampled_from(sorted(own)), st.sampled_from("abcd")), min_size=1, max_size=12))
    known: dict[str, str | None] = {}
    for each, group in sorted(pairs):
        known[group] = known.get(group) or own[each]
    return [Sibling(each, ("account", group), each, own[each], known[group]) for each, group in sorted(pairs)]


def parted(batch: Sequence[Sibling], found: dict[str, str]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for one in batch:
        groups.setdefault(found.get(one.product_id) or one.parent_id or "", set()).add(one.product_id)
    return {frozenset(each) for each in groups.values()}


@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_a_batch_changes_nothing_but_the_name(batch: list[Sibling], chance: random.Random) -> None:
    shuffled = list(batch)
    chance.shuffle(shuffled)

    first, second = (families(each, lambda _, name: f"new {name}") for each in (batch, shuffled))

    assert parted(batch, first) == parted(batch, second)


@given(batches())
def test_every_product_ends_with_a_parent_and_none_loses_one(batch: list[Sibling]) -> None:
    found = families(batch, lambda _, name: f"new {name}")

    assert found.keys() == {one.product_id for one in batch if one.parent_id is None}
    for one in batch:
        if one.parent_id is None and one.siblings_parent and not found[one.product_id].startswith("new"):
            reachable = {each.siblings_parent for each in batch if each.product_id == one.product_id}
            assert found[one.product_id] == min(each for each in reachable if each)
