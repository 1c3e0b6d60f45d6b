"""The French catalogue: each wording of the code in French, a file a room or subject.

See CONTRIBUTING.md. Guillemets and `: ; ? !` are typed with plain spaces; `locale/translate.py`
sets the right ones.
"""

import importlib
import pkgutil

French = dict[str, str | tuple[str, str]]
"""A wording, or the one for `count=1`, to the French one, or to those for one and for many."""


def _all() -> French:
    words: French = {}
    for module in pkgutil.iter_modules(__path__):
        words |= importlib.import_module(f"{__name__}.{module.name}").WORDS
    return words


WORDS: French = _all()


def french(wording: str) -> str | tuple[str, str] | None:
    """Return the French of a wording; "Rows" has that of "rows" with a capital."""
    small = WORDS.get(wording[:1].lower() + wording[1:])
    if wording in WORDS or not isinstance(small, str):
        return WORDS.get(wording)
    return small[:1].upper() + small[1:]
