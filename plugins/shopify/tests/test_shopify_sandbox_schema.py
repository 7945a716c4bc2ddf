"""The schema beside the sandbox is Shopify's own, no larger than the hub needs, and can be cut again."""

import json
from pathlib import Path

import pytest
from graphql import (
    OperationDefinitionNode,
    build_client_schema,
    build_schema,
    introspection_from_schema,
    parse,
    print_schema,
    validate,
)
from hub_shopify.sandbox import schema
from hub_shopify.sandbox.rules import IDEMPOTENT
from hub_shopify.sandbox.schema import prune

FOLDER = Path(schema.__file__).parent
TEXT = (FOLDER / "admin.graphql").read_text()
LATER = parse((Path(__file__).parent / "wire" / "later.graphql").read_text())


def test_it_is_small_and_says_where_it_comes_from_and_under_which_licence() -> None:
    assert len(TEXT.encode()) < 150_000
    assert f"sha256 {prune.SHA256}" in TEXT
    assert "Copyright 2025-present, Shopify Inc." in TEXT
    assert "Permission to use, copy, modify, and/or distribute this software" in TEXT


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(each, id=each.name.value)
        for each in LATER.definitions
        if isinstance(each, OperationDefinitionNode) and each.name
    ],
)
def test_it_holds_what_the_hub_will_ask_for_later(operation: OperationDefinitionNode) -> None:
    alone = parse(operation.loc.source.body[operation.loc.start : operation.loc.end] if operation.loc else "")

    assert validate(schema.load(), alone) == []


def test_cut_once_more_it_stays_the_same() -> None:
    """So the list of what is kept, the code that cuts, and the file fit together, without the published schema."""
    whole = introspection_from_schema(build_schema(TEXT, assume_valid=True), input_value_deprecation=True)

    again = prune.prune(json.loads(json.dumps(whole["__schema"])))

    printed = print_schema(build_client_schema({"__schema": again}, assume_valid=True))  # type: ignore[typeddict-item] # JSON
    assert printed == TEXT[TEXT.index("schema {") :].rstrip("\n")


def test_another_file_is_not_taken_for_the_published_one(tmp_path: Path) -> None:
    (tmp_path / "admin.json.gz").write_bytes(b"{}")

    with pytest.raises(SystemExit, match="is not admin_2026-10"):
        prune.main(tmp_path / "admin.json.gz")


def test_each_scope_belongs_to_something_that_is_kept() -> None:
    for name in schema.scopes():
        kind, _, field = name.partition(".")
        fields = getattr(schema.load().type_map[kind], "fields", {})

        assert not field or field in fields


def test_mutations_that_need_a_key_are_in_the_schema() -> None:
    mutations = schema.load().mutation_type

    assert mutations
    assert set(IDEMPOTENT) <= mutations.fields.keys()
