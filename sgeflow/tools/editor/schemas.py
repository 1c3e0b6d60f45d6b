"""What editors are told of one catalogue: its names, parameters and codes, put into the schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.checking.environments import ENVIRONMENT
from sgeflow.core.checking.function_calls import SIGNATURES
from sgeflow.core.checking.grammar import Grammar
from sgeflow.core.checking.homologation import CASEBOOK
from sgeflow.core.checking.modifiers import COMMON, HANDLERS
from sgeflow.core.checking.operations import ENV
from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.functions import manual
from sgeflow.core.language.schemas import FAULTS, OPERATION, TYPES, Schema
from sgeflow.core.model import Kind
from sgeflow.errors import Id
from sgeflow.tools.editor.signatures import named, signature, signatures
from sgeflow.tools.flowtest.document import FLOWTEST

_EXPRESSIONS = ("when", "until", "check", "foreach")
_HTTP_CODE: Schema = {"type": "string", "pattern": "^HTTP[1-5][0-9]{2}$"}


def catalogue_schemas(
    catalog: Catalog, grammar: Grammar, types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Schema]:
    """The schema of each kind of document, with what this catalogue holds.

    They are the general ones and more: what they refuse besides is a name, a parameter or a code
    that is not there.
    """
    return {
        "operation": _operation(catalog, types),
        "flow": _flow(catalog, grammar),
        "environment": ENVIRONMENT,
        "homologation": _casebook(catalog),
        "test": _flowtest(catalog),
        "faults": FAULTS,
        "types": TYPES,
    }


# -- flows ----------------------------------------------------------------------------------------


def _flow(catalog: Catalog, grammar: Grammar) -> Schema:
    schema = grammar.flow_schema()
    help_ = expressions(catalog)
    handlers = {"$ref": "#/$defs/handlers"}
    definitions = {
        name: _step(step, catalog) if name in ("step", "undo") else step
        for name, step in schema["$defs"].items()
    }
    definitions["handlers"] = _handlers(catalog)
    definitions |= {key: _expression(key, grammar, help_) for key in _EXPRESSIONS}
    definitions |= dict(signatures("call", catalog.operations))
    definitions |= dict(signatures("flow", catalog.flows))
    properties = {**schema["properties"], "on_fault": handlers}
    properties["outputs"] = {**properties["outputs"], "markdownDescription": help_}
    return {**schema, "title": "flow", "properties": properties, "$defs": definitions}


def _expression(key: str, grammar: Grammar, help_: str) -> Schema:
    """A key whose value is an expression, explained in all its length."""
    known = COMMON[key] if key in COMMON else grammar.verbs[key].properties[key]
    about = known.get("description", "")
    return {**known, "markdownDescription": f"{about}\n\n{help_}"}


def _step(step: Schema, catalog: Catalog) -> Schema:
    """A step; its verbs are explained where there is none yet, and last where there is one.

    An editor shows the first explanation that it finds: that of the operation or flow.
    """
    choices = [_choice(choice, catalog, step["properties"]) for choice in step["allOf"]]
    keys = sorted({key for one in step["allOf"] for key in one["then"]["properties"]})
    any_step = {
        "properties": step["properties"],
        "patternProperties": {f"^({'|'.join(keys)})$": {}},  # which are not to be completed
        "additionalProperties": False,
    }
    verbless = {"if": {"not": {"anyOf": step["anyOf"]}}, "then": any_step}
    return {**step, "properties": {}, "allOf": [*choices, verbless]}


def _choice(choice: Schema, catalog: Catalog, manual: Schema) -> Schema:
    """What a step of one verb may hold, with the names that it may be given."""
    (verb,) = choice["if"]["required"]
    then = choice["then"]
    properties: Schema = {**then["properties"], "on_fault": {"$ref": "#/$defs/handlers"}}
    properties |= {key: {"$ref": f"#/$defs/{key}"} for key in _EXPRESSIONS if key in properties}
    properties |= _names(verb, properties, catalog)
    called: list[Schema] = []
    if verb == "call":
        called = [signature(verb, n, one) for n, one in catalog.operations.items()]
    elif verb == "flow":
        called = [signature(verb, n, one) for n, one in catalog.flows.items()]
    explained = {"properties": {verb: manual[verb]}}
    return {**choice, "then": {**then, "properties": properties, "allOf": [*called, explained]}}


def _names(verb: str, properties: Schema, catalog: Catalog) -> Iterator[tuple[str, Schema]]:
    if verb == "call":
        yield verb, named("", {n: one.title for n, one in catalog.operations.items()})
    elif verb == "flow":
        yield verb, named("", {n: one.title for n, one in catalog.flows.items()})
    elif verb == "cases":
        yield verb, named("", {n: one.title for n, one in catalog.homologation.items()})
    elif verb == "http":
        members = properties[verb]["properties"]
        service = named(members["service"]["description"], _services(catalog))
        yield verb, {**properties[verb], "properties": {**members, "service": service}}


def _services(catalog: Catalog) -> dict[str, str]:
    """The services that environments name, each with where they are."""
    found: dict[str, list[str]] = {}
    for environment in catalog.environments.values():
        for name in environment.endpoints:
            if name != "sge":
                found.setdefault(name, []).append(environment.name)
    return {name: f"named by {', '.join(places)}" for name, places in found.items()}


def _handlers(catalog: Catalog) -> Schema:
    item = HANDLERS["items"]
    codes = {code: entry.meaning["en"] for code, entry in catalog.faults.items()}
    codes |= {one.code: one.about for one in Id}
    codes |= dict.fromkeys(_told(catalog), "told by a flow")
    known = {"anyOf": [named("a code of SGE, of sgeflow or of a flow", codes), _HTTP_CODE]}
    properties = {
        **item["properties"],
        "codes": {**item["properties"]["codes"], "items": known},
    }
    return {**HANDLERS, "items": {**item, "properties": properties}}


def _told(catalog: Catalog) -> Iterator[str]:
    from sgeflow.core.checking.walk import every_step

    for flow in catalog.flows.values():
        handlers = list(flow.handlers)
        for step in every_step((*flow.steps, *(s for h in flow.handlers for s in h.steps))):
            yield from getattr(step.spec, "tells", ())
            handlers += step.handlers
        yield from (handler.fail.code for handler in handlers if handler.fail)


# -- the other documents --------------------------------------------------------------------------


def _operation(catalog: Catalog, types: Mapping[str, Mapping[str, Any]]) -> Schema:
    properties = OPERATION["properties"]
    reads = {n: one.title for n, one in catalog.operations.items() if one.kind is Kind.READ}
    reconcile = properties["reconcile"]
    call = named(reconcile["properties"]["call"]["description"], reads)
    classes = properties["faults"]["additionalProperties"]
    meanings = {
        code: {**classes, "description": entry.meaning["en"]}
        for code, entry in catalog.faults.items()
    }
    return {
        **OPERATION,
        "properties": {
            **properties,
            "parameters": _typed(properties["parameters"], types),
            "faults": {**properties["faults"], "properties": meanings},
            "reconcile": {**reconcile, "properties": {**reconcile["properties"], "call": call}},
        },
    }


def _typed(parameters: Schema, types: Mapping[str, Mapping[str, Any]]) -> Schema:
    """Parameters whose `$ref` is one of the shared types."""
    parameter = parameters["additionalProperties"]
    known = {f"types.yaml#/{n}": one.get("description", "") for n, one in types.items()}
    reference = named(parameter["properties"]["$ref"]["description"], known)
    properties = {**parameter["properties"], "$ref": reference}
    return {**parameters, "additionalProperties": {**parameter, "properties": properties}}


def _casebook(catalog: Catalog) -> Schema:
    cases = CASEBOOK["properties"]["cases"]
    case = cases["additionalProperties"]
    called = named(
        case["properties"]["call"]["description"],
        {n: one.title for n, one in catalog.operations.items()},
    )
    case = {
        **case,
        "properties": {**case["properties"], "call": called},
        "allOf": [signature("call", name, one) for name, one in catalog.operations.items()],
    }
    properties = {**CASEBOOK["properties"], "cases": {**cases, "additionalProperties": case}}
    definitions = dict(signatures("call", catalog.operations, loose=True))
    return {**CASEBOOK, "properties": properties, "$defs": definitions}


def _flowtest(catalog: Catalog) -> Schema:
    flows = {name: one.title for name, one in catalog.flows.items()}
    properties = FLOWTEST["properties"]
    cases = properties["cases"]
    case = cases["additionalProperties"]
    case = {**case, "properties": {**case["properties"], **_stubbed(case["properties"], catalog)}}
    return {
        **FLOWTEST,
        "properties": {
            **properties,
            **_stubbed(properties, catalog),
            "flow": named(_about(properties), flows),
            "cases": {**cases, "additionalProperties": case},
        },
    }


def _stubbed(properties: Schema, catalog: Catalog) -> Schema:
    """The stubs of a test or a case, whose names are those of services."""
    return {"stubs": {**properties["stubs"], "propertyNames": {"enum": [*_services(catalog)]}}}


def _about(properties: Schema) -> str:
    return str(properties["flow"]["description"])


_ROOTS = """\
**An expression starts from**

- `inputs.NAME`: the flow's inputs
- `steps.ID.OUTPUT`: what a step before has given
- `state.NAME`: what earlier runs remembered
- `env.NAME`: {env}
- `run.id`, `run.today`, `run.now`: this run, its date and time
- `this`: what the step itself gave, in `until`, `poll` and `undo`
- `fault.code`, `fault.message`, `fault.class`: in `on_fault`
- `item`, or the name that `as` gives: one of a `foreach`

Text stands in single quotes, numbers in backticks: `'C5'`, `` `7` ``.
And is `&&`, or is `||`, not is `!`.
"""


def expressions(catalog: Catalog) -> str:
    """The page in Markdown: roots, sgeflow's functions with their manual, JMESPath's by name."""
    settings = (one.settings for one in catalog.environments.values())
    names = [*ENV.fields, *sorted({name for each in settings for name in each} - set(ENV.fields))]
    own = manual()
    lines = [f"- {' '.join(text.split())}" for text in own.values()]
    others = ", ".join(f"`{name}()`" for name in sorted(set(SIGNATURES) - set(own)))
    env = ", ".join(f"`{name}`" for name in names)
    functions = "\n".join(lines)
    return f"{_ROOTS.format(env=env)}\n**Functions**\n\n{functions}\n- JMESPath's: {others}"
