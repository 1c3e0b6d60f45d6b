"""An SVG as a PNG: with its words, or not at all."""

import struct
import sys

import pytest

from sgeflow.adapters import rasterise
from sgeflow.errors import UsageError

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><text y="20">Hi</text></svg>'
)


def size(png):
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_a_small_picture_is_twice_as_fine_and_a_large_one_is_not():
    assert size(rasterise.to_png(SVG.format(40))) == (80, 80)
    assert size(rasterise.to_png(SVG.format(2000))) == (2000, 2000)


def test_a_machine_without_fonts_is_told_so_instead_of_given_a_picture_without_words(monkeypatch):
    monkeypatch.setattr(rasterise, "_FONTS", {"skip_system_fonts": True})
    with pytest.raises(UsageError, match="without words"):
        rasterise.to_png(SVG.format(40))


def test_without_the_library_the_command_that_brings_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError) as caught:
        rasterise.to_png(SVG.format(40))
    assert "resvg-py" in dict(caught.value.problems[0].details)["remedy"]
