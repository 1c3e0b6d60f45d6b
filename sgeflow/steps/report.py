"""`report`: write what the cases of a homologation came to, for Enedis.

    - id: page
      report: {format: html, file: data/homologation.html, of: "${steps.cases}"}

`of` is what a `cases` step gave. `csv` is a line a case, `html` one page that needs nothing else,
to be read and printed. Both name the environment, the login, the release and the dates. A path is
relative to the project's folder, and made as that of an [export](export.md). Gives `file` and
`counts` by verdict.
"""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Script, Warn, WriteReport, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, Sort, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Id
from sgeflow.messages import say


class ReportSpec(Struct, frozen=True, kw_only=True):
    """The format, the file, and the cases."""

    format: str
    file: Template
    of: Template


def decode(keys: Keys) -> ReportSpec:
    """The format and the templates."""
    return ReportSpec(
        format=keys.get("report", "format"),
        file=keys.template("report", "file"),
        of=keys.template("report", "of"),
    )


def check(spec: ReportSpec, checker: Checker) -> Shape:
    """The outputs of a `cases` step are what is reported."""
    checker.namespace.path(spec.file)
    checker.template(spec.file)
    cases = checker.template(spec.of)
    if cases.sort is not Sort.ANY and not {"rows", "services", "release"} <= cases.fields.keys():
        message = say("a report is of what a `cases` step gave")
        checker.report(Id.WRONG_TYPE, message, spec.of.spot.at(), note="of: ${steps.<its id>}")
    return object_of({"file": TEXT, "counts": object_of({"cases": NUMBER})}, "report")


def run(spec: ReportSpec, scope: Scope, run: Run) -> Script[End]:
    """Write the file."""
    environment = run.environment
    document = {
        **spec.of.evaluate(scope),
        "environment": environment.name,
        "environmentTitle": environment.title,
        "simulated": environment.simulated,
        "login": environment.login,
        "contractId": environment.contract_id,
        "began": run.now,
        "run": run.id,
    }
    result = yield from ask(
        WriteReport(
            key=run.key("report"),
            format=spec.format,
            file=path_of(spec.file, scope),
            document=document,
        )
    )
    if result.note:
        yield Emit(Warn(run.trail, result.note))
    counts = dict(result.counts)
    return Done(
        outputs={"file": result.file, "counts": counts},
        summary=say("{file} · cases: {cases}", file=result.file, cases=counts["cases"])
        if counts
        else result.file,
    )


def uses(spec: ReportSpec) -> Uses:
    """The file."""
    return Uses(files=(spec.file,))


def says(spec: ReportSpec) -> tuple[str, ...]:
    """The format and the file."""
    return (f"{spec.format} {spec.file.written}",)


VERB = Verb(
    name="report",
    manual=__doc__ or "",
    properties={
        "report": closed_object(
            {
                "format": {"enum": ["csv", "html"]},
                "file": text("where to"),
                "of": {"description": "what a `cases` step gave"},
            },
            ("format", "file", "of"),
            called="a report",
        )
    },
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
    synonyms=("rapport",),
)
