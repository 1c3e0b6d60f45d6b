"""The kinds of text that `normalise` can bring into a comparable form."""

from collections.abc import Callable

from sgeflow.core.language.addresses import street_of
from sgeflow.core.language.comparable_text import town_of
from sgeflow.core.language.surnames import name_of
from sgeflow.messages import say

_STREET = 38  # RecherchePoint v2.0: numeroEtNomVoie has at most 38 characters (XSD)


def normal_form(kind: str) -> Callable[[str], str]:
    """The function that brings texts of a kind into their comparable form.

    Raises:
        ValueError: the kind is unknown.
    """
    if kind not in _NORMAL:
        raise ValueError(
            say("normalise() accepts {kinds}, not {kind!r}", kinds=", ".join(_NORMAL), kind=kind)
        )
    return _NORMAL[kind]


_NORMAL: dict[str, Callable[[str], str]] = {
    "name": name_of,
    "street": lambda text: street_of(text)[:_STREET].rstrip(),
    "last street": lambda text: street_of(text, last=True)[:_STREET].rstrip(),
    "town": town_of,
}
