"""`export`: write kept measures to a file for others.

    - id: documents
      export: {format: cozy, point: "${inputs.pointId}", file: data/importedData.json}

Formats are `cozy` (the Cozy documents of the Grand Lyon konnector), `csv`, `jsonl` and `parquet`.
Without `point` all points are written. `documents` adds documents by type, `io.cozy.accounts` for
example. A path is relative to where the run was started. A value in it is a plain name, as in
`data/${inputs.pointId}.csv`; an input that begins it, `${inputs.file}`, may be a path itself. In
a simulated environment `x.json` is `x.simulated.json`, in a replay `x.replay.json`. Gives `file`,
as it is called, and `counts` by kind.
"""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.step_reader import Keys
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.effects import Export as Write
from sgeflow.core.engine.effects import Script, Tell, Warn, ask
from sgeflow.core.engine.step import Done, End, Run
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import ANY, TEXT, Shape, object_of
from sgeflow.core.language.template import Scope, Template


class ExportSpec(Struct, frozen=True, kw_only=True):
    """The format, the file, and what goes in."""

    format: str
    file: Template
    point: Template
    documents: Template


def decode(keys: Keys) -> ExportSpec:
    """The format and the templates."""
    return ExportSpec(
        format=keys.get("export", "format"),
        file=keys.template("export", "file"),
        point=keys.template("export", "point"),
        documents=keys.template("export", "documents", default={}),
    )


def check(spec: ExportSpec, checker: Checker) -> Shape:
    """Names in the templates."""
    checker.shelf.path(spec.file)
    for template in (spec.file, spec.point, spec.documents):
        checker.template(template)
    return object_of({"file": TEXT, "counts": ANY}, "export")


def run(spec: ExportSpec, scope: Scope, run: Run) -> Script[End]:
    """Write the file."""
    point = spec.point.evaluate(scope)
    result = yield from ask(
        Write(
            key=run.key("export"),
            format=spec.format,
            file=path_of(spec.file, scope),
            point=None if point is None else str(point),
            documents=spec.documents.evaluate(scope) if spec.documents.written else {},
        )
    )
    if result.note:
        yield Tell(Warn(run.trail, result.note))
    counts = ", ".join(f"{count} {kind}" for kind, count in result.counts.items())
    return Done(
        outputs={"file": result.file, "counts": dict(result.counts)},
        summary=f"{result.file} · {counts}",
    )


def says(spec: ExportSpec) -> tuple[str, ...]:
    """The format and the file."""
    return (f"{spec.format} {spec.file.written}",)


VERB = Verb(
    name="export",
    manual=__doc__ or "",
    properties={
        "export": {
            **closed_object(
                {
                    "format": {"enum": ["cozy", "csv", "jsonl", "parquet"]},
                    "file": text("where to"),
                    "point": text("whose measures; all without it"),
                    "documents": {"type": "object", "description": "further documents by type"},
                },
                ("format", "file"),
            ),
            "x-called": "an export",
        }
    },
    required=("export",),
    decode=decode,
    check=check,
    run=run,
    says=says,
)
