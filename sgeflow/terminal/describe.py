"""Operations, flows and environments in words: to find and understand them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.documents import Echo, Endpoint, Environment, Operation
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.model import Kind
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, from_table, reword, say, verbatim
from sgeflow.terminal.parameters import arguments, is_needed, parameters_text
from sgeflow.terminal.problems import PLAIN, label_lines, wrap
from sgeflow.terminal.terminal import Paint

_KINDS = {
    Kind.READ: say("read"),
    Kind.ORDER: say("order: sent once"),
    Kind.CANCEL: say("cancel: sent once"),
}


def operation_text(
    operation: Operation, width: int, paint: Paint = PLAIN, environment: str | None = None
) -> str:
    """An operation: what it is for, what it takes and gives, its refusals, calls to paste.

    Args:
        operation: the operation, its examples on a day.
        width: characters a line; a command has one line, however long.
        paint: how words are coloured.
        environment: the one that its examples must name to be tried; None where none is needed.
    """
    status = "" if operation.status == "current" else translate(from_table(operation.status))
    service = f"{operation.service} {operation.version}"
    route = operation.route
    facts = [
        ("service", " · ".join(filter(None, (service, status)))),
        *(
            ("ends", say("planned for {month}", month=month))
            for month in (operation.ends,)
            if month
        ),
        *(("replaced by", verbatim(name)) for name in (operation.replaced_by,) if name),
        ("kind", _KINDS[operation.kind]),
        *(("gateway", route.gateway) for _ in range(1) if route.gateway),
        *(("direct", route.direct) for _ in range(1) if route.direct),
        *_limits(operation),
    ]
    faults = [(code, one.value) for code, one in operation.faults.items()]
    parts = [
        paint(operation.name, "bold"),
        "\n".join(wrap(translate(operation.title), width)),
        "\n".join(wrap(_translate_lines(operation.description), width)),
        "\n".join(label_lines(_translate_labels(facts), width, paint)),
        *parameters_text(operation.parameters, width, paint, examples=operation.examples),
        _section("Rules", [("·", rule.message) for rule in operation.rules], width, paint),
        _section(
            "Outputs", [(n, p.text) for n, p in operation.response.paths.items()], width, paint
        ),
        _section("What ties a reply to its request", _echo(operation), width, paint),
        _section("Refusals, classed here", faults, width, paint),
        _section(
            "When it is ordered again, or its answer is lost", _orders(operation), width, paint
        ),
        _calls(operation, width, paint, environment),
    ]
    return "\n\n".join(part for part in parts if part)


def _echo(operation: Operation) -> list[tuple[str, str]]:
    """What a reply must repeat, and what is done where it repeats nothing."""
    if operation.echo:
        return [(name, verbatim(_echo_text(echo))) for name, echo in operation.echo.items()]
    return [(from_table("connection"), say("one of its own: the reply repeats nothing"))]


def _echo_text(echo: Echo) -> str:
    value = f" = {' '.join(echo.value.text.split())}" if echo.value else ""
    bound = {"earliest": " ≥", "latest": " ≤"}.get(echo.bound, "")
    return f"{' '.join(echo.path.text.split())}{bound}{value}"


def _orders(operation: Operation) -> list[tuple[str, str]]:
    """Of an order: what makes it the same one again, and what settles a lost answer."""
    if operation.kind is Kind.READ:
        return []
    same, reconcile = operation.same, operation.reconcile
    rows = []
    if same:
        rows.append(
            (
                from_table("the same"),
                verbatim(", ".join((*(part.text for part in same.thing), *same.terms))),
            )
        )
    if same and same.ended_by:
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
    """A flow: its inputs, its steps (as lines), its outputs, a command to paste.

    The environment is the simulated one to try it in, where it must be named.
    """
    outputs = [(name, expression.text) for name, expression in flow.outputs.items()]
    pairs = [("collection", flow.state.collection)] if flow.state else []
    parts = [
        paint(flow.name, "bold"),
        "\n".join(wrap(translate(flow.title), width)),
        "\n".join(wrap(_translate_lines(flow.description), width)),
        *parameters_text(flow.inputs, width, paint, "Inputs"),
        "\n".join([paint(translate(say("Steps")), "bold"), *steps]),
        _section("Outputs", outputs, width, paint),
        _section("Remembered between runs", pairs, width, paint),
        _section("Example", [("run", _command(flow, environment))], width, paint),
    ]
    return "\n\n".join(part for part in parts if part)


def _command(flow: Flow, environment: str | None) -> str:
    words = ["sgeflow run", flow.name, flow.example]
    if environment and "--env" not in flow.example:
        words += ["--env", environment]
    return " ".join(word for word in words if word)


def environment_text(environment: Environment, width: int, paint: Paint = PLAIN) -> str:
    """An environment: where calls go and how often; secrets stay references."""
    facts = [
        (
            "simulated",
            say("yes, made-up people") if environment.simulated else say("no, real people"),
        ),
        ("generation", environment.generation),
        ("login", environment.login),
        ("contract", environment.contract_id),
        *((verbatim(f"env.{name}"), str(value)) for name, value in environment.settings.items()),
    ]
    parts = [
        paint(environment.name, "bold"),
        "\n".join(wrap(translate(environment.title), width)),
        "\n".join(label_lines(_translate_labels(facts), width, paint)),
    ]
    for name, endpoint in environment.endpoints.items():
        parts.append(_section(verbatim(name), list(_endpoint(endpoint).items()), width, paint))
    return "\n\n".join(part for part in parts if part)


def operation_document(operation: Operation) -> dict[str, Any]:
    """An operation for programs."""
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
        "route": {"gateway": operation.route.gateway, "direct": operation.route.direct},
        "parameters": [parameter_document(one) for one in operation.parameters.values()],
        "rules": [rule.message for rule in operation.rules],
        "outputs": {name: path.text for name, path in operation.response.paths.items()},
        "echo": {name: echo.path.text for name, echo in operation.echo.items()},
        "faults": {code: one.value for code, one in operation.faults.items()},
        "examples": {name: dict(one.parameters) for name, one in operation.examples.items()},
    }


def flow_document(flow: Flow) -> dict[str, Any]:
    """A flow for programs."""
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
    """An environment for programs, without any secret."""
    return {
        "environment": environment.name,
        "title": environment.title,
        "simulated": environment.simulated,
        "generation": environment.generation,
        "login": environment.login,
        "contractId": environment.contract_id,
        "endpoints": {name: _endpoint(one) for name, one in environment.endpoints.items()},
    }


def parameter_document(parameter: Parameter) -> dict[str, Any]:
    """A parameter for programs."""
    return {
        "name": parameter.name,
        "required": is_needed(parameter),
        "default": parameter.default.written if parameter.default else None,
        "personal": parameter.personal,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def flowing(text: str) -> str:
    """A text whose sentences are not broken where its author's lines ended."""
    return re.sub(r"(?<![.:])\n(?=\S)", " ", text.strip())


def _translate_lines(text: str) -> str:
    """A long description for its reader."""
    return translate(reword(text, flowing))


def _limits(operation: Operation) -> Iterator[tuple[str, str]]:
    for label, known in (("a call covers", "window"), ("goes back", "history")):
        limits: Mapping[str, str] = getattr(operation.limits, known)
        if limits:
            yield label, ", ".join(f"{name} {value}" for name, value in limits.items())
    if operation.limits.rate:
        yield "rate", operation.limits.rate


def _calls(operation: Operation, width: int, paint: Paint, environment: str | None) -> str:
    """Calls to paste into a shell, each of them one line, below what it is for."""
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


def _endpoint(endpoint: Endpoint) -> dict[str, str]:
    """What may be shown: of headers the names and references, never a value of a secret."""
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
    facts |= {
        "certificate": endpoint.certificate or endpoint.pfx or "",
        "rate": endpoint.limits.rate or "",
        "jitter": f"{endpoint.limits.jitter * 1000:.0f} ms" if endpoint.limits.rate else "",
        "timeout": _times(endpoint),
        "stubs": _stubs(endpoint),
    }
    return {name: value for name, value in facts.items() if value}


def _stubs(endpoint: Endpoint) -> str:
    """What answers for a service in a simulated environment: methods and paths."""
    if endpoint.stubs is None:
        return ""
    return ", ".join(stub.name for stub in endpoint.stubs) or say("none")


def _times(endpoint: Endpoint) -> Message:
    return say(
        "{connect:g} s, {total:g} s in all",
        connect=endpoint.limits.connect_timeout,
        total=endpoint.limits.total_timeout,
    )


def _translate_labels(facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Facts whose labels are words of ours."""
    return [(from_table(label), text) for label, text in facts]


def _section(title: str, rows: list[tuple[str, str]], width: int, paint: Paint) -> str:
    if not rows:
        return ""
    return "\n".join(
        [paint(translate(from_table(title)), "bold"), *label_lines(rows, width, paint)]
    )
