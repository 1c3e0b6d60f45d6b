"""Documents once they are read: operations, environments, cases of homologation.

All of it is frozen. Mappings are read-only by convention: a new one is made instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.mail import Relay
from sgeflow.core.model import DEFAULT_SCENARIO, DEFAULT_SERVICE, SIMULATOR, FaultClass, Kind
from sgeflow.errors import Location

if TYPE_CHECKING:
    from sgeflow.core.language.expression import Expression
    from sgeflow.core.language.template import Template
    from sgeflow.core.stubs import Stub


class Route(Struct, frozen=True, kw_only=True):
    """The service of an operation, and the paths of its SOAP: behind a gateway, and directly.

    Orders belong to this service, by whatever wire they leave.
    """

    gateway: str | None
    direct: str | None
    soap_action: str
    service: str = DEFAULT_SERVICE  # of the environment
    at: Location | None = None  # of the service's name

    def path(self, way: str) -> str | None:
        """The path of the route `gateway` or `direct`; None when there is none."""
        return self.gateway if way == "gateway" else self.direct


class Limits(Struct, frozen=True, kw_only=True):
    """Facts of the service: longest period a call may cover, calls a second, reply size."""

    window: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)
    rate: str | None = None
    reply_bytes: int = 32 * 1024 * 1024


class EnvelopeSpec(Struct, frozen=True):
    """The request's XML as declared: `header` and `body` map elements to their content.

    A key is `prefix:name`, `name` or `@attribute`, in XSD order; a value is text with
    `${parameter}` and other expressions, or a mapping of children.
    """

    namespaces: Mapping[str, str]
    header: Mapping[str, Any]  # its blocks
    body: Mapping[str, Any]  # one root
    soap: str = "1.1"  # the version

    def qualified(self, key: str) -> str:
        """The name of an element on the wire: behind its namespace in braces."""
        prefix, _, name = key.rpartition(":")
        return f"{{{self.namespaces.get(prefix, '')}}}{name}"


class ResponseSpec(Struct, frozen=True, kw_only=True):
    """How a reply is read: accepted root names, what repeats, what each output is."""

    elements: tuple[str, ...]
    lists: tuple[str, ...]  # what repeats besides what the paths take as lists
    paths: Mapping[str, Expression]
    required: tuple[str, ...] = ()  # outputs without which an order does not count as accepted
    fault: Mapping[str, Expression] = field(default_factory=dict)  # its code and its message
    secret: tuple[str, ...] = ()  # outputs that are secrets of the run, as the id of a session


class Echo(Struct, frozen=True, kw_only=True):
    """The part of a reply that repeats a parameter of its request."""

    parameter: str
    path: Expression  # over the reply: all that it finds must be what was asked for
    value: Expression | None = None  # over the parameters, where a reply says it in other words
    bound: str = ""  # "earliest" or "latest": a date that may be cut, and never goes beyond


class Absence(Struct, frozen=True, kw_only=True):
    """When an order that the read does not show was surely not accepted."""

    after: str  # how long after the order the read must have begun, as written: "P1D"
    when: Expression  # what else must hold of what the read gave


class RestSpec(Struct, frozen=True, kw_only=True):
    """A request of HTTP as declared, and how its JSON reply is read.

    Templates are over the parameters and `env`. `paths` and `echo` are those of the operation, with
    what stands elsewhere in this reply than in the envelope's.
    """

    service: str  # of the environment
    method: str
    path: Template
    query: Mapping[str, Template]
    headers: Mapping[str, Template]
    body: Template | None
    paths: Mapping[str, Expression]
    echo: Mapping[str, Echo]
    refusal: Mapping[str, Expression]  # over the body of a refusal: its code and its message
    rules: tuple[Rule, ...]  # what this wire can say
    at: Location

    def templates(self) -> tuple[Template, ...]:
        """Everything of the request that is filled with values."""
        body = (self.body,) if self.body else ()
        return (self.path, *self.query.values(), *self.headers.values(), *body)


class Reconcile(Struct, frozen=True, kw_only=True):
    """The read that settles an order whose answer was lost."""

    call: str
    arguments: Mapping[str, Template]
    found: Expression
    outputs: Mapping[str, Expression]
    absent: Absence | None = None  # without it, what is not found stays unknown
    places: Mapping[str, Location] = field(default_factory=dict)


class Same(Struct, frozen=True, kw_only=True):
    """The parts that make an order the same one again; without it, all that is sent.

    A list among what tells the thing is of things ordered together, each of them one by itself.
    """

    thing: tuple[Expression, ...]  # over the parameters: what is ordered, of which point
    terms: tuple[str, ...] = ()  # parameters: from when to when, in which form
    order: str = ""  # another order that makes the same things; its own name when empty
    ended_by: tuple[str, ...] = ()  # cancels that end what it made: then it may be ordered again


class Example(Struct, frozen=True, kw_only=True):
    """A call to paste: its parameters as written; `day` is when it could be sent so, if said."""

    name: str
    parameters: Mapping[str, Any]
    description: str = ""
    day: str = ""


class Service(Struct, frozen=True, kw_only=True):
    """A service of operations, read from `operations/services.yaml`.

    Its errors stand alone in the detail of a SOAP fault: an `error` with one `result` in it, whose
    attribute `code` is the code.
    """

    name: str
    owner: str  # as messages name it
    error: str = ""  # an element; empty: it has no such errors
    result: str = ""
    namespaces: tuple[str, ...] = ()  # that of the error begins with one of these
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
    provider: Service  # that the route names
    limits: Limits
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    envelope: EnvelopeSpec  # without a body when it has no SOAP
    response: ResponseSpec
    faults: Mapping[str, FaultClass]
    reconcile: Reconcile | None
    personal: tuple[str, ...]  # reply and request elements that name a person
    examples: Mapping[str, Example]
    at: Location
    same: Same | None = None
    echo: Mapping[str, Echo] = field(default_factory=dict)  # by parameter
    rest: RestSpec | None = None
    ends: str = ""  # the month in which its owner planned to end it: "2026-11"
    replaced_by: str = ""  # the operation that takes its place
    mentions: Mapping[str, Location] = field(default_factory=dict)  # other operations it names

    @property
    def has_soap(self) -> bool:
        """Whether it has an envelope; without one its replies are JSON alone."""
        return bool(self.envelope.body)


class FaultEntry(Struct, frozen=True, kw_only=True):
    """The entry of a code in `faults.yaml`."""

    code: str
    fault_class: FaultClass
    meaning: str
    cause: str
    remedy: str
    refuses: bool | None = None  # whether it proves that an order was not accepted, if said


class EndpointLimits(Struct, frozen=True, kw_only=True):
    """How often an endpoint is called at most (`10/s`), and how long it may take, in seconds."""

    rate: str | None = None
    jitter: float = 0.1  # seconds by which the time of calls on their way differs at most
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
    refresh_token: str = ""  # of that grant alone


class Endpoint(Struct, frozen=True, kw_only=True):
    """One neighbour of an environment: addresses and limits, its secrets still as references."""

    name: str
    base_url: str
    route: str  # gateway | direct
    headers: Mapping[str, str]  # values may hold ${secret.NAME}
    limits: EndpointLimits
    certificate: str | None = None
    key: str | None = None
    key_password: str | None = None
    pfx: str | None = None
    ca: str | None = None
    basic_user: str | None = None
    basic_password: str | None = None
    oauth: OauthGrant | None = None  # how its access token is come by
    proxy: str | None = None  # its address, "none", or None: that of the machine
    personal: tuple[str, ...] = ()  # members of its messages that name or locate a person
    stubs: tuple[Stub, ...] | None = None  # what answers for it; None: nothing is said of it
    kind: str = COZY  # of a service that is given documents
    operations: tuple[str, ...] | None = None  # called there by REST; None: all that can be
    relay: Relay | None = None  # it takes mails, and no request over HTTP
    folder: str = ""  # that its files count from; empty: the current one
    places: Mapping[str, Location] = field(default_factory=dict)  # of files, and of secrets named

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator answers for it: it has no address of its own."""
        return self.base_url.partition("/")[0] == SIMULATOR


class FileKey(Struct, frozen=True, kw_only=True):
    """A key of delivered files, its secrets still as references; without `iv` each file has one."""

    name: str
    key: str
    iv: str | None = None
    places: Mapping[str, Location] = field(default_factory=dict)  # as of an endpoint


GENERATIONS = ("previous", "current")
"""The services of Enedis that an environment speaks to: those before, or today's."""


class Environment(Struct, frozen=True, kw_only=True):
    """An environment, read from `environments/<name>.yaml`: where calls go."""

    name: str
    title: str
    simulated: bool
    generation: str  # one of GENERATIONS
    login: str
    contract_id: str
    endpoints: Mapping[str, Endpoint]  # services and relays, by name
    inputs: Mapping[str, Any]
    settings: Mapping[str, Any]  # free facts that flows may read as env.*
    confirm_orders: bool = False  # orders need a word on the command line
    repeat_after: float = 86_400.0  # seconds until the same order may be sent again
    at: Location
    file_keys: tuple[FileKey, ...] = ()
    state: str = ""  # address of the server that keeps journal and store; the password a secret
    state_at: Location | None = None  # where that is said
    identity_key: str = ""  # a reference to the secret that marks of customers are made with
    accounts: Mapping[str, str] = field(default_factory=dict)  # members of a Cozy account's `data`
    scenario: str = DEFAULT_SCENARIO  # of a simulated one, when nothing else is said

    def address(self, name: str) -> str:
        """The address of an endpoint for people; a simulated one has no address outside."""
        return self.endpoints[name].base_url if self.is_reached(name) else f"stubs/{name}"

    def is_reached(self, name: str) -> bool:
        """Whether calls to an endpoint go where it says; in a simulated one stubs may answer."""
        return self.endpoints[name].is_simulated or not self.simulated

    def facts(self) -> Mapping[str, Any]:
        """The values that expressions read as `env`: never a secret, never an address."""
        return {
            **self.settings,
            "name": self.name,
            "login": self.login,
            "contractId": self.contract_id,
            "generation": self.generation,
            "simulated": self.simulated,
        }


class Lookup(Struct, frozen=True, kw_only=True):
    """A read made before a case, and what the case works on among its outputs."""

    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    found: Expression
    at: Location


class Case(Struct, frozen=True, kw_only=True):
    """One case of Enedis' homologation: a call, and the answer that it must get."""

    id: str  # as the official catalogue prints it: "ADP-R1 (C5)"
    title: str
    call: str
    arguments: Mapping[str, Template]
    places: Mapping[str, Location]
    first: Lookup | None
    after: tuple[str, ...]  # cases that must have run before
    expect: tuple[str, ...]  # "ok", "refused" (whatever the code), or codes
    accept: tuple[str, ...]  # codes that count as a pass, too
    unchecked: bool  # wrong on purpose: sent although it breaks a rule
    stale: str  # why homologation may answer otherwise
    excused: tuple[str, ...]  # "ok", "nothing" (to work on) or codes: no failure for that reason
    at: Location
    told: Mapping[str, tuple[Location, ...]]  # the places of call, expect, accept, after


class Casebook(Struct, frozen=True, kw_only=True):
    """Cases of one release, read from `homologation/<name>.yaml`, in the order they run."""

    name: str
    title: str
    description: str
    release: str
    orders_accept: tuple[str, ...]  # codes that count as a pass of an order expected to be ok
    codes: tuple[Location, ...]  # their places
    cases: Mapping[str, Case]
    at: Location


OK, REFUSED, NOTHING = "ok", "refused", "nothing"
"""The word for a case that found nothing to work on."""
