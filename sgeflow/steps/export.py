"""`export`: write kept measures to a file, or to a service that keeps documents.

    - id: documents
      export: {format: cozy, point: "${inputs.pointId}", file: data/importedData.json}
    - id: household
      export: {format: cozy, point: "${inputs.pointId}", service: cozy}

The formats of files are `cozy` (the Cozy documents of the Grand Lyon konnector), `csv`, `jsonl` and
`parquet`. Without `point` all points are written. `documents` adds documents by type, for example
`io.cozy.accounts`.

A path is relative to the project's folder. A value inside a path is a plain name, as in
`data/${inputs.pointId}.csv`. An input that begins the path, `${inputs.file}`, may be a path itself;
it is relative to the current folder. In a simulated environment `x.json` is written as
`x.simulated.json`, in a replay as `x.replay.json`. Outputs: `file`, the path as it is shown to you,
and `counts` by kind.

`service` takes the place of `file`: a Cozy or, with `kind: couchdb` in the environment, any
CouchDB. The step asks the service for documents changed since the last export, and writes new and
changed documents. Documents of other programs keep their ids and their other members. `again: true`
compares all documents.

`instance` chooses one of many services of a kind: it replaces `{instance}` in the address of the
environment's service. A fleet can so write to the Cozy of each row, with a secret for each.
`account` is the id of the account that the documents are collected for. Documents without a point
belong to `account_point`, or else to `point`. `app` is the program that the documents name as their
author.

A month or year that began before the first kept day is written only if the service has no such
document. Outputs: `service`, `written`, and `counts` by type: `new`, `changed`, `same`, `kept`
(sums that were not replaced), `adopted` (documents of other programs) and `twins` (documents that
occur twice).
"""

from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERVICES, Keys, Verb
from sgeflow.core.engine.effects import Emit, Export, Script, Warn, ask
from sgeflow.core.engine.sinks import SINKS, Sink
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import ANY, NUMBER, TEXT, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Id, Location
from sgeflow.messages import join_items, say, sentences

_OF_FILES = ("documents",)
_OF_SERVICES = ("instance", "account", "account_point", "app", "again")


class _Export(Spec, frozen=True, kw_only=True):
    format: str
    file: Template
    service: str = ""
    service_at: Location
    instance: Template
    point: Template
    documents: Template = Template({})
    account: Template
    account_point: Template
    app: Template
    again: Template = Template(written=False)

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        _check_keys(keys)
        return cls(**keys.values_of(cls))

    def check(self, checker: Checker) -> Shape:
        for template in self.templates:
            checker.template(template)
        if self.service:
            checker.service(self.service, self.service_at)
            return object_of({"service": TEXT, "written": NUMBER, "counts": ANY}, "export")
        checker.namespace.path(self.file)
        return object_of({"file": TEXT, "counts": ANY}, "export")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        if self.service:
            from sgeflow.core.engine.sinks.cozy import write  # the only module of SINKS

            return (yield from write(self._sink(scope, run), run))
        point = self.point.evaluate(scope)
        result = yield from ask(
            Export(
                key=run.key("export"),
                format=self.format,
                file=path_of(self.file, scope),
                point=None if point is None else str(point),
                documents=self.documents.evaluate(scope) if self.documents.written else {},
            )
        )
        if result.note:
            yield Emit(Warn(run.trail, result.note))
        counts = join_items(
            say("{count:,} {name}", count=count, name=kind) for kind, count in result.counts.items()
        )
        return Done(
            outputs={"file": result.file, "counts": dict(result.counts)},
            summary=sentences(result.file, counts, between=" · "),
        )

    def uses(self) -> Uses:
        if not self.service:
            return Uses(files=(self.file,), exports=True)
        return Uses(service=self.service, instance=self.instance, method="GET", exports=True)

    def says(self) -> tuple[str, ...]:
        return (f"{self.format} {self.service or self.file.written}",)

    def _sink(self, scope: Scope, run: Run) -> Sink:
        def text_of(template: Template) -> str:
            value = template.evaluate(scope)
            return "" if value is None else str(value)

        instance = text_of(self.instance)
        run.check_service(self.service, self.service_at, instance)
        return Sink(
            service=self.service,
            instance=instance,
            point=text_of(self.point),
            account=text_of(self.account),
            account_point=text_of(self.account_point),
            app=text_of(self.app) or "sgeflow",
            again=bool(self.again.evaluate(scope)),
        )


def _check_keys(keys: Keys) -> None:
    """Check that there is a file or a service, and only keys that belong to it."""
    settings = keys.get("export")
    places = [key for key in ("file", "service") if key in settings]
    if len(places) != 1:
        message = say("an export goes to a file or to a service: say one of the two")
        keys.report(Id.RULE, message, "export", *(places[1:] or ("format",)))
        return
    is_service = places == ["service"]
    for key in _OF_FILES if is_service else _OF_SERVICES:
        if key in settings:
            message = say("{key} and {other} do not go together", key=key, other=places[0])
            keys.report(Id.RULE, message, "export", key)
    if not is_service:
        return
    if "point" not in settings:
        message = say('the key "{key}" is missing', key="point")
        note = say("a service is given the documents of one point")
        keys.report(Id.MISSING_KEY, message, "export", "service", note=note)
    if settings["format"] not in SINKS:
        message = say(
            "{format} is a format of files, and no service takes it", format=settings["format"]
        )
        keys.report(Id.NOT_ALLOWED, message, "export", "format", allowed=SINKS)


VERB = Verb(
    spec=_Export,
    properties={
        "export": closed_object(
            {
                "format": {"enum": ["cozy", "csv", "jsonl", "parquet"]},
                "file": text("the destination"),
                "service": text("a service instead of a file"),
                "instance": text("one of many services, for `{instance}` in the address"),
                "point": text("the point; without it, all of them to a file"),
                "documents": {"type": "object", "description": "further documents by type"},
                "account": text("of a service: the account that documents are collected for"),
                "account_point": text("of a service: the point of documents that name none"),
                "app": text("of a service: the author of the documents"),
                "again": {"description": "of a service: true compares all documents"},
            },
            ("format",),
            called="an export",
        )
    },
    modifiers=frozenset({"retry"}),
    names={("export", "service"): SERVICES},
)
