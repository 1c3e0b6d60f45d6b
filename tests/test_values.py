"""What holds of every value class of the house, found by walking it."""

import importlib
import pickle
import pkgutil
import re
from collections.abc import Iterator
from inspect import formatannotation, get_annotations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import force_setattr, replace
from rich.pretty import pretty_repr

import sgeflow
from sgeflow.core.model import Kind, Request, Response
from sgeflow.values import Discreet

CANARY = "canary-7ad1f0"
TELLING = {"secrets", "variables", "headers", "body", "password", "lastname", "iv"}
"""Names of fields that hold secrets or people, whatever class has them."""
PLAIN = ("str", "bytes", "Mapping[str, str]", "dict[str, str]", "tuple[tuple[str, str], ...]")
"""Types that show what they hold; a `Secret` does not."""
HARMLESS = {
    "core.documents.Endpoint": "a document: its secrets are references",
    "core.documents.FileKey": "a document: its secrets are references",
    "core.people.Person": "made up",
    "core.stubs.StubReply": "a document: what a stub answers",
    "simulator.replies.Reply": "made up",
    "simulator.router.Call": "what the simulator is asked on this machine",
}


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _value_classes() -> dict[str, type[Struct]]:
    for module in pkgutil.walk_packages(sgeflow.__path__, "sgeflow."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {
        f"{one.__module__.removeprefix('sgeflow.')}.{one.__qualname__}": one
        for one in _below(Struct)
        if one.__module__.startswith("sgeflow.") and one is not Discreet
    }


CLASSES = _value_classes()
DISCREET = {name: one for name, one in sorted(CLASSES.items()) if issubclass(one, Discreet)}


class Canary:
    def __repr__(self):
        return CANARY


def shown(value):
    """All that a log, a message, a failed assertion or rich would print of it."""
    return [repr(value), str(value), f"{value}", f"{[value]}", pretty_repr(value)]


@pytest.mark.parametrize("name", DISCREET)
def test_what_a_class_withholds_is_never_shown(name):
    kind = DISCREET[name]
    assert kind.withheld <= set(kind.__struct_fields__)
    fields = {one: Canary() if one in kind.withheld else "plain" for one in kind.__struct_fields__}
    value = _made_of(kind, fields)
    for text in shown(value):
        assert CANARY not in text
        assert kind.__name__ in text
        assert ("'plain'" in text) is (kind.withheld < set(kind.__struct_fields__))
    for one in kind.withheld:
        assert isinstance(getattr(value, one), Canary)


def _made_of(kind: type[Struct], fields: dict[str, Any]) -> Any:
    if hasattr(kind, "__post_init__"):  # it holds types, and a canary is of none
        value = kind()
        for name, one in fields.items():
            force_setattr(value, name, one)
        return value
    return kind(**fields) if not kind.__match_args__ else kind(*fields.values())


def test_what_holds_secrets_or_people_by_its_name_is_withheld():
    assert {name for name, kind in CLASSES.items() if _tells(kind)} == set(HARMLESS)


def _tells(kind: type[Struct]) -> bool:
    """Whether a field that is named as one that holds secrets or people would be shown."""
    written = {k: v for one in reversed(kind.__mro__) for k, v in get_annotations(one).items()}
    return any(
        _as_written(written[field]).removesuffix(" | None") in PLAIN
        for field in set(kind.__struct_fields__) - getattr(kind, "withheld", frozenset())
        if field in TELLING or field.endswith("_password")
    )


def _as_written(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return re.sub(r"(collections\.abc|typing)\.", "", formatannotation(annotation))


def test_a_value_that_cannot_change_says_so():
    request = _request(b"<a/>")
    with pytest.raises(AttributeError, match="immutable"):
        request.body = b""


def test_a_field_that_a_value_does_not_have_is_refused():
    with pytest.raises(TypeError, match="bodies"):
        replace(_request(b""), bodies=b"")


def test_most_classes_cannot_change():
    mutable = [name for name, one in CLASSES.items() if not one.__struct_config__.frozen]
    assert len(mutable) < len(CLASSES) / 6


bodies = st.binary(max_size=40)


@given(bodies, bodies)
def test_a_changed_value_leaves_the_first_as_it_was(first, second):
    one = _request(first)
    other = replace(one, body=second)
    assert (one.body, other.body) == (first, second)
    assert (one == other) is (first == second)
    assert replace(other, body=first) == one


@given(bodies, st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
def test_values_come_back_from_another_process_as_they_were(body, headers):
    for value in (_request(body), Response(status=200, headers=headers, body=body)):
        assert pickle.loads(pickle.dumps(value)) == value


def _request(body: bytes) -> Request:
    return Request(
        endpoint="sge",
        method="POST",
        path="/",
        headers={},
        body=body,
        label="made up",
        kind=Kind.READ,
    )
