"""YAML text to libyaml's nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml
from msgspec import Struct

from sgeflow.errors import Problem

if TYPE_CHECKING:
    from sgeflow.core.language.mistakes.yaml_patches import Patches

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_Base):  # type: ignore[misc]
    """A loader that guesses no types: nobody asks a node for its tag."""

    def resolve(self, _kind: type, _value: str | None, _implicit: object) -> str:
        """No tag."""
        return ""

    def descend_resolver(self, _parent: yaml.Node | None, _index: object) -> None:
        """No tag depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """The same on the way back."""


class Composition(Struct, frozen=True):
    """The nodes of a text as it is patched; marks of nodes are places of the patched text."""

    node: yaml.Node | None = None
    patches: Patches = ()
    problems: tuple[Problem, ...] = ()
    is_whole: bool = True  # else the text could not be read on
    ways: int = 1  # in which it may have been meant


def compose_text(text: str) -> yaml.Node | None:
    """The nodes of a text.

    Raises:
        yaml.YAMLError, RecursionError: it is no YAML.
    """
    loader = Loader(text)
    try:
        return cast("yaml.Node | None", loader.get_single_node())
    finally:
        loader.dispose()
