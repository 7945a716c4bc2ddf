"""Cuts Shopify's published Admin schema down to what the hub's documents can reach, with the scopes that this needs.

    npm pack @shopify/dev-mcp@1.16.0
    tar xzf shopify-dev-mcp-1.16.0.tgz package/dist/data/admin_2026-10.json.gz
    python -m hub_shopify.sandbox.schema.prune package/dist/data/admin_2026-10.json.gz

writes `admin.graphql` and `scopes.json` beside this file. A document that needs more names it in `kept.toml`.
"""

import gzip
import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from graphql import build_client_schema, print_schema

HERE = Path(__file__).parent
SHA256 = "f3b522f264556925eada700e795e4a002a9cba83444ebcc6c0d724254a0c6593"

_KEPT = tomllib.loads((HERE / "kept.toml").read_text())
ROOTS: dict[str, list[str]] = _KEPT["roots"]
TYPES: list[str] = _KEPT["types"]
DIRECTIVES = ("idempotent", "include", "skip", "deprecated", "oneOf", "specifiedBy")

Json = dict[str, Any]  # Any: introspection results are JSON


def main(source: Path) -> None:
    packed = source.read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise SystemExit(f"{source} is not admin_2026-10.json.gz of @shopify/dev-mcp 1.16.0")
    published = json.loads(gzip.decompress(packed))
    pruned = prune(published["data"]["__schema"])
    schema = build_client_schema({"__schema": pruned}, assume_valid=True)  # type: ignore[typeddict-item] # JSON
    (HERE / "admin.graphql").write_text(_header() + print_schema(schema) + "\n")
    scopes = _scopes(published["offline_scopes"]["items"], {each["name"]: each for each in pruned["types"]})
    (HERE / "scopes.json").write_text(json.dumps(scopes, indent=1, sort_keys=True) + "\n")


def prune(schema: Json) -> Json:
    """Keep the roots, the types of the list, and every scalar, enum and input that these lead to."""
    types = {each["name"]: each for each in schema["types"]}
    payloads = {_name(field["type"]) for field in types["Mutation"]["fields"] if field["name"] in ROOTS["Mutation"]}
    errors = {_name(field["type"]) for payload in payloads for field in types[payload]["fields"] if _is_error(field)}
    around = {f"{name}{suffix}" for name in TYPES for suffix in ("Connection", "Edge")}
    objects = {name for name in {*TYPES, *ROOTS, *payloads, *errors, *around} if name in types}
    kept: dict[str, Json] = {}
    waiting = sorted(objects)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _bare(_cut(types[name], types, objects))
            waiting += sorted(_leads_to(kept[name]))
    return {
        **schema,
        "types": [kept[name] for name in sorted(kept)],
        "directives": [_bare(each) for each in schema["directives"] if each["name"] in DIRECTIVES],
    }


def _cut(kind: Json, types: dict[str, Json], objects: set[str]) -> Json:
    """Drop the fields that lead to objects which do not stay; of the roots, those that are not asked for."""
    if kind["kind"] not in ("OBJECT", "INTERFACE", "UNION"):
        return kind
    wanted = ROOTS.get(kind["name"])
    return {
        **kind,
        "fields": [
            field
            for field in kind["fields"] or ()
            if (wanted is None or field["name"] in wanted) and _stays(_name(field["type"]), types, objects)
        ],
        "interfaces": [each for each in kind["interfaces"] or () if each["name"] in objects],
        "possibleTypes": [each for each in kind["possibleTypes"] or () if each["name"] in objects],
    }


def _stays(name: str, types: dict[str, Json], objects: set[str]) -> bool:
    return name in objects or types[name]["kind"] in ("SCALAR", "ENUM")


def _is_error(field: Json) -> bool:
    """Every mutation names its refusals in a field of this name or one that ends so."""
    return str(field["name"]).lower().endswith("usererrors")


def _leads_to(kind: Json) -> set[str]:
    fields = [*(kind["fields"] or ()), *(kind["inputFields"] or ())]
    arguments = [argument for field in fields for argument in field.get("args", ())]
    return {_name(each["type"]) for each in [*fields, *arguments]}


def _name(reference: Json) -> str:
    """The type behind all lists and non-nulls."""
    while reference["ofType"]:
        reference = reference["ofType"]
    return str(reference["name"])


def _bare(value: Any) -> Any:  # Any: JSON
    """The same without descriptions, which are nine tenths of the text."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: None if name == "description" else _bare(each) for name, each in value.items()}


def _scopes(items: list[Json], kept: dict[str, Json]) -> Json:
    """The scopes of each type and of each `Type.field`; any one of a list opens it."""
    fields = {f"{name}.{field['name']}" for name, kind in kept.items() for field in kind["fields"] or ()}
    found = {f"{item['typeName']}.{item.get('fieldName', '')}".rstrip("."): item["offlineScopes"] for item in items}
    return {name: scopes for name, scopes in found.items() if scopes and name in kept.keys() | fields}


def _header() -> str:
    notice = (HERE / "NOTICE").read_text()
    return "".join(f"# {line}".rstrip() + "\n" for line in notice.splitlines()) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
