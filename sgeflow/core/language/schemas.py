"""The JSON Schema of operations, and the shared parts of all documents' schemas.

The schemas of other documents are beside their decoders in `core.checking`; the schema of flows is
made from the verbs. Editors read the files in `sgeflow/schemas/`; a test compares them with these.
"""

from collections.abc import Collection, Mapping
from typing import Any

Schema = Mapping[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
FLOW_NAME = r"^[a-z][a-z0-9-]*$"
CASE = r"^[A-Za-z][A-Za-z0-9_-]*$"
CODE = r"^[A-Z][A-Z0-9_]*(\.[A-Z_]+)?$"
LENGTH = r"^P(?=.*[1-9])(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$"
WAIT = r"^P(?=.)(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$"
DURATION = r"^-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$"
PATH = r"^(?!/)(?![A-Za-z][A-Za-z0-9+.-]*://)"
BEHIND = r"^(?![A-Za-z][A-Za-z0-9+.-]*://)"
NAMESPACE = r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"
FAULT_CODE = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$(?!\n)"
STUB = (
    r"^((GET|POST|PUT|PATCH|DELETE) (/([^\s?#{}/]|\{[A-Za-z][A-Za-z0-9_]*\})*)+"
    r"(\?[^\s?#=&]+=[^\s?#=&]*(&[^\s?#=&]+=[^\s?#=&]*)*)?|MAIL /)$"
)
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
HOST = r"^[a-z0-9.-]+(:[0-9]+)?$"
RATE = r"^[1-9][0-9]{0,6}/(s|min|h|d)$(?!\n)"  # `$` also matches before a last line break
LANGUAGES = ("en", "fr")
FAULT_CLASSES = [
    "invalid",
    "denied",
    "not_found",
    "no_data",
    "already",
    "transient",
    "technical",
    "credentials",
]


def text(description: str = "", **more: Any) -> Schema:
    """A text value."""
    return {"type": "string", "description": description, **more}


def words(description: str = "") -> Schema:
    """A text for people: one text, or one for each language, `{en: …, fr: …}`."""
    about = ("in English", "in French")
    languages = [text(language, minLength=1) for language in about]
    return {
        **closed_object(dict(zip(LANGUAGES, languages, strict=True)), description=description),
        "type": ["string", "object"],
        "minProperties": 1,
        "x-called": "a text in several languages",
    }


def is_words(schema: Schema) -> bool:
    """Whether a schema is that of a text for people."""
    return tuple(schema.get("properties", ())) == LANGUAGES


EARLIER_CUSTOMER: Schema = {
    "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\$\{"}],
    "description": "the number of an earlier customer; null: the current customer",
}
"""Selects an earlier customer, whose state or measures are used."""

ADDRESS = r"^(https?://[^\s/]+(/[^\s]*)?|simulator(/[^\s]*)?)$"
SHARED = r"^types\.yaml#/[A-Za-z][A-Za-z0-9_]*$"
SERIES = r"^[a-z][a-z0-9_]*$"

FORMS = {
    NAME: "a name: letters, digits and _, beginning with a letter",
    FLOW_NAME: "a name: small letters, digits and -, beginning with a letter",
    CASE: "a name: letters, digits, - and _, beginning with a letter",
    CODE: "a code: capitals, digits and _, as USER_ACTION_NEEDED",
    FAULT_CODE: "a code: letters, digits, _, - and ., without a prefix, as INVALID_INPUT",
    DURATION: "a duration, as P7D, P1M or PT30M",
    WAIT: "a length of time, as PT0S, PT5M or P1D",
    LENGTH: "a length of time, as PT30S, PT5M or P1D",
    ADDRESS: "an address, as https://host or https://host/path",
    SHARED: "a shared type, as types.yaml#/pointId",
    SERIES: "a name: small letters, digits and _, beginning with a letter",
    HOST: "a host without scheme and path, as crm.example.org or crm.example.org:8443",
    RATE: "a rate of at most 7 digits, as 5/s or 100/min",
    PATH: "a path without a host, as Service/v1.0",
    BEHIND: "a path behind the service's address, as /consent",
    STUB: "a method and a path, as GET /forecast/{city}?day=1; of a relay MAIL /",
    NAMESPACE: "the name of a namespace, as http://… or urn:…",
}
"""The patterns above in words for messages."""


def duration(description: str) -> Schema:
    """An ISO 8601 duration, `P7D`, `P1M`."""
    return text(description, pattern=DURATION)


def length(description: str) -> Schema:
    """A positive duration without months, such as `PT30S` or `P1D`."""
    return text(description, pattern=LENGTH)


def flag(description: str, **more: Any) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description, **more}


def whole(description: str, least: int, most: int, **more: Any) -> Schema:
    """A whole number between two others, which it may equal."""
    span = {"minimum": least, "maximum": most}
    return {"type": "integer", **span, "description": description, **more}


def one_of(values: Collection[Any], description: str, **more: Any) -> Schema:
    """One of some values."""
    return {"enum": list(values), "description": description, **more}


def array(items: Schema, description: str, **more: Any) -> Schema:
    """A list of items."""
    return {"type": "array", "items": items, "description": description, **more}


def closed_object(
    properties: Schema, required: tuple[str, ...] = (), description: str = "", called: str = ""
) -> Schema:
    """An object with exactly these keys; messages call it `called`."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    if description:
        schema["description"] = description
    if called:
        schema["x-called"] = called
    return schema


def names_to(value: Schema, description: str = "", pattern: str = NAME) -> Schema:
    """An object that maps names to values."""
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": value,
    }


PARAMETER: Schema = {
    "type": "object",
    "description": "a JSON Schema and the source of the value",
    "properties": {
        "$ref": text("a shared type", pattern=SHARED),
        "description": words("meaning of the parameter, for the caller"),
        "optional": flag("true: a call may leave it out"),
        "default": {"description": "the value if none is given; `${env.…}` is allowed"},
        "personal": flag("true: names or locates a person, and is never shown"),
        "type": {"enum": ["string", "integer", "number", "boolean", "array", "object"]},
        "enum": {"type": "array", "minItems": 1},
        "const": {},
        "pattern": text(),
        "format": {"enum": ["date"]},
        "minLength": {"type": "integer"},
        "maxLength": {"type": "integer"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "minItems": {"type": "integer"},
        "maxItems": {"type": "integer"},
        "uniqueItems": {"type": "boolean"},
        "items": {"type": "object"},
        "properties": {"type": "object"},
        "required": {"type": "array", "items": {"type": "string"}},
        "additionalProperties": {"type": "boolean"},
        "examples": {"type": "array"},
    },
    "additionalProperties": False,
}

VALUE: Schema = {
    **PARAMETER,
    "description": "a JSON Schema of an item or member",
    "properties": {
        key: schema
        for key, schema in PARAMETER["properties"].items()
        if key not in ("$ref", "optional", "default", "personal")
    },
}

_RULE = closed_object(
    {
        "when": text("JMESPath over the parameters; the rule applies only if it is true"),
        "check": text("JMESPath over the parameters; must be true"),
        "message": words("message when the rule is broken"),
    },
    ("check", "message"),
)

_NAMES: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}

_SAME = closed_object(
    {
        "order": text(
            "another order operation that creates the same things, with the same number of parts"
        ),
        "thing": {
            **_NAMES,
            "description": (
                "JMESPath over the parameters: the ordered thing and its point; "
                "each item of a list is an order of its own"
            ),
        },
        "terms": {**_NAMES, "description": "parameters for the start, the end and the form"},
        "ended_by": {
            **_NAMES,
            "description": "the cancel operations after which the same order may be sent again",
        },
    },
    ("thing",),
    "parameters that identify a repeated order; default: all parameters",
)

_PATH = text("JMESPath over the reply: where it repeats the parameter")
_VALUE = text("JMESPath over the parameters: the value in the reply")
_BOUND = one_of(
    ["earliest", "latest"], "for a period that the service may shorten: its first or last date"
)
_ECHO = names_to(
    {"anyOf": [_PATH, closed_object({"path": _PATH, "value": _VALUE, "bound": _BOUND}, ("path",))]},
    "values of the request that the reply repeats; a reply with other values is refused",
)

_REST = closed_object(
    {
        "endpoint": text("the service of the environment that it is called at", pattern=NAME),
        "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
        "path": text("behind the service's base_url, with ${parameter}", pattern=BEHIND),
        "query": {"type": "object", "description": "query parameters; null values are left out"},
        "headers": {"type": "object", "description": "beside those of the service"},
        "body": {"description": "sent as JSON; members that are null are left out"},
        "paths": names_to({"type": "string"}, "outputs that stand elsewhere than in the envelope"),
        "echo": _ECHO,
        "refusal": closed_object(
            {
                "code": text("JMESPath over the body of a refusal: its code"),
                "message": text("JMESPath over the body of a refusal: its message"),
            },
        ),
        "rules": array(_RULE, "what can be asked so"),
    },
    ("endpoint", "path"),
    "the operation as a request of HTTP with JSON, beside its envelope or alone",
)

_RECONCILE = closed_object(
    {
        "call": text("the read operation that finds the result of an order"),
        "with": names_to({}, "the read's parameters, from those of this operation"),
        "found": text(
            "JMESPath over the parameters, its outputs and order.day: the result of the "
            "order, or null"
        ),
        "outputs": names_to({"type": "string"}, "this operation's outputs, from the found result"),
        "absent": closed_object(
            {
                "after": text(
                    "the time after the order from which the read proves anything", pattern=LENGTH
                ),
                "when": text(
                    "JMESPath over the parameters, its outputs and order.day: a further condition"
                ),
            },
            ("after", "when"),
            "conditions under which an order that is not found was certainly not accepted and "
            "may be sent again",
        ),
    },
    ("call", "with", "found"),
    "the search for an order whose response was lost",
)

OPERATION: Schema = {
    "$schema": DRAFT,
    "title": "sgeflow operation",
    **closed_object(
        {
            "operation": text(
                "the operation's name in the service; also the name of the file", pattern=NAME
            ),
            "title": words("a single line"),
            "description": words("its results, its users and its pitfalls"),
            "service": text("the service, as its provider names it"),
            "version": text("the version of the service, quoted"),
            "kind": one_of(
                ["read", "order", "cancel"],
                "reads may be repeated; orders and cancels are sent once",
            ),
            "status": {"enum": ["current", "superseded", "retired"], "default": "current"},
            "ends": text("the month of its planned end, 2026-11", pattern=MONTH),
            "replaced_by": text("the operation that takes its place"),
            "route": closed_object(
                {
                    "service": text(
                        "the environment's service for this operation (default sge)",
                        pattern=NAME,
                    ),
                    "gateway": text("path behind an API manager", pattern=PATH),
                    "direct": text("path on the direct route", pattern=PATH),
                    "soap_action": text("the SOAPAction header"),
                    "address": text(
                        "the parameter with the address that a login returned", pattern=NAME
                    ),
                },
                ("soap_action",),
                "path of the operation, without a host",
            ),
            "limits": closed_object(
                {
                    "window": names_to({"type": "string", "pattern": DURATION}),
                    "history": names_to({"type": "string", "pattern": DURATION}),
                    "rate": text("the service's rate limit for all clients together", pattern=RATE),
                    "reply_bytes": {"type": "integer", "minimum": 1024},
                }
            ),
            "parameters": names_to(PARAMETER, "parameters of a call"),
            "rules": array(_RULE, "rules between the parameters"),
            "envelope": closed_object(
                {
                    "soap": one_of(["1.1", "1.2"], "the version of SOAP, quoted", default="1.1"),
                    "header": {
                        "type": "object",
                        "minProperties": 1,
                        "description": "the blocks of the SOAP header, each with a prefix",
                    },
                    "namespaces": names_to(
                        {"type": "string", "pattern": NAMESPACE}, "prefix to namespace"
                    ),
                    "body": {"type": "object", "minProperties": 1, "maxProperties": 1},
                },
                ("namespaces", "body"),
                "the request's XML, element for element, in XSD order",
            ),
            "response": closed_object(
                {
                    "element": {
                        "anyOf": [
                            {"type": "string"},
                            {"type": "array", "items": {"type": "string"}, "minItems": 1},
                        ],
                        "description": "the reply's root element, or the accepted ones",
                    },
                    "lists": array(
                        {"type": "string"},
                        "repeatable elements whose items no path reads",
                        minItems=1,
                    ),
                    "paths": names_to({"type": "string"}, "output name to JMESPath"),
                    "required": {
                        **_NAMES,
                        "minItems": 0,  # an accepted order may have an empty answer
                        "description": "outputs without which an order does not count as accepted",
                    },
                    "secret": {
                        **_NAMES,
                        "description": "outputs that are secrets, as the id of a session",
                    },
                    "fault": closed_object(
                        {
                            "code": text("JMESPath over the fault: its code"),
                            "message": text("JMESPath over the fault: its message"),
                        },
                        description="their elements in a SOAP fault; default: those of SOAP",
                    ),
                },
                ("paths",),
            ),
            "echo": _ECHO,
            "rest": _REST,
            "personal": {"type": "array", "items": {"type": "string"}},
            "faults": names_to({"enum": FAULT_CLASSES}, "meaning of the codes here", FAULT_CODE),
            "same": _SAME,
            "reconcile": _RECONCILE,
            "examples": names_to(
                closed_object(
                    {
                        "description": words("purpose of the example, one line"),
                        "day": {
                            "type": "string",
                            "format": "date",
                            "description": (
                                "the day for which its dates are valid; `show` shifts them to today"
                            ),
                        },
                        "parameters": {"type": "object"},
                    },
                    ("parameters",),
                )
            ),
        },
        (
            "operation",
            "title",
            "service",
            "version",
            "kind",
            "parameters",
            "response",
        ),
        "One operation of a service.",
    ),
}
