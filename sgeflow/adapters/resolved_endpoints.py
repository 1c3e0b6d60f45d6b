"""Puts secrets into the endpoints of an environment; one error lists all missing secrets."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.secrets import REFERENCE, SECRET_FILES, Secret, SecretSources
from sgeflow.adapters.system_files import with_home
from sgeflow.core.documents import Endpoint, EndpointLimits, Environment, OauthGrant
from sgeflow.core.instances import PLACE, at_instance, forms_of_secrets, has_instances
from sgeflow.core.mail import Relay
from sgeflow.errors import CredentialsError, Id, Location, Problem
from sgeflow.messages import Message, say


class ResolvedGrant(Struct, frozen=True, kw_only=True):
    """Credentials for requesting an access token."""

    grant: str
    client_id: Secret
    client_secret: Secret
    refresh_token: Secret | None
    path: str


class ResolvedEndpoint(Struct, frozen=True, kw_only=True):
    """An endpoint whose secrets were read; each field that may contain one is a `Secret`."""

    name: str
    base_url: str
    headers: Mapping[str, Secret]
    limits: EndpointLimits
    certificate: str | None = None
    key: str | None = None
    key_password: Secret | None = None
    pfx: str | None = None
    ca: str | None = None
    user: str | None = None
    password: Secret | None = None
    in_envelope: bool = False  # user and password are sent in envelopes, not in a header of HTTP
    oauth: ResolvedGrant | None = None
    instance: str = ""  # the name of the instance, if the service has instances
    family: str = ""  # the address template that all instances share; empty without instances
    proxy: Secret | None = None  # the address may contain a user and a password
    relay: Relay | None = None  # set if the endpoint is a mail server
    secrets: tuple[Secret, ...] = ()  # all secrets, for masking
    places: Mapping[str, Location] = field(default_factory=dict)  # the position of each setting


def resolve_all(
    environment: Environment,
    only: Collection[str] | None = None,
    sources: SecretSources | None = None,
) -> dict[str, ResolvedEndpoint]:
    """The endpoints of an environment without instances, all or those in `only`.

    The shared secrets of services with instances are checked, too. The secrets of an instance are
    read when a request names the instance.

    Raises:
        CredentialsError: secrets are missing; all in one error.
    """
    resolved: dict[str, ResolvedEndpoint] = {}
    problems: dict[str, Problem] = {}
    for name, endpoint in environment.endpoints.items():
        if only is not None and name not in only:
            continue
        try:
            resolved[name] = resolve(endpoint, environment.name, environment.at, sources)
        except CredentialsError as error:
            problems.update((problem.message, problem) for problem in error.problems)
    if problems:
        raise CredentialsError(*problems.values())
    return {k: one for k, one in resolved.items() if not has_instances(environment.endpoints[k])}


def resolve(
    endpoint: Endpoint,
    environment: str = "",
    at: Location | None = None,
    sources: SecretSources | None = None,
) -> ResolvedEndpoint:
    """Put the secrets into an endpoint; CredentialsError has a problem for each missing secret."""
    reading = _Reading(sources or SecretSources(), endpoint.name, environment, at, endpoint.places)
    account = "username_token" if endpoint.in_envelope else "basic"
    user = "login" if endpoint.relay else f"{account}.user"
    password = "password" if endpoint.relay else f"{account}.password"
    resolved = ResolvedEndpoint(
        name=endpoint.name,
        base_url=endpoint.base_url,
        headers={k: reading.header(k, v) for k, v in endpoint.headers.items()},
        limits=endpoint.limits,
        certificate=reading.file("certificate", endpoint.certificate, endpoint.folder),
        key=reading.file("key", endpoint.key, endpoint.folder),
        key_password=reading.secret("key_password", endpoint.key_password),
        pfx=reading.file("pfx", endpoint.pfx, endpoint.folder),
        ca=reading.file("ca", endpoint.ca, endpoint.folder),
        user=reading.setting(user, endpoint.user),
        password=reading.secret(password, endpoint.password),
        in_envelope=endpoint.in_envelope,
        oauth=reading.grant(endpoint.oauth),
        proxy=reading.address("proxy", endpoint.proxy),
        relay=endpoint.relay,
        secrets=tuple(reading.secrets.values()),
        places=endpoint.places,
    )
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return resolved


def resolve_instance(
    endpoint: Endpoint,
    instance: str,
    environment: str = "",
    at: Location | None = None,
    sources: SecretSources | None = None,
) -> ResolvedEndpoint:
    """One instance of an endpoint with its secrets; messages do not name the instance.

    Raises:
        CredentialsError: a secret is missing.
        InvalidValues: the name of the instance is not valid.
    """
    own = at_instance(endpoint, instance)
    try:
        resolved = resolve(own, environment, at, sources)
    except CredentialsError as error:
        grant = endpoint.oauth
        texts = [*endpoint.headers.values(), endpoint.user, endpoint.password]
        texts += [grant.client_id, grant.client_secret, grant.refresh_token] if grant else []
        # the name of an instance may be a person's, so the message shows only the pattern
        forms = dict.fromkeys(one for text in texts for one in forms_of_secrets(text or ""))
        message = say(
            'a secret of this instance of "{endpoint}" of environment "{environment}" is not set, '
            "or cannot be used: {forms}",
            endpoint=endpoint.name,
            environment=environment,
            forms=", ".join(forms),
        )
        remedy = say(
            "{place} is its name in capitals, _ for each -; set that variable, or write it to a "
            "file of that name in {folder}",
            place=PLACE,
            folder=SECRET_FILES,
        )
        at, details = error.problems[0].at, (("remedy", remedy),)
        raise CredentialsError.of(Id.SETTING, message, at=at, details=details) from None
    family = endpoint.base_url if has_instances(endpoint) else ""
    return replace(resolved, instance=instance, family=family)


def find_instances(
    environment: Environment,
    only: Collection[str] | None = None,
    sources: SecretSources | None = None,
) -> dict[str, Callable[[str], ResolvedEndpoint]]:
    """For each service with instances or other hosts, a function from their names to endpoints."""
    of, at = environment.name, environment.at
    return {
        name: partial(resolve_instance, endpoint, environment=of, at=at, sources=sources)
        for name, endpoint in environment.endpoints.items()
        if (has_instances(endpoint) or endpoint.hosts) and (only is None or name in only)
    }


def secret_values(
    environment: Environment | None,
    owner: str,
    settings: Mapping[str, str],
    sources: SecretSources | None = None,
    places: Mapping[str, Location] | None = None,
) -> dict[str, Secret]:
    """Settings with their secrets put in; one CredentialsError lists all missing secrets."""
    of, at = (environment.name, environment.at) if environment else ("", None)
    reading = _Reading(sources or SecretSources(), owner, of, at, places or {})
    values = {name: Secret(reading.fill(name, text, name)) for name, text in settings.items()}
    if reading.problems:
        raise CredentialsError(*reading.problems)
    return values


class _Reading:
    """Reads the secrets of one endpoint; collects the secrets and the problems."""

    def __init__(
        self,
        sources: SecretSources,
        endpoint: str,
        environment: str,
        at: Location | None,
        places: Mapping[str, Location],
    ) -> None:
        """`places` has the positions of settings; `at` is the position for all others."""
        self.secrets: dict[str, Secret] = {}
        self.problems: list[Problem] = []
        self._missing: set[str] = set()
        self._sources = sources
        self._of = say('"{endpoint}"', endpoint=endpoint)
        if environment:
            self._of = say(
                '"{endpoint}" of environment "{environment}"',
                endpoint=endpoint,
                environment=environment,
            )
        self._at, self._places = at, places

    def header(self, name: str, text: str) -> Secret:
        place = f"headers.{name}"
        value = self.fill(place, text, say('the header "{name}"', name=name))
        if any(ord(sign) < ord(" ") or ord(sign) > 0xFF for sign in value):  # noqa: PLR2004 - latin-1
            message = say(
                'the header "{name}" of {of} has a character that HTTP does not allow',
                name=name,
                of=self._of,
            )
            remedy = say(
                "a token is one line of letters, digits and signs: look for a line break in it"
            )
            self._problem(message, remedy, place)
        return Secret(value)

    def secret(self, setting: str, text: str | None) -> Secret | None:
        return None if text is None else Secret(self.fill(setting, text))

    def setting(self, setting: str, text: str | None) -> str | None:
        return None if text is None else self.fill(setting, text)

    def file(self, setting: str, text: str | None, folder: str) -> str | None:
        path = self.setting(setting, text)  # relative to the folder of the project
        return str(Path(folder) / with_home(path)) if path and folder else path

    def grant(self, grant: OauthGrant | None) -> ResolvedGrant | None:
        if grant is None:
            return None
        return ResolvedGrant(
            grant=grant.grant,
            client_id=Secret(self.fill("oauth.client_id", grant.client_id)),
            client_secret=Secret(self.fill("oauth.client_secret", grant.client_secret)),
            refresh_token=self.secret("oauth.refresh_token", grant.refresh_token or None),
            path=grant.path,
        )

    def address(self, setting: str, text: str | None) -> Secret | None:
        """An address whose secrets are percent-encoded."""
        filled = self.fill(setting, text or "", write=partial(quote, safe=""))
        return Secret(filled) if filled else None

    def fill(
        self, place: str, text: str, name: str = "", *, write: Callable[[str], str] = str
    ) -> str:
        """The text of a setting with its secrets put in; messages call the setting by `name`."""
        shown = name or f"`{place}`"
        return REFERENCE.sub(
            lambda found: write(self._value(found[1], shown, place)) if found[1] else "${", text
        )

    def _value(self, name: str, setting: str, place: str) -> str:
        if name not in self.secrets and name not in self._missing:
            secret, trouble = self._sources.find(name)
            if secret is None:
                self._missing.add(name)
                message = say(
                    "the secret {name} is not set; {setting} of {of} needs it",
                    name=name,
                    setting=setting,
                    of=self._of,
                )
                remedy = trouble or say(
                    "set the variable {name}, or {name}_FILE to the path of a file with it, "
                    "or write it to {place}",
                    name=name,
                    place=SECRET_FILES / name,
                )
                self._problem(message, remedy, place)
            else:
                self.secrets[name] = secret
        return self.secrets[name].reveal() if name in self.secrets else ""

    def _problem(self, message: Message, remedy: str, place: str) -> None:
        at, details = self._places.get(place, self._at), (("remedy", remedy),)
        self.problems.append(Problem(id=Id.SETTING, message=message, at=at, details=details))
