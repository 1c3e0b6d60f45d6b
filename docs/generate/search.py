"""The search of the site: it finds words whatever their accents and number, and asks nobody.

The theme's search cuts pages and questions into words, and finds a word by its beginning. It keeps
accents as signs of their own, so that `execut` would not find `exécution`, nor `mesures` a page
that has `mesure` alone. The one function that both go through is put right in the built script.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_SHIM = "https://unpkg.com/iframe-worker/shim"
_WORKERS = "assets/javascripts/workers/search*.js"
_SCRIPTS = "assets/javascripts/bundle*.js"
_AS_BUILT = 't.normalize("NFKD").toLowerCase()'
_PLAIN = r'.replace(/\p{M}/gu,"").replace(/œ/g,"oe").replace(/æ/g,"ae")'
# one of many: journaux, puissances, abonnées; class and gas stay
_SINGULAR = (
    r'.replace(/(?<=\p{L}{2}[^e])aux$/u,"al")'
    r'.replace(/(?<=\p{L}{2}[^s\P{L}])s$/u,"").replace(/(?<=\p{L}{2}u)x$/u,"")'
    r'.replace(/(?<=\p{L}{2}e)e$/u,"")'
)


def find_any_form(site: Path) -> None:
    """Have the search of an edition take a word for the same with or without accents and plural.

    Raises:
        ValueError: the theme's script is not the known one, and would be left as it is.
    """
    for worker in site.glob(_WORKERS):
        text = worker.read_text(encoding="utf-8")
        if text.count(_AS_BUILT) != 1:
            raise ValueError(f"{worker.name}: how it makes words alike is not known")
        worker.write_text(text.replace(_AS_BUILT, _AS_BUILT + _PLAIN + _SINGULAR), "utf-8")


def speak(site: Path, words: Mapping[str, str]) -> None:
    """Have the search of an edition say its words in another language.

    Raises:
        ValueError: the theme's script does not say one of them, and would be left as it is.
    """
    for script in site.glob(_SCRIPTS):
        text = script.read_text(encoding="utf-8")
        if lost := [one for one in words if one not in text]:
            raise ValueError(f"{script.name} does not say {', '.join(lost)}")
        for one, other in words.items():
            text = text.replace(one, other)
        script.write_text(text, encoding="utf-8")


def ask_nobody(page: str, to_root: str) -> str:
    """A built page whose search has its script from the site, for pages opened from a folder."""
    return page.replace(_SHIM, f"{to_root}offline_search.js")
