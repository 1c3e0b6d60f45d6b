"""Converts SVG to PNG, for mails, slides and chats that cannot show SVG; needs the extra `png`."""

from typing import Any

from sgeflow.adapters.extras import install_command
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex

_FONTS: dict[str, Any] = {
    "sans_serif_family": "DejaVu Sans",
    "monospace_family": "DejaVu Sans Mono",
}
_SHARP, _ENOUGH = 2.0, 12_000_000  # the zoom; the most pixels for which it is used
_SIZE = regex(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"')
_LETTER = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'


def to_png(svg: str) -> bytes:
    """The bytes of a PNG in the light colours of an SVG.

    Raises:
        UsageError: the library is not installed, or the machine has no font.
    """
    try:
        import resvg_py as resvg
    except ImportError:
        raise UsageError.of(
            Id.USAGE,
            say("a PNG needs resvg, which is not installed"),
            details=(("remedy", install_command("png")),),
            note=say("or write .svg or .html"),
        ) from None
    size = _SIZE.match(svg)
    pixels = float(size[1]) * float(size[2]) if size else 0.0
    zoom = _SHARP if pixels * _SHARP**2 <= _ENOUGH else 1.0
    with_text, without = (
        resvg.svg_to_bytes(svg_string=_LETTER.format(text), **_FONTS)
        for text in ('<text x="2" y="15" font-family="sans-serif">M</text>', "")
    )
    if with_text == without:  # without any font, letters are left out silently
        message = say("a PNG would be without words: this machine has no font")
        note = say("install fonts-dejavu-core, or write .svg or .html, which bring none")
        raise UsageError.of(Id.USAGE, message, note=note)
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=zoom, **_FONTS))
