"""Trees that are broken, out of order, or not the same twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from types import ModuleType

import httpx
import msgspec
from hub_hookspecs import Account, Category, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def growing(change: Callable[[list[Category]], list[Category]]) -> ModuleType:
    @hookimpl
    def list_categories(account: CornerAccount) -> Iterator[Category]:
        yield from change(list(good.list_categories(account)))

    return mutated(list_categories=list_categories)


@caught_by("test_a_failing_channel_is_temporary")
def a_failure_that_is_read_as_a_tree() -> ModuleType:
    @hookimpl
    def list_categories(account: CornerAccount) -> Iterator[Category]:
        try:
            yield from good.list_categories(account)
        except httpx.HTTPStatusError as error:
            if error.response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            raise KeyError("categories") from None

    return mutated(list_categories=list_categories)


@caught_by("test_every_category_is_well_formed")
def a_category_without_a_name() -> ModuleType:
    return growing(lambda tree: [msgspec.structs.replace(category, name=" ") for category in tree])


@caught_by("test_every_category_is_well_formed")
def a_category_named_by_a_number() -> ModuleType:
    return growing(lambda tree: [*tree, msgspec.structs.replace(tree[-1], ref="3", parent_ref="1", name=b"3")])


@caught_by("test_categories_come_parents_first")
def children_before_their_parents() -> ModuleType:
    return growing(lambda tree: tree[::-1])


@caught_by("test_no_category_comes_twice")
def a_category_that_comes_twice() -> ModuleType:
    return growing(lambda tree: [*tree, tree[-1]])


@caught_by("test_only_the_deepest_categories_are_leaves")
def a_parent_that_is_called_a_leaf() -> ModuleType:
    return growing(lambda tree: [msgspec.structs.replace(category, leaf=True) for category in tree])


@caught_by("test_only_the_deepest_categories_are_leaves")
def a_tree_without_leaves() -> ModuleType:
    return growing(lambda tree: [msgspec.structs.replace(category, leaf=False) for category in tree])


@caught_by("test_the_category_tree_is_the_same_at_every_reading")
def a_tree_that_is_numbered_anew_each_time() -> ModuleType:
    count = itertools.count()
    return growing(lambda tree: [msgspec.structs.replace(each, name=f"{each.name} ({next(count)})") for each in tree])
