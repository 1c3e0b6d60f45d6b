"""`cases`: the cases of a homologation catalogue, one after the other, each held to its answer.

    - id: cases
      cases: catalogue-26.1
      only: ${inputs.only}

The catalogue is a document of `homologation/`. `only` names cases by id, by the beginning of an id
(`ADP`, `ADP-R1`) or by service, separated by commas; all are run when it is empty. Those that a
case says it comes `after` are run with it. A case that comes out otherwise stops nothing: look at
`fail`, `skipped` and `differing`. Only when the server cannot be reached or refuses the
credentials the step fails; `sgeflow resume` goes on from there. Gives `rows` (a case each),
`services` (counts of each), the counts `cases`, `pass`, `fail`, `stale`, `skipped`, the ids
`differing` that failed or were skipped, and the catalogue's `title` and `release`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sgeflow.core.engine.cases import Row, Verdict, by_service, chosen_cases, counts, try_case
from sgeflow.core.engine.check import Checker
from sgeflow.core.engine.effects import Began, Moment, Script, Tell, ask
from sgeflow.core.engine.keys import Keys
from sgeflow.core.engine.step import Done, End, Failed, Run, Scope, Verb
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shape import NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Template
from sgeflow.errors import Location
from sgeflow.say import fixed, listed, say, sentences

ROW = (
    *("case", "title", "service", "version", "operation", "time", "expected", "received"),
    *("verdict", "affaireId", "serviceSouscritId", "message", "stale"),
)
"""What a row tells of its case."""

_COUNTS = dict.fromkeys(("cases", *(one.value for one in Verdict)), NUMBER)
_DIFFERING = (Verdict.FAIL.value, Verdict.SKIPPED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The catalogue, and which of its cases."""

    catalogue: str
    only: Template
    at: Location


def decode(keys: Keys) -> Cases:
    """The catalogue's name and the choice."""
    return Cases(
        catalogue=keys.get("cases"), only=keys.template("only", default=""), at=keys.at("cases")
    )


def check(spec: Cases, checker: Checker) -> Shape:
    """The catalogue exists; its own names are checked with its document."""
    checker.casebook(spec.catalogue, spec.at)
    checker.template(spec.only)
    service = {"service": TEXT, "version": TEXT, **_COUNTS}
    given = {
        "title": TEXT,
        "release": TEXT,
        "rows": list_of(object_of(dict.fromkeys(ROW, TEXT), say("a case"))),
        "services": list_of(object_of(service, say("a service"))),
        "differing": list_of(TEXT),
        **_COUNTS,
    }
    return object_of(given, "cases")


def run(spec: Cases, scope: Scope, run: Run) -> Script[End]:
    """Try the chosen cases in their order."""
    catalog = run.library.catalog
    book = catalog.homologation[spec.catalogue]
    chosen = chosen_cases(book, catalog.operations, str(spec.only.evaluate(scope) or ""))
    yield Tell(Began(run.trail, "", len(chosen)))
    began = yield from ask(Moment(key=run.key("moment")))
    rows: list[Row] = []
    for case in chosen:
        tried = yield from try_case(case, book, began, run)
        if isinstance(tried, Failed):
            return tried
        rows.append(tried)
    return Done(
        outputs={"title": book.title, "release": book.release, **_summed(rows)},
        summary=_summary(counts(rows)),
    )


def _summed(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": [dict(row) for row in rows],
        "services": by_service(rows),
        "differing": [row["case"] for row in rows if row["verdict"] in _DIFFERING],
        **counts(rows),
    }


def _summary(counted: dict[str, int]) -> str:
    others = (one.value for one in Verdict if one is not Verdict.PASS)
    told = [say("{good} of {cases} pass", good=counted["pass"], cases=counted["cases"])]
    return listed(
        told + [sentences(str(counted[one]), fixed(one)) for one in others if counted[one]]
    )


VERB = Verb(
    name="cases",
    manual=__doc__ or "",
    properties={
        "cases": text("the homologation catalogue"),
        "only": text("cases, beginnings of ids or services, separated by commas; all when empty"),
    },
    required=("cases",),
    decode=decode,
    check=check,
    run=run,
)
