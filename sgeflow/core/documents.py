"""Documents once they are read: operations, environments, cases of homologation.

All documents are immutable. Mappings are read-only by convention: change a copy instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.mail import Relay
from sgeflow.core.model import DEFAULT_SCENARIO, DEFAULT_SERVICE, SIMULATOR, FaultClass, Kind
from sgeflow.core.stubs import Stub
from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.template import Template


class Route(Struct, frozen=True, kw_only=True):
    """The service of an operation, and its SOAP paths through a gateway and directly.

    Orders belong to this service, whether they are sent by SOAP or by REST.
    """

    gateway: str | None
    direct: str | None
    soap_action: str
    service: str = DEFAULT_SERVICE  # of the environment
    address: str = ""  # the parameter with an address that the service gave for its calls
    at: Location | None = None  # the position of the service's name

    def path(self, way: str) -> str | None:
        """The path of the route `gateway` or `direct`; None if the operation has no such route."""
        return self.gateway if way == "gateway" else self.direct


class Limits(Struct, frozen=True, kw_only=True):
    """Facts of the service: longest period of a call, calls per second, reply size."""

    window: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)
    rate: str | None = None
    reply_bytes: int = 32 * 1024 * 1024


class EnvelopeSpec(Struct, frozen=True):
    """The declared XML of a request: `header` and `body` map elements to their content.

    A key is `prefix:name`, `name` or `@attribute`, in XSD order; a value is text with
    `${parameter}` and other expressions, or a mapping of children.
    """

    namespaces: Mapping[str, str]
    header: Mapping[str, Any]  # blocks of the header
    body: Mapping[str, Any]  # one root element
    soap: str = "1.1"  # version of SOAP

    def qualified(self, key: str) -> str:
        """The name of an element on the wire, after its namespace in braces."""
        prefix, _, name = key.rpartition(":")
        return f"{{{self.namespaces.get(prefix, '')}}}{name}"


class ResponseSpec(Struct, frozen=True, kw_only=True):
    """How a reply is read: accepted root names, lists, outputs."""

    elements: tuple[str, ...]
    lists: tuple[str, ...]  # repeated elements, besides those that `paths` reads as lists
    paths: Mapping[str, Expression]
    required: tuple[str, ...] | None = None  # outputs of the answer to each accepted order
    fault: Mapping[str, Expression] = field(default_factory=dict)  # expressions: code, message
    secret: tuple[str, ...] = ()  # outputs that are secrets of the run, such as a session id


class Echo(Struct, frozen=True, kw_only=True):
    """The part of a reply that repeats a parameter of its request."""

    parameter: str
    path: Expression  # over the reply: all values that it finds must equal the requested one
    value: Expression | None = None  # over the parameters: the requested value as replies write it
    bound: str = ""  # "earliest" or "latest": the date may be later, or earlier


class Absence(Struct, frozen=True, kw_only=True):
    """The proof that an order missing from the read was not accepted."""

    after: str  # the time that must have passed between the order and the read: "P1D"
    when: Expression  # a condition on the outputs of the read


class RestSpec(Struct, frozen=True, kw_only=True):
    """The declared HTTP request, and how its JSON reply is read.

    Templates are over the parameters and `env`. `paths` and `echo` are those of the operation,
    except for values with another place in this reply than in the envelope's.
    """

    service: str  # name of the service in the environment
    method: str
    path: Template
    query: Mapping[str, Template]
    headers: Mapping[str, Template]
    body: Template | None
    paths: Mapping[str, Expression]
    echo: Mapping[str, Echo]
    refusal: Mapping[str, Expression]  # expressions over a refusal: code, message
    rules: tuple[Rule, ...]  # conditions for sending the operation by REST
    at: Location

    def templates(self) -> tuple[Template, ...]:
        """All templates of the request."""
        body = (self.body,) if self.body else ()
        return (self.path, *self.query.values(), *self.headers.values(), *body)


class Reconcile(Struct, frozen=True, kw_only=True):
    """The read that settles an order whose answer was lost."""

    call: str
    arguments: Mapping[str, Template]
    found: Expression
    outputs: Mapping[str, Expression]
    absent: Absence | None = None  # if None, an order that is not found stays unknown
    places: Mapping[str, Location] = field(default_factory=dict)


class Same(Struct, frozen=True, kw_only=True):
    """The parts by which repeated orders are recognized; without it, all sent values count.

    If an expression of `thing` gives a list, the order is for each item of the list.
    """

    thing: tuple[Expression, ...]  # over the parameters: the ordered thing and its point
    terms: tuple[str, ...] = ()  # names of parameters such as the period and the format
    order: str = ""  # the name of another order for the same things; empty: this order's name
    ended_by: tuple[str, ...] = ()  # cancels after which the same thing may be ordered again


class Example(Struct, frozen=True, kw_only=True):
    """A call to paste, with its parameters as written; `day` is a date on which it is valid."""

    name: str
    parameters: Mapping[str, Any]
    description: str = ""
    day: str = ""


class Service(Struct, frozen=True, kw_only=True):
    """A service of operations, read from `operations/services.yaml`.

    An error of the service is the only element in the detail of a SOAP fault: an `error` that
    contains one `result`, whose attribute `code` is the code.
    """

    name: str
    owner: str  # the name of the owner in messages
    error: str = ""  # the name of the error element; empty if the service has no such errors
    result: str = ""
    namespaces: tuple[str, ...] = ()  # prefixes of the error element's namespace
    refused: str = ""  # a regular expression of codes that prove that an order was not accepted
    needs: tuple[str, ...] = ()  # facts of an environment that its documents read


class Operation(Struct, frozen=True, kw_only=True):
    """One operation of a service, read from `operations/<name>.yaml`."""

    name: str
    title: str
    description: str
    service: str
    version: str
    kind: Kind
    status: str  # current | superseded | retired
    route: Route
    provider: Service  # the service of the route
    limits: Limits
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    envelope: EnvelopeSpec  # has no body if the operation has no SOAP
    response: ResponseSpec
    faults: Mapping[str, FaultClass]
    reconcile: Reconcile | None
    personal: tuple[str, ...]  # reply and request elements that name a person
    examples: Mapping[str, Example]
    at: Location
    same: Same | None = None
    echo: Mapping[str, Echo] = field(default_factory=dict)  # by parameter
    rest: RestSpec | None = None
    ends: str = ""  # the month in which the owner plans to end the operation: "2026-11"
    replaced_by: str = ""  # the name of the successor
    mentions: Mapping[str, Location] = field(default_factory=dict)  # other operations it names

    @property
    def has_soap(self) -> bool:
        """Whether the operation has an envelope; without one, all replies are JSON."""
        return bool(self.envelope.body)


class FaultEntry(Struct, frozen=True, kw_only=True):
    """The entry of a code in `faults.yaml`."""

    code: str
    fault_class: FaultClass
    meaning: str
    cause: str
    remedy: str
    refuses: bool | None = None  # whether the code proves that an order was not accepted


class EndpointLimits(Struct, frozen=True, kw_only=True):
    """The limits of an endpoint: calls per time (`10/s`) and durations in seconds."""

    rate: str | None = None
    jitter: float = 0.1  # seconds: the largest difference in the travel times of calls
    connect_timeout: float
    read_timeout: float
    total_timeout: float


SERVICE_KINDS = COZY, COUCHDB = "cozy", "couchdb"
"""Kinds of services that keep documents."""


REFRESH_TOKEN, CLIENT_CREDENTIALS = GRANTS = "refresh_token", "client_credentials"
"""Grants of OAuth (RFC 6749): for a person who has agreed, and for the client itself."""


class OauthGrant(Struct, frozen=True, kw_only=True):
    """The request for an access token; its secrets are still references."""

    client_id: str
    client_secret: str
    path: str
    grant: str = REFRESH_TOKEN
    refresh_token: str = ""  # only for the grant `refresh_token`


class Endpoint(Struct, frozen=True, kw_only=True):
    """A service or relay of an environment: address and limits; secrets are still references."""

    name: str
    base_url: str
    limits: EndpointLimits
    route: str = "direct"  # or gateway
    headers: Mapping[str, str] = field(default_factory=dict)  # values may have ${secret.NAME}
    certificate: str | None = None
    key: str | None = None
    key_password: str | None = None
    pfx: str | None = None
    ca: str | None = None
    user: str | None = None
    password: str | None = None
    in_envelope: bool = False  # user and password are sent in envelopes, not in a header of HTTP
    oauth: OauthGrant | None = None  # how to request an access token
    proxy: str | None = None  # the proxy's address, "none", or None for the machine's proxy
    hosts: tuple[str, ...] = ()  # other hosts to which the service may send calls
    personal: tuple[str, ...] = ()  # members of its messages that name or locate a person
    stubs: tuple[Stub, ...] | None = None  # canned replies; None if none are declared
    kind: str = COZY  # the kind of service to which documents can be exported
    operations: tuple[str, ...] | None = None  # called by REST; None: all that declare `rest`
    relay: Relay | None = None  # set for a mail server, which takes no HTTP requests
    folder: str = ""  # the folder for relative paths of files; empty: the current folder
    places: Mapping[str, Location] = field(default_factory=dict)  # positions of file settings

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator answers for the endpoint, because it has no address."""
        return self.base_url.partition("/")[0] == SIMULATOR


class FileKey(Struct, frozen=True, kw_only=True):
    """A key of delivered files, its secrets still references; without `iv` each file has one."""

    name: str
    key: str
    iv: str | None = None
    places: Mapping[str, Location] = field(default_factory=dict)  # positions of the settings


GENERATIONS = ("previous", "current")
"""The generation of services in an environment: the former ones, or today's."""


class Environment(Struct, frozen=True, kw_only=True):
    """An environment, read from `environments/<name>.yaml`: addresses of services and relays."""

    name: str
    title: str
    simulated: bool = False
    generation: str = "current"  # or "previous"
    login: str = ""
    contract_id: str
    endpoints: Mapping[str, Endpoint]  # services and relays, by name
    inputs: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)  # facts that flows read as env.*
    confirm_orders: bool = False  # orders need a confirmation on the command line
    repeat_after: float = 86_400.0  # seconds until the same order may be sent again
    at: Location
    file_keys: tuple[FileKey, ...] = ()
    state: str = ""  # address of the server that keeps journal and store; the password a secret
    state_at: Location | None = None  # the position of `state` in the document
    identity_key: str = ""  # reference to the secret that makes the marks of customers
    accounts: Mapping[str, str] = field(default_factory=dict)  # members of a Cozy account's `data`
    scenario: str = DEFAULT_SCENARIO  # the default scenario of a simulated environment

    def address(self, name: str) -> str:
        """The address of an endpoint for people; a simulated one has no address outside."""
        return self.endpoints[name].base_url if self.is_reached(name) else f"stubs/{name}"

    def is_reached(self, name: str) -> bool:
        """Whether calls to an endpoint go to its address, not to the simulator or to stubs."""
        return self.endpoints[name].is_simulated or not self.simulated

    def facts(self) -> Mapping[str, Any]:
        """The values that expressions read as `env`, without secrets and addresses."""
        return {
            **self.settings,
            "name": self.name,
            "login": self.login,
            "contractId": self.contract_id,
            "generation": self.generation,
            "simulated": self.simulated,
        }


class Lookup(Struct, frozen=True, kw_only=True):
    """A read before a case; its outputs contain the object of the case."""

    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    found: Expression
    at: Location


class Case(Struct, frozen=True, kw_only=True):
    """A homologation case: a call and its expected answer."""

    id: str  # as in the official catalogue: "ADP-R1 (C5)"
    title: str
    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    first: Lookup | None
    after: tuple[str, ...]  # cases that must have run before
    expect: tuple[str, ...]  # "ok", "refused" (whatever the code), or codes
    accept: tuple[str, ...]  # codes that count as a pass, too
    unchecked: bool  # invalid on purpose: sent although it breaks a rule
    stale: str  # why homologation may give another answer
    excused: tuple[str, ...]  # "ok", "nothing" (no object) or codes that do not fail the case
    at: Location
    told: Mapping[str, tuple[Location, ...]]  # places of call, expect, accept, after


class Casebook(Struct, frozen=True, kw_only=True):
    """Cases of one release, read from `homologation/<name>.yaml`, in the order they run."""

    name: str
    title: str
    description: str
    release: str
    orders_accept: tuple[str, ...]  # codes that count as a pass of an order expected to be ok
    codes: tuple[Location, ...]  # places of `orders_accept`
    cases: Mapping[str, Case]
    at: Location


OK, REFUSED, NOTHING = "ok", "refused", "nothing"
"""An expected success, a refusal with any code, and a missing object."""
