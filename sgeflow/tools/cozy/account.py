"""The Cozy account of a household: reads it, and changes its `data` alone.

A Cozy replaces a document whole, so everything that was read is written back. No value of an
account appears in logs or messages.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import date, datetime
from typing import Any, Self
from urllib.parse import quote

from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.adapters.secrets import Secret
from sgeflow.core.documents import EndpointLimits
from sgeflow.core.language.foreign_json import from_json
from sgeflow.core.measures.civil_time import PARIS, civil_day
from sgeflow.core.model import Kind, NoAnswer, Request, Response
from sgeflow.errors import CredentialsError, Id, Problem, SgeflowError, TechnicalError
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.runtime.transports import open_http
from sgeflow.tools.cozy.stack_job import StackJob
from sgeflow.values import Discreet

_XML_DAY = regex(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:?[0-9]{2})?")  # an XML date
_OF_PEOPLE = regex(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SECONDS = regex(r"[0-9]{9,10}")
_MILLISECONDS = regex(r"[0-9]{12,13}")


def day_of(value: str | int) -> str | None:
    """The civil day in France (`2026-06-15`) of a value; None if the value is not a day."""
    written = str(value).strip()
    with suppress(ValueError, OverflowError):
        if match := _XML_DAY.fullmatch(written):
            return date.fromisoformat(match[1]).isoformat()
        if match := _OF_PEOPLE.fullmatch(written):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        if _SECONDS.fullmatch(written):
            return civil_day(int(written))
        if _MILLISECONDS.fullmatch(written):
            return civil_day(int(written) / 1000)
        moment = datetime.fromisoformat(written)
        return (moment.astimezone(PARIS) if moment.tzinfo else moment).date().isoformat()
    return None


MEMBERS = {
    "pointId": "pointId",
    "boId": "boId",
    "serviceId": "serviceId",
    "consentEndDate": "consentEndDate",
    "renewedUntil": "renewedUntil",
    "consentEnded": "consentEnded",
    "startDate": "startDate",
    "offPeakHours": "offPeakHours",
    "segment": "segment",
}
"""Names of remembered values in flows, and their names in the account's `data`."""

_DAYS = frozenset({"consentEndDate", "renewedUntil", "consentEnded", "startDate"})
_FOR_A_TIME = ("consentEnded", "renewedUntil")
_OF_ENDED = {"consentEnded", "pointId"}  # kept after the end of a consent

INPUTS = ("pointId", "lastname", "firstname", "address", "postalCode", "city")
"""The konnector's inputs that the account's form (`auth`) provides."""

UNCLEAR_DATA = say(
    "the account holds what another program remembered, and no boId; for the operator: say under "
    "`accounts` in the environment what it is called there"
)

LIMITS = EndpointLimits(connect_timeout=10.0, read_timeout=20.0, total_timeout=30.0)
_TRIES = 3
_CONFLICT, _PASSING = 409, 500
_REFUSED = frozenset({400, 401, 402, 403})


class Account(Discreet, frozen=True, kw_only=True):
    """An account as read from the Cozy."""

    withheld = frozenset({"document"})

    document: Mapping[str, Any]

    def inputs(self) -> dict[str, str]:
        """The inputs that the form provides, without the missing ones."""
        auth = self.document.get("auth")
        form = auth if isinstance(auth, Mapping) else {}
        return {
            name: str(form[name]).strip()
            for name in INPUTS
            if isinstance(form.get(name), str | int) and str(form[name]).strip()
        }

    def state(self, members: Mapping[str, str]) -> dict[str, Any]:
        """Values that any program remembered in the account, under our names; no invalid days."""
        state = {
            name: self.data[member]
            for name, member in members.items()
            if isinstance(self.data.get(member), str | int) and self.data[member] != ""
        }
        days = {name: day_of(state[name]) for name in _DAYS & state.keys()}
        return {name: value for name, value in {**state, **days}.items() if value is not None}

    def is_unclear(self, names: Mapping[str, str]) -> bool:
        """Whether the account may have a consent under a name that `names` does not list.

        If so, its data has members of other programs and no member named like a consent.
        """
        ended = {**MEMBERS, **names}["consentEnded"]
        return bool(self.data) and "boId" not in {*names, *self.data} and ended not in self.data

    @property
    def data(self) -> Mapping[str, Any]:
        """The values that programs keep in the account."""
        data = self.document.get("data")
        return data if isinstance(data, Mapping) else {}

    def served_point(self, members: Mapping[str, str]) -> str:
        """The point of the account's service; empty if the account does not name it."""
        point = str(self.state(members).get("pointId", "")).strip()
        return point.zfill(14) if point else ""


class AccountClient:
    """Reads and changes one account over HTTP, with the errors of `read`; use it in `with`."""

    def __init__(self, job: StackJob) -> None:
        """Store the address and the token of the job; nothing is sent yet."""
        self._job = job
        self._stack = ExitStack()
        endpoint = ResolvedEndpoint(
            name="cozy",
            base_url=job.address,
            headers={"Authorization": Secret(f"Bearer {job.token}")},
            limits=LIMITS,
        )
        self._wire = open_http({"cozy": endpoint}, self._stack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self) -> Account:
        """Read the account; a deleted account is read in its last revision.

        Raises:
            CredentialsError: the Cozy refuses the token.
            TechnicalError: it does not answer, or has no such account.
        """
        revision = self._job.deleted_revision
        query = f"?rev={quote(revision, safe='')}" if revision else ""
        answer = self._ask("GET", query)
        if answer.status != 200:  # noqa: PLR2004 - HTTP
            raise _refusal(answer.status)
        try:
            document = from_json(answer.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise TechnicalError(_silent())
        return Account(document=document)

    def merge(self, values: Mapping[str, Any], members: Mapping[str, str]) -> None:
        """Write remembered values into the account's `data`; its other members stay.

        After the end of a consent only the day of its end is kept, until a new consent.
        """
        if "boId" in values:
            names, old = set(members), {members[name] for name in _FOR_A_TIME}
        else:
            names, old = _OF_ENDED if "consentEnded" in values else set(), set(members.values())
        own = {members[n]: v for n, v in values.items() if n in names and v is not None}
        self._change(lambda data: {**{n: v for n, v in data.items() if n not in old}, **own})

    def forget(self, members: Mapping[str, str]) -> None:
        """Remove remembered values from the account's `data`; members of other programs stay."""
        ours = set(members.values())
        self._change(lambda data: {name: value for name, value in data.items() if name not in ours})

    def _change(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Change `data` alone: write the whole document, read it again if others wrote."""
        status = _CONFLICT
        for _ in range(_TRIES + 1):
            account = self.read()
            after = change(account.data)
            if after == account.data:
                return
            body = {**account.document, "data": after}
            body.pop("_type", None)
            status = self._ask("PUT", "", body).status
            if status != _CONFLICT:
                break
        if not 200 <= status < 300:  # noqa: PLR2004 - the 2xx of HTTP
            raise _refusal(status)

    def _ask(self, method: str, query: str, body: Any = None) -> Response:
        """Send a request, and repeat it after temporary failures; a write names its revision."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        request = Request(
            endpoint="cozy",
            method=method,
            path=f"/data/io.cozy.accounts/{quote(self._job.account, safe='')}{query}",
            headers=headers,
            body=b"" if body is None else json.dumps(body, ensure_ascii=False).encode(),
            label=f"{method} account",
            kind=Kind.READ,
            alone=True,
        )
        answer: Response | NoAnswer | None = None
        for _ in range(_TRIES):
            answer = self._wire.send(request)
            if isinstance(answer, Response) and answer.status < _PASSING:
                return answer
        if isinstance(answer, Response):
            return answer
        raise TechnicalError(_silent())


def _silent() -> Problem:
    message = say("the Cozy does not answer as it should when it is asked for the account")
    return Problem(id=Id.NO_ANSWER, message=message)


def _refusal(status: int) -> SgeflowError:
    message = say("the Cozy answers {status} when it is asked for the account", status=status)
    if status in _REFUSED:
        return CredentialsError.of(Id.REJECTED, message)
    return TechnicalError.of(Id.SERVER_ERROR, message)
