"""Laws of the paths of stubs, and that stubs know no fault that the simulator does not know."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgeflow.core.stubs import FAULTS, Stub, StubReply, fits, layer_stubs, stub_for
from sgeflow.errors import Location
from sgeflow.simulator import parse_faults

PART = st.text(st.characters(exclude_characters="/?#{}", codec="utf-8"), min_size=1, max_size=8)
HERE = Location(file="x", line=1, column=1)


def sent(*parts):
    """A path as an `http` step sends it."""
    return "/" + "/".join(quote(part, safe="-_.~") for part in parts)


def stub(path, method="GET"):
    return Stub(method=method, path=path, replies=(StubReply(),), repeats=True, at=HERE)


@given(PART)
def test_a_path_without_placeholders_is_the_path_that_is_written(part):
    assert fits(f"/a/{part}", sent("a", part))
    assert not fits(f"/a/{part}", sent("a", part, "x"))
    assert not fits(f"/a/{part}", sent("b", part))


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), PART)
def test_a_placeholder_is_any_text_of_one_part_even_a_quoted_slash(anything, other):
    assert fits("/a/{any}/b", sent("a", anything, "b"))
    assert not fits("/a/{any}/b", f"/a/{quote(other, safe='')}/x/b")
    assert not fits("/a/{any}/b", "/a//b")


@given(PART, PART)
def test_another_path_is_another(one, other):
    assert fits(f"/{one}", sent(other)) is (one == other)


@given(st.permutations(["/a/b", "/a/{x}", "/{x}/b"]))
def test_the_exact_path_comes_first_and_then_what_was_written_first(paths):
    ordered = layer_stubs(map(stub, paths))
    assert stub_for(ordered, "GET", "/a/b?q=1").path == "/a/b"
    left = [path for path in paths if path != "/a/b"]
    assert stub_for(ordered[1:], "GET", "/a/b").path == left[0]
    assert stub_for(ordered, "POST", "/a/b") is None


@pytest.mark.parametrize("kind", FAULTS)
def test_the_simulator_knows_the_fault_and_lasts_as_long(kind):
    (mode,) = parse_faults(f"{kind}:1x")
    assert mode.seconds == (FAULTS[kind] or 0)
