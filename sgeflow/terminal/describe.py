"""The documents of a project in words and for programs, to find and understand them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from sgeflow.core.documents import (
    Casebook,
    Echo,
    Endpoint,
    Environment,
    Example,
    Operation,
    RestSpec,
)
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.dates import Duration
from sgeflow.core.language.mistakes.wording import count_digits
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.schemas import Schema
from sgeflow.core.language.value_errors import sample
from sgeflow.core.model import Kind
from sgeflow.core.people import MadeUpPoint, MadeUpService, People, Scenario
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, reword, say, say_count, sentences, verbatim
from sgeflow.terminal.layout import PLAIN, label_lines, paragraphs, section, wrap
from sgeflow.terminal.terminal import Paint

if TYPE_CHECKING:
    from sgeflow.runtime.simulation import Address

_KINDS = {
    Kind.READ: say("read"),
    Kind.ORDER: say("order: sent once"),
    Kind.CANCEL: say("cancel: sent once"),
}
_TYPES: Mapping[str, str] = {
    "string": say("text"),
    "integer": say("a whole number"),
    "number": say("a number"),
    "object": say("an object"),
}
_PERSONAL = say("personal: never shown")
_MAX_PATTERN = 40  # characters; a longer pattern is not shown
_NO_EXAMPLES: Mapping[str, Example] = {}
_NULLABLE_FACTS = ("segment", "off_peak")  # documents write "none" for a missing value
_DURATION_SIGNS = (("months", "M"), ("days", "D"))


# -- operations, flows, environments ---------------------------------------------------------------


def operation_text(
    operation: Operation, width: int, paint: Paint = PLAIN, environment: str | None = None
) -> str:
    """Lay out an operation: purpose, parameters, outputs, refusals, and example commands.

    Args:
        operation: the operation; the dates of its examples are set.
        width: columns of text; a command has one line, however long.
        paint: how words are coloured.
        environment: the environment that the example commands name, if they must name one.
    """
    status = "" if operation.status == "current" else translate(from_table(operation.status))
    service = f"{operation.service} {operation.version}"
    route, rest = operation.route, operation.rest
    ends = say("planned for {month}", month=operation.ends) if operation.ends else ""
    rows = [
        ("service", " · ".join(filter(None, (service, status)))),
        ("ends", ends),
        ("replaced by", verbatim(operation.replaced_by)),
        ("kind", _KINDS[operation.kind]),
        ("called at", verbatim(route.service)),
        ("gateway", route.gateway),
        ("direct", route.direct),
        ("by REST", verbatim(_rest_text(rest)) if rest else ""),
        *_limit_rows(operation),
    ]
    facts = [(from_table(label), text) for label, text in rows if text]
    faults = [(code, one.value) for code, one in operation.faults.items()]
    parts = [
        paint(operation.name, "bold"),
        "\n".join(wrap(translate(operation.title), width)),
        "\n".join(wrap(_description(operation.description), width)),
        "\n".join(label_lines(facts, width, paint)),
        *parameters_text(operation.parameters, width, paint, examples=operation.examples),
        section("Rules", [("·", rule.message) for rule in operation.rules], width, paint),
        section(
            "Outputs", [(n, p.text) for n, p in operation.response.paths.items()], width, paint
        ),
        section("What ties a reply to its request", _reply_check_rows(operation), width, paint),
        section("Otherwise by REST", _rest_rows(operation, rest) if rest else [], width, paint),
        section("Refusals, classed here", faults, width, paint),
        section(
            "When it is ordered again, or its answer is lost", _order_rows(operation), width, paint
        ),
        _example_commands(operation, width, paint, environment),
    ]
    return paragraphs(parts)


def _rest_text(rest: RestSpec) -> str:
    """The request of an operation by REST."""
    return f"{rest.service}: {rest.method} {rest.path.written}"


def _rest_rows(operation: Operation, rest: RestSpec) -> list[tuple[str, str]]:
    """The rules of REST alone, and the values that stand elsewhere in its reply."""
    outputs, echoes = operation.response.paths, operation.echo
    paths = {name: path.text for name, path in rest.paths.items() if path != outputs.get(name)}
    echo = {name: _echo_text(one) for name, one in rest.echo.items() if one != echoes.get(name)}
    read = dict.fromkeys([*paths.items(), *echo.items()])
    return [*(("·", rule.message) for rule in rest.rules), *((n, verbatim(p)) for n, p in read)]


def _reply_check_rows(operation: Operation) -> list[tuple[str, str]]:
    """The values that a reply must repeat, or how a reply without any is matched to its request."""
    if not operation.echo:
        return [(from_table("connection"), say("one of its own: the reply repeats nothing"))]
    return [(name, verbatim(_echo_text(echo))) for name, echo in operation.echo.items()]


def _echo_text(echo: Echo) -> str:
    """Where a reply repeats a value, and which value is expected."""
    value = f" = {' '.join(echo.value.text.split())}" if echo.value else ""
    bound = {"earliest": " ≥", "latest": " ≤"}.get(echo.bound, "")
    return f"{' '.join(echo.path.text.split())}{bound}{value}"


def _order_rows(operation: Operation) -> list[tuple[str, str]]:
    """How an order is recognized as a repetition, and how a lost answer to it is resolved."""
    if operation.kind is Kind.READ:
        return []
    same, reconcile = operation.same, operation.reconcile
    rows: list[tuple[str, str]] = []
    if same:
        key = ", ".join((*(part.text for part in same.thing), *same.terms))
        rows.append((from_table("the same"), verbatim(key)))
        if same.ended_by:
            rows.append((from_table("until"), verbatim(", ".join(same.ended_by))))
    if reconcile is None:
        return [*rows, (from_table("lost"), say("no read shows what it made: a person finds out"))]
    rows.append((from_table("lost"), say("{call} looks for it", call=reconcile.call)))
    unknown = say("unknown: a person finds out")
    if reconcile.absent:
        unknown = say(
            "unknown; from {after} after it was sent, sgeflow resume may send it once more",
            after=reconcile.absent.after,
        )
    return [*rows, (from_table("not found"), unknown)]


def flow_text(
    flow: Flow, width: int, steps: list[str], paint: Paint = PLAIN, environment: str | None = None
) -> str:
    """Lay out a flow: inputs, steps, outputs, and an example command.

    Args:
        flow: the flow.
        width: columns of text.
        steps: the steps of the flow as lines.
        paint: how words are coloured.
        environment: the environment that the example command names, if it must name one.
    """
    words = ["sgeflow run", flow.name, flow.example]
    if environment and "--env" not in flow.example:
        words += ["--env", environment]
    command = " ".join(filter(None, words))
    outputs = [(name, expression.text) for name, expression in flow.outputs.items()]
    pairs = [("collection", flow.state.collection)] if flow.state else []
    parts = [
        paint(flow.name, "bold"),
        "\n".join(wrap(translate(flow.title), width)),
        "\n".join(wrap(_description(flow.description), width)),
        *parameters_text(flow.inputs, width, paint, "Inputs"),
        "\n".join([paint(translate(say("Steps")), "bold"), *steps]),
        section("Outputs", outputs, width, paint),
        section("Remembered between runs", pairs, width, paint),
        section("Example", [("run", command)], width, paint),
    ]
    return paragraphs(parts)


def environment_text(environment: Environment, width: int, paint: Paint = PLAIN) -> str:
    """Lay out an environment: endpoints, rates, settings, and references to secrets."""
    simulated = say("no, real people")
    if environment.simulated:
        has_simulator = any(one.is_simulated for one in environment.endpoints.values())
        simulated = say("yes, made-up people") if has_simulator else say("yes, stubs answer")
    facts = [
        ("simulated", simulated),
        ("generation", environment.generation),
        *([("login", environment.login)] if environment.login else []),
        *([("contract", environment.contract_id)] if environment.contract_id else []),
        *((verbatim(f"env.{name}"), str(value)) for name, value in environment.settings.items()),
    ]
    parts = [
        paint(environment.name, "bold"),
        "\n".join(wrap(translate(environment.title), width)),
        "\n".join(label_lines(((from_table(one), text) for one, text in facts), width, paint)),
    ]
    for name, endpoint in environment.endpoints.items():
        parts.append(section(verbatim(name), list(_endpoint_facts(endpoint).items()), width, paint))
    return paragraphs(parts)


def operation_document(operation: Operation) -> dict[str, Any]:
    """Return an operation for programs."""
    return {
        "operation": operation.name,
        "title": operation.title,
        "description": operation.description,
        "service": operation.service,
        "version": operation.version,
        "kind": operation.kind.value,
        "status": operation.status,
        "ends": operation.ends or None,
        "replacedBy": operation.replaced_by or None,
        "route": {
            "service": operation.route.service,
            "gateway": operation.route.gateway,
            "direct": operation.route.direct,
        },
        "rest": _rest_document(operation.rest) if operation.rest else None,
        "parameters": [parameter_document(one) for one in operation.parameters.values()],
        "rules": [rule.message for rule in operation.rules],
        "outputs": {name: path.text for name, path in operation.response.paths.items()},
        "echo": {name: echo.path.text for name, echo in operation.echo.items()},
        "faults": {code: one.value for code, one in operation.faults.items()},
        "examples": {name: dict(one.parameters) for name, one in operation.examples.items()},
    }


def _rest_document(rest: RestSpec) -> dict[str, Any]:
    return {
        "request": _rest_text(rest),
        "rules": [rule.message for rule in rest.rules],
        "outputs": {name: path.text for name, path in rest.paths.items()},
        "echo": {name: echo.path.text for name, echo in rest.echo.items()},
    }


def flow_document(flow: Flow) -> dict[str, Any]:
    """Return a flow for programs."""
    return {
        "flow": flow.name,
        "title": flow.title,
        "description": flow.description,
        "example": flow.example,
        "inputs": [parameter_document(one) for one in flow.inputs.values()],
        "steps": [{"id": s.id, "title": s.title, "verb": s.verb.name} for s in flow.steps],
        "outputs": {name: expression.text for name, expression in flow.outputs.items()},
    }


def environment_document(environment: Environment) -> dict[str, Any]:
    """Return an environment for programs, without any secret."""
    return {
        "environment": environment.name,
        "title": environment.title,
        "simulated": environment.simulated,
        "generation": environment.generation,
        "login": environment.login,
        "contractId": environment.contract_id,
        "endpoints": {name: _endpoint_facts(one) for name, one in environment.endpoints.items()},
    }


def parameter_document(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter for programs."""
    return {
        "name": parameter.name,
        "required": is_needed(parameter),
        "default": parameter.default.written if parameter.default else None,
        "personal": parameter.personal,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _description(text: str) -> str:
    """A description in the reader's language; single line breaks within sentences are removed."""
    return translate(reword(text, lambda one: re.sub(r"(?<![.:])\n(?=\S)", " ", one.strip())))


def _limit_rows(operation: Operation) -> Iterator[tuple[str, str]]:
    """The longest period of a call, how far back it may go, and the rate."""
    for label, known in (("a call covers", "window"), ("goes back", "history")):
        limits: Mapping[str, str] = getattr(operation.limits, known)
        if limits:
            yield label, ", ".join(f"{name} {value}" for name, value in limits.items())
    if operation.limits.rate:
        yield "rate", operation.limits.rate


def _example_commands(
    operation: Operation, width: int, paint: Paint, environment: str | None
) -> str:
    """Example commands, each in one line under its name and description."""
    if not operation.examples:
        return ""
    lines = [paint(translate(from_table("Examples")), "bold")]
    for name, example in operation.examples.items():
        words = ["sgeflow call", operation.name, arguments(example.parameters)]
        words += ["--env", environment] if environment else []
        about = translate(example.description)
        lines += [f"  {paint(name, 'dim')}"]
        lines += [paint(line, "dim") for line in wrap(about, width, "    ")] if about else []
        lines += [f"    {' '.join(filter(None, words))}"]
    return "\n".join(lines)


def _endpoint_facts(endpoint: Endpoint) -> dict[str, str]:
    """The settings of an endpoint without values of secrets: headers are shown by name only."""
    relay = endpoint.relay
    if relay:
        facts = {"relay": f"{relay.host}:{relay.port}", "tls": relay.tls, "from": relay.sender}
    else:
        facts = {
            "base_url": endpoint.base_url,
            "route": endpoint.route,
            "headers": ", ".join(endpoint.headers),
            "oauth": endpoint.oauth.path if endpoint.oauth else "",
            "proxy": endpoint.proxy or "",
        }
    if endpoint.operations is not None:
        facts["operations"] = ", ".join(endpoint.operations) or say("none")
    stubs = ""
    if endpoint.stubs is not None:
        stubs = ", ".join(stub.name for stub in endpoint.stubs) or say("none")
    facts |= {
        "certificate": endpoint.certificate or endpoint.pfx or "",
        "rate": endpoint.limits.rate or "",
        "jitter": f"{endpoint.limits.jitter * 1000:.0f} ms" if endpoint.limits.rate else "",
        "timeout": say(
            "{connect:g} s, {total:g} s in all",
            connect=endpoint.limits.connect_timeout,
            total=endpoint.limits.total_timeout,
        ),
        "stubs": stubs,
    }
    return {name: value for name, value in facts.items() if value}


# -- parameters ------------------------------------------------------------------------------------


def parameters_text(
    parameters: Mapping[str, Parameter],
    width: int,
    paint: Paint = PLAIN,
    title: str = "Parameters",
    examples: Mapping[str, Example] = _NO_EXAMPLES,
) -> list[str]:
    """Lay out parameters: description, type, allowed values, default and members.

    A list or an object is also shown as a command line writes it, with the shortest value of the
    examples or an invented one.
    """
    lines = [paint(translate(from_table(title)), "bold")]
    for parameter in parameters.values():
        marks = [say("required") if is_needed(parameter) else "", _default_text(parameter)]
        marks += [form_of(parameter.schema), _PERSONAL if parameter.personal else ""]
        lines += _parameter_lines(parameter.name, marks, parameter.description, width, paint)
        if parameter.schema.get("type") in ("array", "object"):
            known = (one.parameters for one in examples.values())
            values = [one[parameter.name] for one in known if parameter.name in one]
            shortest = min(values, key=lambda one: len(str(one)), default=sample(parameter.schema))
            command = arguments({parameter.name: shortest})
            lines += wrap(
                translate(say("write {written}", written=command)), width, "      ", "        "
            )
        lines += _member_lines(parameter.schema, width, paint, "    ")
    return ["\n".join(lines)] if parameters else []


def arguments(parameters: Mapping[str, Any]) -> str:
    """Return values as a command line writes them: `name=text`, `name:=json`."""
    return " ".join(
        f"{name}={shlex.quote(value)}"
        if isinstance(value, str)
        else f"{name}:={shlex.quote(json.dumps(value, default=str, ensure_ascii=False))}"
        for name, value in parameters.items()
    )


def is_needed(parameter: Parameter) -> bool:
    """Return whether a parameter needs a value from the caller."""
    return parameter.required and parameter.default is None


def form_of(schema: Schema) -> str:
    """Return the type and the constraints of a schema in a few words."""
    if schema.get("enum"):
        return say("one of {values}", values=", ".join(map(str, schema["enum"])))
    if schema.get("format") == "date":
        return say("a date, YYYY-MM-DD")
    kind = str(schema.get("type", ""))
    if kind == "boolean":
        return say("true or false")
    if kind == "array":
        item = "" if _members(schema) else form_of(schema.get("items", {}))
        listed = say("a list; each item {item}", item=item) if item else say("a list")
        return sentences(listed, _item_count(schema), between=", ")
    form = _TYPES.get(kind, kind)
    pattern = schema.get("pattern", "")
    if digits := count_digits(pattern):
        return say_count("{count} digit", "{count} digits", count=digits)
    if 0 < len(pattern) <= _MAX_PATTERN:
        form = say("{kind} that fits {pattern}", kind=form, pattern=pattern)
    return sentences(form, _text_length(schema), between=", ")


def _parameter_lines(
    name: str, marks: list[str], words: str, width: int, paint: Paint, margin: str = "  "
) -> list[str]:
    """The name of a parameter, its marks in the same line if they fit, and its description."""
    text = " · ".join(translate(mark) for mark in marks if mark)
    first = f"{margin}{paint(name, 'cyan')}"
    beside = len(margin) + len(name) + 2 + len(text) <= width
    lines = [f"{first}  {paint(text, 'dim')}"] if text and beside else [first]
    if text and not beside:
        lines += [paint(line, "dim") for line in wrap(text, width, f"{margin}    ")]
    return lines + (wrap(translate(from_table(words)), width, f"{margin}    ") if words else [])


def _member_lines(schema: Schema, width: int, paint: Paint, margin: str) -> Iterator[str]:
    """The members of an object or of the items of a list, recursively."""
    inner = schema.get("items", schema)
    for name, member in _members(schema).items():
        needed = say("required") if name in inner.get("required", ()) else say("optional")
        marks = [needed, form_of(member)]
        yield from _parameter_lines(
            name, marks, member.get("description", ""), width, paint, margin
        )
        yield from _member_lines(member, width, paint, f"{margin}  ")


def _members(schema: Schema) -> Schema:
    members: Schema = schema.get("items", schema).get("properties", {})
    return members


def _default_text(parameter: Parameter) -> str:
    if parameter.default is None:
        return "" if parameter.required else say("optional")
    value = parameter.default.written
    text = value if isinstance(value, str) else json.dumps(value)
    return say("default {value}", value=text)


def _item_count(schema: Schema) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is None:
        return say("at least {least} items", least=least) if least > 1 else ""
    if least == most:
        return say_count("{count} item", "{count} items", count=most)
    return say("{least} to {most} items", least=least, most=most)


def _text_length(schema: Schema) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is None:
        return ""
    if least == most:
        return say_count("{count} character", "{count} characters", count=most)
    return say("{least} to {most} characters", least=least, most=most)


# -- homologation ----------------------------------------------------------------------------------


def casebook_text(book: Casebook, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a homologation catalogue: its cases with their titles and expected codes."""
    room = max(map(len, book.cases), default=0)
    cases = [
        (f"{case.id:{room}}  {', '.join(case.expect)}", case.title) for case in book.cases.values()
    ]
    parts = [
        paint(book.name, "bold"),
        "\n".join(wrap(translate(book.title), width)),
        "\n".join(wrap(_description(book.description), width)),
        paint(translate(say("Cases ({count})", count=len(cases))), "bold")
        + "".join(f"\n{line}" for line in label_lines(cases, width, paint)),
    ]
    return paragraphs(parts)


def casebook_document(book: Casebook) -> dict[str, Any]:
    """Return a homologation catalogue for programs, without the values of its requests."""
    return {
        "homologation": book.name,
        "title": book.title,
        "release": book.release,
        "cases": [
            {
                "case": case.id,
                "title": case.title,
                "operation": case.call,
                "expect": list(case.expect),
                "accept": list(case.accept),
                "after": list(case.after),
                "unchecked": case.unchecked,
                "stale": case.stale,
                "excused": list(case.excused),
            }
            for case in book.cases.values()
        ],
    }


# -- simulation ------------------------------------------------------------------------------------


def people_text(people: People, width: int, paint: Paint = PLAIN) -> str:
    """Lay out the invented customers: each person, and the first of each crowd."""
    rows = [(point.id, _point_text(point)) for point in people.points]
    for crowd in people.crowds:
        count = say("as many as a fleet has rows") if crowd.count is None else str(crowd.count)
        rows.append(
            (f"{crowd.first.id} …", f"{_point_text(crowd.first)} ({translate(from_table(count))})")
        )
    parts = [
        paint(people.name, "bold"),
        "\n".join(wrap(_description(people.title), width)),
        "\n".join(wrap(_description(people.description), width)),
        section("people", rows, width, paint),
        section("services", [_service_row(one) for one in people.services], width, paint),
    ]
    return paragraphs(parts)


def people_document(people: People) -> dict[str, Any]:
    """Return the invented customers for programs."""
    return {
        "people": people.name,
        "title": people.title,
        "description": people.description,
        "published": people.published,
        "points": [_point_document(point) for point in people.points],
        "crowds": [
            {"count": crowd.count or "fleet", "first": _point_document(crowd.first)}
            for crowd in people.crowds
        ],
        "services": [_service_document(one) for one in people.services],
    }


def scenario_text(scenario: Scenario, width: int, paint: Paint = PLAIN) -> str:
    """Lay out a scenario: its differences from the normal case, and a command that runs it."""
    known = scenario_document(scenario)
    rows: list[tuple[str, str]] = [
        (from_table(label), _fact_text(known[label]))
        for label in ("about", "point", "curve_service", "consent", "trouble")
        if known[label]
    ]
    command = f"sgeflow run konnector --scenario {scenario.name}"
    parts = [
        paint(scenario.name, "bold"),
        "\n".join(wrap(_description(scenario.title), width)),
        "\n".join(wrap(_description(scenario.description), width)),
        section("differs", rows, width, paint),
        section("services", [_service_row(one) for one in scenario.services], width, paint),
        section("for example", [(command, "")], width, paint),
    ]
    return paragraphs(parts)


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario for programs."""
    curve = scenario.curve_service
    differs = {
        **({} if scenario.is_known else {"known": False}),
        **({"owner": scenario.owner} if scenario.owner else {}),
        **({"holds": scenario.holds} if scenario.holds else {}),
        **_facts(scenario.point),
    }
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "about": scenario.about,
        "point": differs,
        "services": [_service_document(one) for one in scenario.services],
        "curve_service": curve
        and {
            "from": _duration_text(curve.start),
            "to": _duration_text(curve.end),
            "stopped": curve.is_stopped,
            "direction": curve.direction,
        },
        "consent": scenario.has_consent,
        "trouble": scenario.trouble,
    }


def _point_text(point: MadeUpPoint) -> str:
    """The name, the street and the town of a point, then its other facts."""
    person = point.person
    name = point.facts.get("name") or (person.lastname if person else "")
    street = point.facts.get("street") or (person.address if person else "")
    more = {k: v for k, v in _facts(point.facts).items() if k not in ("name", "street")}
    return ", ".join([name, street, point.commune.town, *([_fact_text(more)] if more else [])])


def _service_row(service: MadeUpService) -> tuple[str, str]:
    return service.id, f"{service.point} · {service.kind} · {service.label}"


def _point_document(point: MadeUpPoint) -> dict[str, Any]:
    return {
        "id": point.id,
        "person": None if point.person is None else asdict(point.person),
        "commune": asdict(point.commune),
        **_facts(point.facts),
    }


def _service_document(service: MadeUpService) -> dict[str, Any]:
    return {
        "id": service.id,
        "point": service.point,
        "kind": service.kind,
        "label": service.label,
        "from": _duration_text(service.start),
        "to": None if service.end is None else _duration_text(service.end),
        "ours": service.is_ours,
    }


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a point as its document writes them; ages are grouped under `since`."""
    ages = {name.removeprefix("since_"): age for name, age in facts.items() if "since_" in name}
    plain = {
        name: "none" if name in _NULLABLE_FACTS and not fact else fact
        for name, fact in facts.items()
        if "since_" not in name
    }
    since = {name: "never" if age is None else _duration_text(age) for name, age in ages.items()}
    return {**plain, **({"since": since} if since else {})}


def _duration_text(length: Duration) -> str:
    sign = "-" if length.backwards else ""
    figures = [
        f"{abs(number)}{letter}"
        for name, letter in _DURATION_SIGNS
        if (number := getattr(length, name))
    ]
    return f"{sign}P{''.join(figures) or '0D'}"


def _fact_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(_fact_texts(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fact_texts(value: Mapping[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        inside = f"{{{_fact_text(one)}}}" if isinstance(one, dict) else _fact_text(one)
        yield f"{name}: {inside}"


def address_rows(address: Address) -> list[tuple[str, str]]:
    """Return the addresses and the data of a running simulator as labelled texts."""
    rows = [
        ("SGE", address.sge),
        ("for example", f"{address.sge}{address.path}"),
        ("header", address.header or say("none is asked for")),
        (
            "Data Connect",
            say(
                "{base} (token: POST {path}, client id and secret {client})",
                base=address.sge,
                path=address.token_path,
                client=address.client,
            ),
        ),
        ("backoffice", address.backoffice),
        ("communes", address.communes),
        ("point", say("{point} (the simulated household)", point=address.point)),
        ("scenario", sentences(address.scenario, address.scenario_title, between=": ")),
        (
            "today",
            say(
                "{today} (change: POST {base}/simulator/clock)",
                today=address.today,
                base=address.sge,
            ),
        ),
        ("generation", address.generation),
    ]
    return [(from_table(label), text) for label, text in rows]
