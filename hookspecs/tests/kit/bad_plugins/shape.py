"""Hooks that are written wrongly; read_tasks carries the mistake in a shop without documents, where nobody calls it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from hub_hookspecs import Absent, Account, TaskRef, TaskState, hookimpl

from ..corner.plugin import CornerSettings
from .making import caught_by, undocumented

CornerAccount = Account[CornerSettings]


@caught_by("test_every_hook_is_a_plain_function_of_the_module")
def a_bound_method() -> ModuleType:
    class Tasks:
        @hookimpl
        def read_tasks(self, account: CornerAccount, tasks: list[TaskRef]) -> Iterator[TaskState | Absent]:
            yield from ()

    return undocumented(read_tasks=Tasks().read_tasks)


@caught_by("test_every_hook_is_synchronous")
def a_coroutine() -> ModuleType:
    @hookimpl
    async def read_tasks(account: CornerAccount, tasks: list[TaskRef]) -> list[Absent]:
        return []

    return undocumented(read_tasks=read_tasks)


@caught_by("test_no_hook_has_a_default")
def a_default() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, tasks: tuple[TaskRef, ...] = ()) -> Iterator[Absent]:
        yield from ()

    return undocumented(read_tasks=read_tasks)


@caught_by("test_no_hook_has_a_keyword_only_parameter")
def a_keyword_only_parameter() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, *, tasks: list[TaskRef]) -> Iterator[Absent]:
        yield from ()

    return undocumented(read_tasks=read_tasks)


@caught_by("test_no_hook_is_a_wrapper")
def a_wrapper() -> ModuleType:
    @hookimpl(wrapper=True)
    def read_tasks(account: CornerAccount) -> Iterator[None]:
        return (yield)

    return undocumented(read_tasks=read_tasks)


@caught_by("test_no_hook_is_misspelt")
def a_misspelt_hook() -> ModuleType:
    @hookimpl
    def read_task(account: CornerAccount, tasks: list[TaskRef]) -> Iterator[Absent]:
        yield from ()

    return undocumented(read_task=read_task)


@caught_by("test_no_hook_asks_for_an_argument_that_nobody_passes")
def a_foreign_argument() -> ModuleType:
    @hookimpl
    def read_tasks(account: CornerAccount, keys: list[str]) -> Iterator[Absent]:
        yield from ()

    return undocumented(read_tasks=read_tasks)
