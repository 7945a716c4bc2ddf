"""Checks of the category tree: whole, in an order that can be stored as it comes, and true about its leaves."""

from __future__ import annotations

from collections import Counter

import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import Category
from hub_hookspecs.testing.contract.stand import Stand, malformed


class CategoryChecks(Stand):
    def test_every_category_is_well_formed(self) -> None:
        for category in self._tree():
            if why := malformed(category, Category):
                pytest.fail(f"list_categories: {why}", pytrace=False)
            if not (category.ref.strip() and category.name.strip()):
                pytest.fail(f"list_categories yielded a category without ref or name: {category}", pytrace=False)

    def test_categories_come_parents_first(self) -> None:
        known = {""}
        for category in self._tree():
            if category.parent_ref not in known:
                pytest.fail(f"the category {category.ref} came before its parent {category.parent_ref}", pytrace=False)
            known.add(category.ref)

    def test_no_category_comes_twice(self) -> None:
        counts = Counter(category.ref for category in self._tree())

        if repeated := [ref for ref, times in counts.items() if times > 1]:
            pytest.fail(f"list_categories yielded {repeated[:3]} more than once", pytrace=False)

    def test_only_the_deepest_categories_are_leaves(self) -> None:
        tree = self._tree()
        parents = {category.parent_ref for category in tree}

        if wrong := [category.ref for category in tree if category.leaf and category.ref in parents]:
            pytest.fail(f"{wrong[:3]} have categories below them and are called leaves", pytrace=False)
        if not any(category.leaf for category in tree):
            pytest.fail("list_categories yielded no leaf, so no product could be listed", pytrace=False)

    def test_the_category_tree_is_the_same_at_every_reading(self) -> None:
        if self._tree() != self._tree():
            pytest.fail("list_categories gave two results for a tree that did not change", pytrace=False)

    def _tree(self) -> list[Category]:
        self.needs(Capability.LIST_CATEGORIES)
        with self.account() as (account, _):
            return list(self.call("list_categories", account=account))
