"""`cases`: run the cases of a homologation catalogue and check each response.

    - id: cases
      cases: catalogue-26.1
      only: ${inputs.only}

The catalogue is a document of `homologation/`. `only` chooses cases by id, by the beginning of an
id (`ADP`, `ADP-R1`) or by service, separated by commas; if `only` is empty, all cases run. The
cases that a chosen case comes `after` run with it. `from` names the first case to run.

A case with another result does not stop the step: look at `fail`, `skipped` and `differing`. If the
server cannot be reached, or if three cases in a row meet a technical failure, the other cases are
not tried. Then `stopped` has the code of the failure (otherwise null), `next` names the first case
that met it, from which to go on, and `left` counts the cases that were not tried. The step fails
only if the server refuses the credentials.

Outputs: `rows` (one for each case), `services` (the counts of each service), the counts `cases`,
`pass`, `fail`, `stale` and `skipped`, `differing` (the ids of failed and skipped cases), and the
catalogue's `title` and `release`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct, field

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.documents import NOTHING, OK, REFUSED, Case, Casebook, Lookup, Operation
from sgeflow.core.engine.effects import Emit, Moment, Script, StepBegun, StepEnded, ask
from sgeflow.core.engine.failures import error_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Spec, Uses
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.unknown_parameters import lacks
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import Failure, FaultClass, Kind, Status, StepTrace
from sgeflow.errors import EvaluationError, Id, Location, Problem, SgeflowError
from sgeflow.messages import from_table, join_items, say, sentences, verbatim

ReportRow = Mapping[str, Any]

_STOPS = (FaultClass.CREDENTIALS, FaultClass.NETWORK)
"""Failures that every later case would meet too."""

_TECHNICAL = (FaultClass.TECHNICAL, FaultClass.TRANSIENT, FaultClass.UNKNOWN)
"""Failures of the service's platform, which do not concern the case."""


class CaseVerdict(StrEnum):
    """The result of a case."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    STALE = "stale"  # another result, which the catalogue allows
    SKIPPED = "skipped"  # the object of the case is missing


_STATUS = {
    CaseVerdict.PASS: Status.DONE,
    CaseVerdict.FAIL: Status.FAILED,
    CaseVerdict.STALE: Status.PARTIAL,
    CaseVerdict.SKIPPED: Status.PARTIAL,
}


class Answer(Struct, frozen=True, kw_only=True):
    """The answer to a case.

    `received` is ok, a code, or refused for a refusal without code; empty if the case was not run.
    """

    received: str
    message: str = ""
    refused: bool = False  # whether the service refused
    found: bool = True  # False when the object of the case is known to be missing
    technical: str = ""  # the code of a technical failure
    outputs: Mapping[str, Any] = field(default_factory=dict)


class HomologationResult(Struct, frozen=True):
    """The row of a case, and the code of a technical failure if there was one."""

    row: ReportRow
    technical: str


def _chosen_cases(
    book: Casebook, operations: Mapping[str, Operation], only: str, first: str
) -> list[Case]:
    """The cases of `only` from `first` on, and the cases that must precede them."""
    cases = list(book.cases.values())
    names = [name.strip() for name in only.split(",") if name.strip()]
    chosen: set[str] = set() if names else set(book.cases)
    for name in names:
        ids = {case.id for case in cases if _fits(name, case, operations)}
        if not ids:
            raise EvaluationError(_unknown_case(name, book))
        chosen |= ids
    if name := first.strip():
        begin = next((n for n, case in enumerate(cases) if _fits(name, case, operations)), None)
        if begin is None:
            raise EvaluationError(_unknown_case(name, book))
        chosen &= {case.id for case in cases[begin:]}
    for case in reversed(cases):  # preceding cases come earlier in the list
        if case.id in chosen:
            chosen.update(case.after)
    return [case for case in cases if case.id in chosen]


def try_case(
    case: Case, book: Casebook, began: float, run: Run
) -> Script[HomologationResult | Failed]:
    """Run a case, compare and report it; return a failure that every other case would meet.

    `began` is the time at which the first case began.
    """
    here = run.into(case.id)
    yield Emit(StepBegun(here.trail, verbatim(case.id)))
    answer = yield from _answer(case, here)
    if isinstance(answer, Failed):
        return answer
    moment = yield from ask(Moment(key=here.key("moment")))
    time = datetime.fromisoformat(run.now) + timedelta(seconds=moment - began)
    operation = run.library.catalog.operations[case.call]
    verdict = _verdict(case, book, operation, answer)
    yield Emit(StepEnded(_trace(case, answer, verdict, here)))
    row = {
        "case": case.id,
        "title": case.title,
        "service": operation.service,
        "version": operation.version,
        "operation": operation.name,
        "time": time.isoformat(timespec="seconds"),
        "expected": ", ".join(case.expect),
        "received": answer.received,
        "verdict": verdict.value,
        "affaireId": answer.outputs.get("caseId"),
        "serviceSouscritId": answer.outputs.get("serviceId"),
        "message": answer.message,
        "stale": case.stale,
        "ends": operation.ends,
    }
    return HomologationResult(row, "" if verdict is CaseVerdict.PASS else answer.technical)


def counts(rows: Sequence[ReportRow]) -> dict[str, int]:
    """The number of cases, and the number with each result."""
    verdicts = [row["verdict"] for row in rows]
    return {"cases": len(verdicts), **{one.value: verdicts.count(one.value) for one in CaseVerdict}}


def by_service(rows: Sequence[ReportRow]) -> list[dict[str, Any]]:
    """The counts of each service, in the order of the cases."""
    services = dict.fromkeys((row["service"], row["version"]) for row in rows)
    return [
        {
            "service": service,
            "version": version,
            **counts([row for row in rows if (row["service"], row["version"]) == key]),
        }
        for key in services
        for service, version in (key,)
    ]


def _answer(case: Case, run: Run) -> Script[Answer | Failed]:
    from sgeflow.core.engine.call import call_operation

    scope: dict[str, Any] = {"env": run.environment.facts(), "run": run.facts()}
    if case.first is not None:
        first = yield from _look_up(case.first, scope, run.into("first"))
        if isinstance(first, Answer | Failed):
            return first
        scope["first"] = first.outputs
    try:
        arguments = {name: template.evaluate(scope) for name, template in case.arguments.items()}
    except SgeflowError as error:
        return _not_ok(error_failure(error, run))
    end = yield from call_operation(
        case.call, arguments, run, unchecked=case.unchecked, verbatim=True
    )
    if isinstance(end, Failed):
        stops = end.failure.fault_class in _STOPS
        return end if stops else _not_ok(end.failure)
    return Answer(received=OK, outputs=getattr(end, "outputs", {}))


def _look_up(first: Lookup, scope: Mapping[str, Any], run: Run) -> Script[Done | Answer | Failed]:
    """Look up the object of a case; otherwise the reason why the case cannot run."""
    from sgeflow.core.engine.call import call_operation

    try:
        arguments = {name: template.evaluate(scope) for name, template in first.arguments.items()}
        end = yield from call_operation(first.call, arguments, run)
        if isinstance(end, Failed):
            stops = end.failure.fault_class in _STOPS
            message = sentences(first.call, end.failure.problem.message, between=": ")
            technical = _technical(end.failure)
            return end if stops else Answer(received="", message=message, technical=technical)
        match = first.found.search(getattr(end, "outputs", {}))
    except SgeflowError as error:
        return Answer(received="", message=error.problems[0].message)
    if match is None:
        message = say("{call} found nothing to test", call=first.call)
        return Answer(received="", message=message, found=False)
    return Done(outputs=match)


def _not_ok(failure: Failure) -> Answer:
    code = failure.answer or failure.code  # the answer, whatever it proves of an order
    details = dict(failure.problem.details) if failure.answer else {}
    return Answer(
        received=REFUSED if code == Id.FAULT.code else code,
        message=details.get("why", failure.problem.message),
        refused=failure.problem.id is Id.FAULT,
        technical=_technical(failure),
    )


def _technical(failure: Failure) -> str:
    return (failure.answer or failure.code) if failure.fault_class in _TECHNICAL else ""


def _verdict(case: Case, book: Casebook, operation: Operation, answer: Answer) -> CaseVerdict:
    passes = {*case.expect, *case.accept}
    if OK in passes and operation.kind is Kind.ORDER:
        passes.update(book.orders_accept)
    refused = answer.refused and not answer.technical  # an unavailable platform is not a refusal
    if answer.received in passes or (REFUSED in passes and refused):
        return CaseVerdict.PASS
    if (answer.received if answer.found else NOTHING) in case.excused:
        return CaseVerdict.STALE
    return CaseVerdict.FAIL if answer.received else CaseVerdict.SKIPPED


def _trace(case: Case, answer: Answer, verdict: CaseVerdict, run: Run) -> StepTrace:
    summary: str = answer.received or from_table(verdict.value)
    if verdict is not CaseVerdict.PASS:
        expected = join_items(case.expect, between=say(" or "))
        summary = say("{seen}, expected {expected}", seen=summary, expected=expected)
    return StepTrace(
        trail=run.trail,
        verb="cases",
        title=verbatim(case.id),
        status=_STATUS[verdict],
        summary=sentences(summary, case.title, between=" · "),
    )


def _fits(name: str, case: Case, operations: Mapping[str, Operation]) -> bool:
    text, known = name.upper(), case.id.upper()
    begins = known.startswith(text) and not known[len(text) : len(text) + 1].isalnum()
    return begins or text == operations[case.call].service.upper()


def _unknown_case(name: str, book: Casebook) -> Problem:
    known = list(dict.fromkeys(id_.partition(" ")[0] for id_ in book.cases))
    return Problem(
        id=Id.INVALID_VALUE,
        message=lacks(book.name, say("case"), name),
        allowed=tuple(dict.fromkeys(id_.partition("-")[0] for id_ in known)),
        allowed_label="cases begin with",
        suggestion=closest(name, known),
    )


ROW = (
    *("case", "title", "service", "version", "operation", "time", "expected", "received"),
    *("verdict", "affaireId", "serviceSouscritId", "message", "stale", "ends"),
)
"""The members of a row."""

_COUNTS = dict.fromkeys(("cases", *(one.value for one in CaseVerdict)), NUMBER)
_ENOUGH = 3  # technical failures in a row: the service is down
_DIFFERING = (CaseVerdict.FAIL.value, CaseVerdict.SKIPPED.value)


class _Cases(Spec, frozen=True, kw_only=True):
    catalogue: str
    only: Template
    first: Template
    at: Location

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(
            catalogue=keys.get("cases"),
            only=keys.template("only", default=""),
            first=keys.template("from", default=""),
            at=keys.at("cases"),
        )

    def check(self, checker: Checker) -> Shape:
        checker.casebook(self.catalogue, self.at)
        checker.template(self.only)
        checker.template(self.first)
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

    def run(self, scope: Scope, run: Run) -> Script[End]:
        catalog = run.library.catalog
        book = catalog.homologation[self.catalogue]
        only, first = (str(one.evaluate(scope) or "") for one in (self.only, self.first))
        chosen = _chosen_cases(book, catalog.operations, only, first)
        yield Emit(StepBegun(run.trail, "", len(chosen)))
        began = yield from ask(Moment(key=run.key("moment")))
        rows: list[ReportRow] = []
        technical: list[ReportRow] = []  # the last technical failures in a row
        stopped: str | None = None  # the code of the failure that ended the step
        following: str | None = None  # the case to continue from
        for case in chosen:
            tried = yield from try_case(case, book, began, run)
            if isinstance(tried, HomologationResult):
                rows.append(tried.row)
                technical = [*technical, tried.row] if tried.technical else []
                if len(technical) == _ENOUGH:
                    stopped, following = tried.technical, technical[0]["case"]
            elif tried.failure.fault_class is FaultClass.NETWORK:
                stopped, following = tried.failure.code, case.id
            else:
                return tried
            if stopped:
                break
        counted = counts(rows)
        outputs = {
            "title": book.title,
            "release": book.release,
            "stopped": stopped,
            "next": following,
            "left": len(chosen) - len(rows),
            "rows": [dict(row) for row in rows],
            "services": by_service(rows),
            "differing": [row["case"] for row in rows if row["verdict"] in _DIFFERING],
            **counted,
        }
        others = (one.value for one in CaseVerdict if one is not CaseVerdict.PASS)
        passed = say("{good} of {cases} pass", good=counted["pass"], cases=counted["cases"])
        counts_text = [
            sentences(str(counted[one]), from_table(one)) for one in others if counted[one]
        ]
        return Done(outputs=outputs, summary=join_items([passed, *counts_text]))

    def uses(self) -> Uses:
        return Uses(casebook=self.catalogue)

    def says(self) -> tuple[str, ...]:
        return (self.catalogue,)


VERB = Verb(
    spec=_Cases,
    properties={
        "cases": text("the homologation catalogue"),
        "only": text("cases, beginnings of ids or services, separated by commas; all when empty"),
        "from": text("the first case; earlier ones are left out"),
    },
    names={("cases",): "homologation"},
)
