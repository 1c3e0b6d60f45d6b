"""Whom of its people a simulated world can come to when it answers a request."""

from __future__ import annotations

from collections.abc import Iterable

from sgeflow.core.people import MadeUpPoint
from sgeflow.simulator.communes import TABLE
from sgeflow.simulator.people import as_searched, plain

_POSTAL_CODE, _STREET = "<codePostal>", "<numeroEtNomVoie>"  # of a search


def may_meet(people: Iterable[MadeUpPoint], path: str, body: bytes) -> bool:
    """Whether the answer to a request may tell of any of some people, or be without them.

    They are asked for by the id of their point, or searched for where they live: by the postal
    code, in one street where the request names it; a business by its SIRET. Communes that are
    known without people are not looked up among these.
    """
    text = f"{path}\n{body.decode(errors='replace')}"
    return any(_is_named(one, text) or _lives_there(one, text, body) for one in people)


def _is_named(point: MadeUpPoint, text: str) -> bool:
    siret = point.facts.get("siret")
    return point.id in text or (siret is not None and siret in text)


def _lives_there(point: MadeUpPoint, text: str, body: bytes) -> bool:
    postal_code = point.commune.postal_code
    if postal_code not in text:
        return False
    if not body:
        return postal_code not in TABLE
    if _POSTAL_CODE not in text or _STREET not in text:
        return _POSTAL_CODE in text
    street = plain(point.person.address) if point.person else point.facts.get("street", "")
    return as_searched(street) in as_searched(text)
