"""Names for parameters, outputs and prefixes, made from the names of elements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from unicodedata import normalize

from sgeflow.core.language.secret_names import is_secret_name
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import ElementPath, XsdNode

_NAME = regex(r"[A-Za-z][A-Za-z0-9_]*\Z")
_VERSION = regex(r"[vV]([0-9]+)(?:\.[0-9]+)*/?\Z")
# Elements that most likely name or locate a person: hidden until a person says otherwise.
_PERSONAL = regex(
    r"(?i)(nom|prenom|civilite|nomClient.*|denominationSociale|.*telephone.*|.*courriel|.*e?mail"
    r"|.*nomVoie|rue|adresse|lieuDit|batiment|escalier.*|ligne[1-7]|(first|last|family|sur)name|.*phone|street)"
    r"\Z"
)


def is_personal(name: str) -> bool:
    """Whether an element's name says that it holds a person's name or address, or a secret."""
    return bool(_PERSONAL.match(name)) or is_secret_name(name)


def unique(paths: Iterable[ElementPath], taken: Collection[str] = ()) -> dict[ElementPath, str]:
    """A name a path: its last part, with as many parts before it as tell two of them apart."""
    every = list(paths)
    lengths = dict.fromkeys(every, 1)
    while True:
        names = {path: _join(path[-depth:]) for path, depth in lengths.items()}
        counts = Counter(names.values())
        clashing = [p for p in every if counts[names[p]] > 1 or names[p] in taken]
        longer = [path for path in clashing if lengths[path] < len(path)]
        if not longer:
            return _number_names(names, taken)
        lengths |= {path: lengths[path] + 1 for path in longer}


def prefixes(request: XsdNode, version: str) -> dict[str, str]:
    """The prefix of each namespace of a request: `v1` for its root's, `n1`, `n2` for others."""
    spaces = dict.fromkeys(n.namespace for n in (request, *(n for _, n in request.walk())))
    match = _VERSION.search(request.namespace)
    main = f"v{match[1] if match else version.partition('.')[0] or '1'}"
    others = [space for space in spaces if space and space != request.namespace]
    return {
        request.namespace: main,
        **{space: f"n{number}" for number, space in enumerate(others, 1)},
    }


def written_name(node: XsdNode, known: Mapping[str, str]) -> str:
    """The key of an element in an envelope, with its prefix where it is qualified."""
    if not node.namespace:
        return node.name
    at = "@" if node.name.startswith("@") else ""
    return f"{at}{known[node.namespace]}:{node.name.removeprefix('@')}"


def _join(parts: ElementPath) -> str:
    """`("contrat", "contratId")` as `contratContratId`; what no name may hold is left out."""
    plain = (normalize("NFKD", part).encode("ascii", "ignore").decode() for part in parts)
    words = [word for part in plain for word in re.split(r"[^A-Za-z0-9_]+", part) if word]
    name = "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])
    return name if _NAME.match(name) else f"x{name}"


def _number_names(names: dict[ElementPath, str], taken: Collection[str]) -> dict[ElementPath, str]:
    used: set[str] = set(taken)
    result = {}
    for path, name in names.items():
        number, free = 1, name
        while free in used:
            number += 1
            free = f"{name}{number}"
        used.add(free)
        result[path] = free
    return result
