"""`report`: write the results of homologation cases for Enedis.

    - id: page
      report: {format: html, file: data/homologation.html, of: "${steps.cases}"}

`of` is the result of a `cases` step. `csv` has one line for each case; `html` is one self-contained
page to read and to print. Both name the environment, the login, the release and the dates.

A path is relative to the project's folder, with the same rules as in [export](export.md). Outputs:
`file`, and `counts` by verdict.
"""

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.effects import Emit, Script, Warn, WriteReport, ask
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, Sort, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Id
from sgeflow.messages import say


class _Report(Spec, frozen=True, kw_only=True):
    format: str
    file: Template
    of: Template

    def check(self, checker: Checker) -> Shape:
        checker.namespace.path(self.file)
        checker.template(self.file)
        cases = checker.template(self.of)
        if (
            cases.sort is not Sort.ANY
            and not {"rows", "services", "release"} <= cases.fields.keys()
        ):
            message = say("a report is of what a `cases` step gave")
            checker.report(Id.WRONG_TYPE, message, self.of.spot.at(), note="of: ${steps.<its id>}")
        return object_of({"file": TEXT, "counts": object_of({"cases": NUMBER})}, "report")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        environment = run.environment
        document = {
            **self.of.evaluate(scope),
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
                format=self.format,
                file=path_of(self.file, scope),
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

    def uses(self) -> Uses:
        return Uses(files=(self.file,))

    def says(self) -> tuple[str, ...]:
        return (f"{self.format} {self.file.written}",)


VERB = Verb(
    spec=_Report,
    properties={
        "report": closed_object(
            {
                "format": {"enum": ["csv", "html"]},
                "file": text("the destination"),
                "of": {"description": "outputs of a `cases` step"},
            },
            ("format", "file", "of"),
            called="a report",
        )
    },
    synonyms=("rapport",),
)
