"""`cases`: the cases of a homologation catalogue, one after the other, each held to its answer.

    - id: cases
      cases: catalogue-26.1
      only: ${inputs.only}

The catalogue is a document of `homologation/`. `only` names cases by id, by the beginning of an id
(`ADP`, `ADP-R1`) or by service, separated by commas; all are run when it is empty. Those that a
case says it comes `after` are run with it. `from` names the case to begin with.

A case that comes out otherwise stops nothing: look at `fail`, `skipped` and `differing`. When the
server cannot be reached, or three cases in a row meet a technical failure, the other cases are not
tried: `stopped` says the failure's code (else it is null), `next` the case to go on from, which is
the first that met it, and `left` how many were not tried. Only when the server refuses the
credentials the step fails.

Gives `rows` (a case each), `services` (counts of each), the counts `cases`, `pass`, `fail`,
`stale`, `skipped`, the ids `differing` that failed or were skipped, and the catalogue's `title`
and `release`.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Began, Emit, Moment, Script, ask
from sgeflow.core.engine.homologation import (
    CaseVerdict,
    HomologationResult,
    ReportRow,
    by_service,
    chosen_cases,
    counts,
    try_case,
)
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import FaultClass
from sgeflow.errors import Location
from sgeflow.messages import from_table, join_items, say, sentences

ROW = (
    *("case", "title", "service", "version", "operation", "time", "expected", "received"),
    *("verdict", "affaireId", "serviceSouscritId", "message", "stale", "ends"),
)
"""What a row tells of its case."""

_COUNTS = dict.fromkeys(("cases", *(one.value for one in CaseVerdict)), NUMBER)
_ENOUGH = 3  # technical failures in a row: the other side is down
_DIFFERING = (CaseVerdict.FAIL.value, CaseVerdict.SKIPPED.value)


class CasesSpec(Struct, frozen=True, kw_only=True):
    """The catalogue, and which of its cases."""

    catalogue: str
    only: Template
    first: Template
    at: Location


class _Progress(Struct):
    """The cases so far, and the technical failures that came last, one after the other."""

    rows: list[ReportRow] = field(default_factory=list)
    technical: list[ReportRow] = field(default_factory=list)
    stopped: str = ""
    next: str = ""

    def add(self, tried: HomologationResult) -> None:
        self.rows.append(tried.row)
        self.technical = [*self.technical, tried.row] if tried.technical else []
        if len(self.technical) == _ENOUGH:
            self.stop(tried.technical, self.technical[0]["case"])

    def stop(self, code: str, case: str) -> None:
        """Stop for a failure; `case` is the one to go on from."""
        self.stopped, self.next = code, case


def decode(keys: Keys) -> CasesSpec:
    """The catalogue's name and the choice."""
    return CasesSpec(
        catalogue=keys.get("cases"),
        only=keys.template("only", default=""),
        first=keys.template("from", default=""),
        at=keys.at("cases"),
    )


def check(spec: CasesSpec, checker: Checker) -> Shape:
    """The catalogue exists; its own names are checked with its document."""
    checker.casebook(spec.catalogue, spec.at)
    checker.template(spec.only)
    checker.template(spec.first)
    service = {"service": TEXT, "version": TEXT, **_COUNTS}
    row_shape = {
        "title": TEXT,
        "release": TEXT,
        "rows": list_of(object_of(dict.fromkeys(ROW, TEXT), say("a case"))),
        "services": list_of(object_of(service, say("a service"))),
        "differing": list_of(TEXT),
        "stopped": TEXT,
        "next": TEXT,
        "left": NUMBER,
        **_COUNTS,
    }
    return object_of(row_shape, "cases")


def run(spec: CasesSpec, scope: Scope, run: Run) -> Script[End]:
    """Try the chosen cases in their order, until the other side is down."""
    catalog = run.library.catalog
    book = catalog.homologation[spec.catalogue]
    only, first = (str(one.evaluate(scope) or "") for one in (spec.only, spec.first))
    chosen = chosen_cases(book, catalog.operations, only, first)
    yield Emit(Began(run.trail, "", len(chosen)))
    began = yield from ask(Moment(key=run.key("moment")))
    progress = _Progress()
    for case in chosen:
        tried = yield from try_case(case, book, began, run)
        if isinstance(tried, HomologationResult):
            progress.add(tried)
        elif tried.failure.fault_class is FaultClass.NETWORK:
            progress.stop(tried.failure.code, case.id)
        else:
            return tried
        if progress.stopped:
            break
    outputs = {"title": book.title, "release": book.release, **_summarize(progress, len(chosen))}
    return Done(outputs=outputs, summary=_summary(counts(progress.rows)))


def uses(spec: CasesSpec) -> Uses:
    """The catalogue."""
    return Uses(casebook=spec.catalogue)


def says(spec: CasesSpec) -> tuple[str, ...]:
    """The catalogue."""
    return (spec.catalogue,)


def _summarize(progress: _Progress, chosen: int) -> dict[str, Any]:
    rows = progress.rows
    return {
        "stopped": progress.stopped or None,
        "next": progress.next or None,
        "left": chosen - len(rows),
        "rows": [dict(row) for row in rows],
        "services": by_service(rows),
        "differing": [row["case"] for row in rows if row["verdict"] in _DIFFERING],
        **counts(rows),
    }


def _summary(counted: dict[str, int]) -> str:
    others = (one.value for one in CaseVerdict if one is not CaseVerdict.PASS)
    parts = [say("{good} of {cases} pass", good=counted["pass"], cases=counted["cases"])]
    return join_items(
        parts + [sentences(str(counted[one]), from_table(one)) for one in others if counted[one]]
    )


VERB = Verb(
    name="cases",
    manual=__doc__ or "",
    properties={
        "cases": text("the homologation catalogue"),
        "only": text("cases, beginnings of ids or services, separated by commas; all when empty"),
        "from": text("the case to begin with; those before it are left out"),
    },
    required=("cases",),
    names={("cases",): "homologation"},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
)
