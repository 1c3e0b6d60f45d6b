"""Services with many instances: one address with a placeholder, which each row fills.

The value in a row comes from outside. It fills one label of a host name or one segment of a path,
and the same word in names of secrets. So it cannot name another host, or another instance's secret.
"""

from urllib.parse import SplitResult, urlsplit

from msgspec.structs import replace

from sgeflow.core.documents import Endpoint, Environment
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

PLACE = "{instance}"

_INSTANCE = regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # a label of a host name
_FORM = regex(r"\$\{\s*secret\.((?:[A-Za-z0-9_]|\{instance\})+)\s*\}")
_SECRET = regex(r"\$\{\s*secret\.[^}{]*(?:\{instance\}[^}{]*)+\}")


def has_instances(endpoint: Endpoint) -> bool:
    """Whether the endpoint has instances."""
    return PLACE in endpoint.base_url


def forms_of_secrets(text: str) -> tuple[str, ...]:
    """The names of the secrets in a text, with their placeholders as written."""
    return tuple(_FORM.findall(text))


def at_instance(endpoint: Endpoint, instance: str) -> Endpoint:
    """The endpoint of one instance: its address, and references to its own secrets.

    Raises:
        InvalidValues: the name is missing or invalid, or the endpoint has no instances.
    """
    if problem := instance_problem(endpoint, instance):
        raise InvalidValues(problem)
    if not instance:
        return endpoint
    if instance in endpoint.hosts:
        return replace(endpoint, base_url=f"{urlsplit(endpoint.base_url).scheme}://{instance}")
    grant = endpoint.oauth

    def fill(text: str) -> str:
        own = instance.upper().replace("-", "_")
        named = _SECRET.sub(lambda found: found[0].replace(PLACE, own), text)
        return named.replace(PLACE, instance)

    return replace(
        endpoint,
        base_url=fill(endpoint.base_url),
        headers={name: fill(text) for name, text in endpoint.headers.items()},
        user=fill(endpoint.user) if endpoint.user is not None else None,
        password=fill(endpoint.password) if endpoint.password else None,
        oauth=replace(
            grant,
            client_id=fill(grant.client_id),
            client_secret=fill(grant.client_secret),
            refresh_token=fill(grant.refresh_token),
        )
        if grant
        else None,
    )


def shown_host(address: SplitResult) -> str:
    """The scheme and host of an address, without a user and a password."""
    host = address.netloc.lower()
    if not host:
        return say("an address without a host")
    return f"{address.scheme}://{'***@' if '@' in host else ''}{host.rpartition('@')[2]}"


def host_and_path(endpoint: Endpoint, address: str) -> tuple[str, str]:
    """The host and the path of an address that the service gave for its next calls.

    Raises:
        InvalidValues: the environment does not list the host, so that nothing is sent to it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is open
        parts = urlsplit("")
    host, scheme = parts.netloc.lower(), urlsplit(endpoint.base_url).scheme
    if host in endpoint.hosts and parts.scheme == scheme:
        return host, parts.path + (f"?{parts.query}" if parts.query else "")
    message = say(
        "{service} sends its next calls to {host}, which is not one of its `hosts`",
        service=endpoint.name,
        host=shown_host(parts),
    )
    note = say("if you trust that host, list it under the service in the environment")
    raise InvalidValues.of(
        Id.NOT_ALLOWED,
        message,
        note=note,
        allowed=tuple(f"{scheme}://{one}" for one in endpoint.hosts),
        allowed_label="hosts",
    )


def names_of_neighbours(environment: Environment, *, relays: bool) -> tuple[str, ...]:
    """The names of an environment's services or of its relays."""
    neighbours = environment.endpoints.values()
    return tuple(one.name for one in neighbours if (one.relay is not None) == relays)


def service_problem(environment: Environment, service: str, instance: str) -> Problem | None:
    """The problem of a request to this service, or to this instance of it."""
    endpoint = environment.endpoints.get(service)
    if endpoint is not None and endpoint.relay is None:
        return instance_problem(endpoint, instance)
    message = say(
        '{owner} has no {what} "{name}"',
        what=say("service"),
        owner=say("environment {name}", name=environment.name),
        name=service,
    )
    return Problem(id=Id.SETTING, message=message)


def instance_problem(endpoint: Endpoint, instance: str) -> Problem | None:
    """The problem of an instance's name, without the name itself."""
    service = endpoint.name
    if not has_instances(endpoint):
        if not instance or instance in endpoint.hosts:
            return None
        return Problem(
            id=Id.SETTING,
            message=say("the service {service} is one, and an instance was named", service=service),
            note=say("write {place} into its `base_url`, or leave the instance out", place=PLACE),
        )
    if not instance:
        return Problem(
            id=Id.MISSING_VALUE,
            message=say("the service {service} is one of many: name the instance", service=service),
            note=say("its address is {address}", address=endpoint.base_url),
        )
    if not _INSTANCE.fullmatch(instance):
        return Problem(
            id=Id.NOT_ALLOWED,
            message=say("this names no instance of the service {service}", service=service),
            note=say(
                "only the text that replaces {place} in {address}: small letters, digits and -",
                place=PLACE,
                address=endpoint.base_url,
            ),
        )
    return None
