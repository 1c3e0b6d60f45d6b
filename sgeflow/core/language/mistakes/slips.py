"""Slips that JSON Schema finds, as who reads on behind them needs them: what to read instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.mistakes.schema import part_at, unknown_in, validator
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.value_suggestions import reshape
from sgeflow.core.language.text import Path, Tree


def misspelt_keys(
    tree: Tree, schema: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, str, str]]:
    """Each misspelt key of the part at `path`: its mapping, and the key that was meant."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator == "additionalProperties":
            for key, near in unknown_in(error):
                if near and near not in error.instance:
                    yield (*path, *error.absolute_path), key, near


def unknown_keys(
    tree: Tree, schema: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, str]]:
    """Each key that a mapping in the part at `path` cannot have: the mapping, and the key."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator == "additionalProperties":
            for key, _ in unknown_in(error):
                yield (*path, *error.absolute_path), key


def misspelt_values(
    tree: Tree, schema: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, str]]:
    """Each misspelt word in the part at `path` where some may stand: its place, what was meant."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator == "enum" and isinstance(error.instance, str):
            near = closest(error.instance, map(str, error.validator_value))
            if near in error.validator_value:
                yield (*path, *error.absolute_path), near


def reshaped_values(
    tree: Tree, schema: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """Each value of a wrong type in the part at `path`: its place, and what it may be read as."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator == "type":
            fit = validator(error.schema).is_valid
            for value in filter(fit, reshape(error.instance)):
                yield (*path, *error.absolute_path), value
                break


def wrong_values(tree: Tree, schema: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """The places of the values in the part at `path` that do not fit; those of its keys apart."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator not in ("additionalProperties", "required", "propertyNames"):
            yield (*path, *error.absolute_path)


def missing_keys(
    tree: Tree, schema: Mapping[str, Any], value: Any, path: Path = ()
) -> Iterator[tuple[Path, str]]:
    """Each missing key of the part at `path` that may have a value: its mapping, and itself."""
    for error in validator(schema).iter_errors(part_at(tree, path)):
        if error.validator == "required":
            forms = error.schema.get("properties", {})
            for key in error.validator_value:
                if key not in error.instance and validator(forms.get(key, {})).is_valid(value):
                    yield (*path, *error.absolute_path), key
