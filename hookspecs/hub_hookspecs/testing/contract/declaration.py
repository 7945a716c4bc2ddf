"""Checks of what the plugin declares, and of whether it is true."""

from __future__ import annotations

import importlib.metadata

import pytest

from hub_hookspecs.admission import declaration as rules
from hub_hookspecs.channel import Channel
from hub_hookspecs.testing.contract.stand import Stand, demand


class DeclarationChecks(Stand):
    def test_every_declared_field_has_its_type(self) -> None:
        demand(rules.ill_typed(self.channel))

    def test_every_capability_is_offered_or_lacking(self) -> None:
        demand(rules.undeclared(self.channel))

    def test_no_capability_is_both_offered_and_lacking(self) -> None:
        demand(rules.declared_twice(self.channel))

    def test_every_lack_has_a_reason(self) -> None:
        demand(rules.without_reason(self.channel))

    def test_what_is_offered_is_implemented(self) -> None:
        demand(rules.not_implemented(self.channel, self.hooks))

    def test_what_is_implemented_is_offered(self) -> None:
        demand(rules.not_offered(self.channel, self.hooks))

    def test_every_hook_has_its_companion(self) -> None:
        demand(rules.missing_companions(self.channel, self.hooks))

    def test_a_selling_channel_accounts_for_every_paper(self) -> None:
        demand(rules.unaccounted_papers(self.channel))

    def test_the_token_settings_are_settings(self) -> None:
        demand(rules.unknown_token_settings(self.channel))

    def test_the_name_is_a_slug(self) -> None:
        demand(rules.not_a_slug(self.channel))

    def test_the_settings_are_a_frozen_struct(self) -> None:
        demand(rules.unfit_settings(self.channel))

    def test_the_settings_have_a_json_schema(self) -> None:
        demand(rules.without_json_schema(self.channel))

    def test_every_secret_setting_is_marked(self) -> None:
        demand(rules.unmarked_secrets(self.channel))

    def test_the_declared_figures_are_sound(self) -> None:
        demand(rules.unsound_figures(self.channel))

    def test_the_countries_are_iso_codes(self) -> None:
        demand(rules.unknown_countries(self.channel))

    def test_the_channel_describes_itself_the_same_each_time(self) -> None:
        again = self.ask("describe_channel", Channel)

        if again != self.channel:
            pytest.fail("describe_channel answered differently the second time; it must be pure", pytrace=False)

    def test_the_name_is_that_of_the_entry_point(self) -> None:
        module = getattr(self.plugin, "__name__", "")
        installed = {
            entry.name for entry in importlib.metadata.entry_points(group="hub.plugins") if entry.value == module
        }

        if installed and self.channel.name not in installed:
            pytest.fail(
                f"{module} is installed as {sorted(installed)} and calls itself {self.channel.name}", pytrace=False
            )
