"""Checks of how the hooks are written."""

from __future__ import annotations

from hub_hookspecs.admission import shape
from hub_hookspecs.testing.contract.stand import Stand, demand


class ShapeChecks(Stand):
    def test_every_hook_is_a_plain_function_of_the_module(self) -> None:
        demand(shape.not_module_level(self.plugin, self.hooks))

    def test_every_hook_is_synchronous(self) -> None:
        demand(shape.not_synchronous(self.hooks))

    def test_no_hook_has_a_default(self) -> None:
        demand(shape.with_defaults(self.hooks))

    def test_no_hook_has_a_keyword_only_parameter(self) -> None:
        demand(shape.with_keyword_only(self.hooks))

    def test_no_hook_is_a_wrapper(self) -> None:
        demand(shape.wrapping(self.plugin, self.hooks))

    def test_no_hook_is_misspelt(self) -> None:
        demand(shape.misspelt(self.hooks))

    def test_no_hook_asks_for_an_argument_that_nobody_passes(self) -> None:
        demand(shape.with_foreign_arguments(self.hooks))
