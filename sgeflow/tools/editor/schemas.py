"""JSON Schemas of one catalogue for editors, with its names, parameters and codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.checking.environments import ENVIRONMENT
from sgeflow.core.checking.expressions.function_calls import SIGNATURES
from sgeflow.core.checking.flows.grammar import COMMON, Grammar
from sgeflow.core.checking.flows.verb import RELAYS, SERVICES, Verb
from sgeflow.core.checking.homologation import CASEBOOK
from sgeflow.core.checking.operations import ENV
from sgeflow.core.checking.simulator import SCENARIO
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.engine.walk import ends_of
from sgeflow.core.instances import names_of_neighbours
from sgeflow.core.language.functions import manual
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.schemas import OPERATION, Schema
from sgeflow.core.model import Kind
from sgeflow.errors import Id
from sgeflow.tools.flowtest.document import FLOWTEST

_EXPRESSIONS = ("when", "until", "foreach")  # an expression, or a list
_STATUS: Schema = {"type": "string", "pattern": "^(HTTP[1-5]|SMTP[45])[0-9]{2}$"}


def catalogue_schemas(
    catalog: Catalog, grammar: Grammar, types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Schema]:
    """The schemas of documents that refer to others, with the names of this catalogue.

    They are the general schemas, and also refuse unknown names, parameters and codes.
    """
    return {
        "operation": _operation(catalog, types),
        "flow": _flow(catalog, grammar),
        "environment": _environment(catalog),
        "homologation": _casebook(catalog),
        "scenario": _scenario(catalog),
        "test": _flowtest(catalog),
    }


# -- flows ----------------------------------------------------------------------------------------


def _flow(catalog: Catalog, grammar: Grammar) -> Schema:
    schema = grammar.flow_schema()
    help_ = expressions(catalog)
    keys = _expression_keys(grammar)
    definitions = {
        name: _step(step, catalog, grammar) if name in ("step", "undo") else step
        for name, step in schema["$defs"].items()
    }
    definitions["handlers"] = _handlers(schema["$defs"]["handlers"], catalog)
    definitions |= {key: _expression(key, grammar, help_) for key in keys}
    for verb in grammar.verbs.values():
        definitions |= dict(signatures(verb.name, _documents_of(verb, catalog)))
    outputs = {**schema["properties"]["outputs"], "markdownDescription": help_}
    properties = {**schema["properties"], "outputs": outputs}
    return {**schema, "title": "flow", "properties": properties, "$defs": definitions}


def _expression_keys(grammar: Grammar) -> tuple[str, ...]:
    """The keys of a step whose value is an expression."""
    *conditions, items = _EXPRESSIONS
    own = (key for verb in grammar.verbs.values() for key in verb.expressions)
    return (*conditions, *own, items)


def _expression(key: str, grammar: Grammar, help_: str) -> Schema:
    """A key whose value is an expression, with its full explanation."""
    verbs = (verb.properties for verb in grammar.verbs.values() if key in verb.expressions)
    known = COMMON[key] if key in COMMON else next(verbs)[key]
    about = known.get("description", "")
    return {**known, "markdownDescription": f"{about}\n\n{help_}"}


def _documents_of(verb: Verb, catalog: Catalog) -> Called:
    """The documents that a verb calls with arguments (`with`)."""
    is_given = "with" in verb.properties
    called: Called = getattr(catalog, verb.names[verb.name,]) if is_given else {}
    return called


def _step(step: Schema, catalog: Catalog, grammar: Grammar) -> Schema:
    """The schema of a step; its verbs are explained only until one is chosen.

    An editor shows the first explanation that it finds: that of the operation or flow.
    """
    choices = [_choice(choice, catalog, grammar) for choice in step["allOf"]]
    keys = sorted({key for one in step["allOf"] for key in one["then"]["properties"]})
    any_step = {
        "properties": step["properties"],
        "patternProperties": {f"^({'|'.join(keys)})$": {}},  # keys that are not completed
        "additionalProperties": False,
    }
    verbless = {"if": {"not": {"anyOf": step["anyOf"]}}, "then": any_step}
    return {**step, "properties": {}, "allOf": [*choices, verbless]}


def _choice(choice: Schema, catalog: Catalog, grammar: Grammar) -> Schema:
    """The schema of a step with one verb, with the allowed names."""
    (name,) = choice["if"]["required"]
    verb, then = grammar.verbs[name], choice["then"]
    properties = {**then["properties"]}
    expressions = (key for key in _expression_keys(grammar) if key in properties)
    properties |= {key: {"$ref": f"#/$defs/{key}"} for key in expressions}
    for (key, *below), kind in verb.names.items():
        properties[key] = _choosing(properties[key], below, _titles(kind, catalog))
    called = [signature(name, n, one) for n, one in _documents_of(verb, catalog).items()]
    explained = {"properties": {name: {"description": verb.manual}}}
    return {**choice, "then": {**then, "properties": properties, "allOf": [*called, explained]}}


def _choosing(schema: Schema, below: list[str], titles: Mapping[str, str]) -> Schema:
    """A key, or a member below it, with the names to choose from."""
    if not below:
        return one_of_names("", titles)
    (member,) = below
    members = schema["properties"]
    one = one_of_names(members[member]["description"], titles)
    return {**schema, "properties": {**members, member: one}}


def _titles(kind: str, catalog: Catalog) -> dict[str, str]:
    """The names of a kind of document, or of services, with their explanations."""
    if kind in (SERVICES, RELAYS):
        return _neighbours(kind, catalog)
    return {name: one.title for name, one in getattr(catalog, kind).items()}


def _neighbours(kind: str, catalog: Catalog) -> dict[str, str]:
    """The services or relays of environments, each with its environments."""
    environments: dict[str, list[str]] = {}
    for environment in catalog.environments.values():
        for name in names_of_neighbours(environment, relays=kind == RELAYS):
            environments.setdefault(name, []).append(environment.name)
    return {name: f"named by {', '.join(places)}" for name, places in environments.items()}


def _handlers(handlers: Schema, catalog: Catalog) -> Schema:
    """The handlers of failures, with the codes to choose from."""
    item = handlers["items"]
    codes = {code: entry.meaning for code, entry in catalog.faults.items()}
    codes |= {one.code: one.about for one in Id}
    ends = (end for flow in catalog.flows.values() for end in ends_of(flow))
    codes |= dict.fromkeys((end.code for end in ends), "told by a flow")
    known = {"anyOf": [one_of_names("a code of SGE, of sgeflow or of a flow", codes), _STATUS]}
    properties = {
        **item["properties"],
        "codes": {**item["properties"]["codes"], "items": known},
    }
    return {**handlers, "items": {**item, "properties": properties}}


# -- the other documents --------------------------------------------------------------------------


def _operation(catalog: Catalog, types: Mapping[str, Mapping[str, Any]]) -> Schema:
    properties = OPERATION["properties"]
    reads = {n: one.title for n, one in catalog.operations.items() if one.kind is Kind.READ}
    reconcile = properties["reconcile"]
    call = one_of_names(reconcile["properties"]["call"]["description"], reads)
    classes = properties["faults"]["additionalProperties"]
    meanings = {
        code: {**classes, "description": entry.meaning} for code, entry in catalog.faults.items()
    }
    return {
        **OPERATION,
        "properties": {
            **properties,
            "parameters": _use_types(properties["parameters"], types),
            "faults": {**properties["faults"], "properties": meanings},
            "reconcile": {**reconcile, "properties": {**reconcile["properties"], "call": call}},
        },
    }


def _use_types(parameters: Schema, types: Mapping[str, Mapping[str, Any]]) -> Schema:
    """The parameters whose `$ref` is a shared type."""
    parameter = parameters["additionalProperties"]
    known = {f"types.yaml#/{n}": one.get("description", "") for n, one in types.items()}
    reference = one_of_names(parameter["properties"]["$ref"]["description"], known)
    properties = {**parameter["properties"], "$ref": reference}
    return {**parameters, "additionalProperties": {**parameter, "properties": properties}}


def _casebook(catalog: Catalog) -> Schema:
    cases = CASEBOOK["properties"]["cases"]
    case = cases["additionalProperties"]
    called = one_of_names(
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


def _scenario(catalog: Catalog) -> Schema:
    """The schema of a scenario, with the points that it may be about."""
    properties = SCENARIO["properties"]
    able = {
        point.id: point.person.lastname
        for people in catalog.people.values()
        for point in people.points
        if point.person is not None
    }
    about = one_of_names(properties["about"]["description"], able)
    return {**SCENARIO, "properties": {**properties, "about": about}}


def _environment(catalog: Catalog) -> Schema:
    properties = ENVIRONMENT["properties"]
    return {
        **ENVIRONMENT,
        "properties": {**properties, "scenario": _with_scenarios(properties, catalog)},
    }


def _with_scenarios(properties: Schema, catalog: Catalog) -> Schema:
    titles = {name: one.title for name, one in catalog.scenarios.items()}
    return one_of_names(properties["scenario"]["description"], titles)


def _flowtest(catalog: Catalog) -> Schema:
    flows = {name: one.title for name, one in catalog.flows.items()}
    properties = FLOWTEST["properties"]
    cases = properties["cases"]
    case = cases["additionalProperties"]
    case = {
        **case,
        "properties": {
            **case["properties"],
            **_name_stubs(case["properties"], catalog),
            "scenario": _with_scenarios(case["properties"], catalog),
        },
    }
    return {
        **FLOWTEST,
        "properties": {
            **properties,
            **_name_stubs(properties, catalog),
            "flow": one_of_names(str(properties["flow"]["description"]), flows),
            "cases": {**cases, "additionalProperties": case},
        },
    }


def _name_stubs(properties: Schema, catalog: Catalog) -> Schema:
    """Stubs of a test or a case, named by services and relays."""
    names = {"enum": [name for kind in (SERVICES, RELAYS) for name in _titles(kind, catalog)]}
    return {"stubs": {**properties["stubs"], "propertyNames": names}}


_ROOTS = """\
**An expression starts from**

- `inputs.NAME`: the flow's inputs
- `steps.ID.OUTPUT`: what a step before has given
- `state.NAME`: what earlier runs remembered
- `env.NAME`: {env}
- `run.id`, `run.today`, `run.now`: this run, its date and time
- `this`: what the step itself gave, in `until`, `repeat`, `poll` and `undo`
- `turn.NAME`: a value of this turn of a `repeat`
- `fault.code`, `fault.message`, `fault.class`, `fault.reason`: in `on_fault`
- `item`, or the name that `as` gives: one of a `foreach`

Text stands in single quotes, numbers, `true`, `false` and `null` as they are: `'C5'`, `7`.
And is `&&`, or is `||`, not is `!`.
"""


def expressions(catalog: Catalog) -> str:
    """The Markdown page about expressions: roots, functions with manuals, JMESPath's by name."""
    settings = (one.settings for one in catalog.environments.values())
    names = [*ENV.fields, *sorted({name for each in settings for name in each} - set(ENV.fields))]
    own = manual()
    lines = [f"- {' '.join(text.split())}" for text in own.values()]
    others = ", ".join(f"`{name}()`" for name in sorted(set(SIGNATURES) - set(own)))
    env = ", ".join(f"`{name}`" for name in names)
    functions = "\n".join(lines)
    return f"{_ROOTS.format(env=env)}\n**Functions**\n\n{functions}\n- JMESPath's: {others}"


_COMPUTED: Schema = {"title": "${…}", "type": "string", "pattern": r"\$\{"}
_PROSE = ("description", "examples", "title")

Called = Mapping[str, Operation] | Mapping[str, Flow]


def one_of_names(about: str, titles: Mapping[str, str]) -> Schema:
    """One of some names, each with its title."""
    words = list(titles.values())
    return {
        **({"description": about} if about else {}),
        "enum": list(titles),
        "enumDescriptions": words,
        "markdownEnumDescriptions": words,
    }


def signature(key: str, name: str, called: Operation | Flow) -> Schema:
    """The schema of a call's arguments: shown at the name, checked at `with`."""
    then: dict[str, Any] = {
        "properties": {
            key: {"description": f"{called.title}\n\n{called.description}".strip()},
            "with": {"$ref": f"#/$defs/{key}.{name}"},
        }
    }
    if any(parameter.required for parameter in _parameters(called).values()):
        then["required"] = ["with"]
    # a pattern, because an editor matches unfinished names while it completes
    is_called = {"type": "string", "pattern": f"^{name}$"}
    return {"if": {"properties": {key: is_called}, "required": [key]}, "then": then}


def signatures(key: str, called: Called, *, loose: bool = False) -> Iterator[tuple[str, Schema]]:
    """The `with` schemas to which `signature` refers; a loose one checks names only."""
    for name, one in called.items():
        parameters = _parameters(one)
        schema: dict[str, Any] = {
            "title": name,
            "type": "object",
            "description": f"what {name} takes",
            "properties": {
                n: parameter_schema(each, loose=loose) for n, each in parameters.items()
            },
            "additionalProperties": False,
        }
        required = [n for n, each in parameters.items() if each.required]
        if required and not loose:
            schema["required"] = required
        yield f"{key}.{name}", schema


def parameter_schema(parameter: Parameter, *, loose: bool = False) -> Schema:
    """A parameter for editors: a value of its schema, or an expression in `${…}`."""
    schema: dict[str, Any] = {"description": _description(parameter)}
    default = parameter.default
    if default is not None and default.is_constant and default.written is not None:
        schema["default"] = default.written
    value = _value(parameter.schema, parameter.name)
    if loose:
        value = {"anyOf": [*value["anyOf"], {"title": "anything"}]}
    return {**schema, **value}


def _value(schema: Mapping[str, Any], name: str) -> Schema:
    """A literal or computed value, with its items and members."""
    plain = {key: value for key, value in schema.items() if key not in _PROSE}
    if isinstance(plain.get("items"), dict):
        plain["items"] = _describe(plain["items"], name)
    if isinstance(plain.get("properties"), dict):
        members = plain["properties"].items()
        plain["properties"] = {n: _describe(member, n) for n, member in members}
    plain["title"] = name
    return {"anyOf": [plain, _COMPUTED]}


def _describe(schema: Mapping[str, Any], name: str) -> Schema:
    about = {key: schema[key] for key in ("description",) if key in schema}
    return {**about, **_value(schema, name)}


def _parameters(called: Operation | Flow) -> Mapping[str, Parameter]:
    return called.parameters if isinstance(called, Operation) else called.inputs


def _description(parameter: Parameter) -> str:
    """The description of a parameter with its default."""
    default = parameter.default
    parts = [parameter.description.strip()]
    if default is not None and not default.is_constant:
        parts.append(f"By default {default.written}.")
    if not parameter.required and default is None:
        parts.append("May be left out.")
    return " ".join(part for part in parts if part)
