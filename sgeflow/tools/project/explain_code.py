"""Explains codes: SGE's refusals, HTTP statuses, ends of flows, ids of messages."""

from collections.abc import Iterator
from http import HTTPStatus

from msgspec import Struct

from sgeflow.core.documents import FaultEntry
from sgeflow.core.engine.service_answers import REMEDIES, remedy_for
from sgeflow.core.engine.step import Verdict
from sgeflow.core.engine.walk import ends_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.model import FaultClass
from sgeflow.core.wires.refusals import class_of
from sgeflow.errors import Exit, Id, UsageError
from sgeflow.messages import from_table, reword, say
from sgeflow.patterns import regex
from sgeflow.runtime.project import Workspace

ASK_CODE = say("`sgeflow show CODE` explains the code of the message")
"""The remedy of a message that only contains the code of a refusal."""

_SGE = "SGT"
_STATUS = regex(r"(?:HTTP ?)?([45][0-9]{2})")
_SMTP = regex(r"SMTP ?([45][0-9]{2})")
_REMEDIES = {
    Exit.FAILED: say("read the message of the flow; `sgeflow show FLOW PATH` shows a value"),
    Exit.USAGE: say("`sgeflow COMMAND --help` lists what a command takes"),
    Exit.INVALID: say(
        "`sgeflow validate` shows where the mistakes are; repeat it until it finds none"
    ),
    Exit.REFUSED: ASK_CODE,
    Exit.TECHNICAL: say("try again later; `sgeflow resume RUN` resumes a run"),
    Exit.CREDENTIALS: say("operator: certificate, token and secrets of the environment"),
    Exit.PARTIAL: say("check what failed, then run again; kept data stays"),
    Exit.GUARDED: say("check `sgeflow orders` before you send anything again"),
    Exit.NO_RECORDING: say("record it again: sgeflow run FLOW --record FILE"),
    Exit.BUG: say("report it, with the details of the message"),
}
"""Remedies by exit code; messages themselves say more."""

_ANEW = say("this run was simulated: run it again")
_GOES_ON = (Exit.TECHNICAL, Exit.GUARDED)
"""# exits after which a real run is resumed or settled, and a simulated one is run again"""

_VALUES = (Id.MISSING_VALUE, Id.UNKNOWN_VALUE, Id.INVALID_VALUE, Id.RULE)
_OF_VALUES = say("`sgeflow show NAME` lists what an operation or flow takes")
_SHORTEST = 5  # characters of a mistyped code; shorter ones match too much


class FlowEnding(Struct, frozen=True, kw_only=True):
    """An end of a flow with a code: its place and its texts."""

    flow: str
    place: str
    message: str
    hint: str
    exit: int


class Meaning(Struct, frozen=True, kw_only=True):
    """The explanation of a code; `known` is False if only its family is known."""

    code: str
    known: bool
    means: str
    cause: str = ""
    remedy: str = ""
    fault_class: str = ""
    exit: int = Exit.REFUSED
    suggestion: str = ""
    simulated: str = ""  # the remedy after a simulated run, if it differs
    operations: tuple[str, ...] = ()  # which give the code another class
    ends: tuple[FlowEnding, ...] = ()  # ends of flows with this code


def explain(workspace: Workspace, code: str) -> Meaning:
    """Explain a code.

    Raises:
        UsageError: the code is neither of SGE, an HTTP status, an end of a flow nor an id of a
            message.
    """
    id_text = code.strip().upper()
    ours = next((one for one in Id if id_text in (one.code, one.name)), None)
    if ours is not None:
        remedy = _OF_VALUES if ours in _VALUES else _REMEDIES.get(ours.exit, "")
        return Meaning(
            code=ours.code,
            known=True,
            means=from_table(ours.about),
            remedy=remedy,
            simulated=_ANEW if ours.exit in _GOES_ON else "",
            exit=ours.exit,
        )
    if id_text in workspace.catalog.faults:
        return _of_sge(workspace, workspace.catalog.faults[id_text])
    if id_text.startswith(_SGE):
        return _family(workspace, id_text)
    if status := _STATUS.fullmatch(id_text):
        return _of_status(int(status[1]))
    if status := _SMTP.fullmatch(id_text):
        number = int(status[1])
        return Meaning(
            code=f"SMTP{number}",
            known=number in REMEDIES,
            means=say("a relay refused a mail, or did not take it for now"),
            remedy=remedy_for(number),
        )
    ends = list(_ends(workspace))
    # handlers may share one end
    if endings := tuple(dict.fromkeys(end for ending, end in ends if ending == id_text)):
        flows = ", ".join(dict.fromkeys(end.flow for end in endings))
        return Meaning(
            code=id_text,
            known=True,
            means=say("an end of flows: {flows}", flows=flows),
            exit=endings[0].exit,
            ends=endings,
        )
    own = (one.code for one in Id)
    known = (*workspace.catalog.faults, *own, *(ending for ending, _ in ends))
    raise UsageError.of(
        Id.UNKNOWN_NAME,
        say('there is no {what} "{name}"', what=say("code"), name=code),
        note=say(
            "codes of Enedis begin with SGT, those of sgeflow with SGE; HTTP statuses and codes"
            " of flows are known too"
        ),
        suggestion=closest(id_text, known) if len(id_text) >= _SHORTEST else "",
    )


def _of_sge(workspace: Workspace, entry: FaultEntry) -> Meaning:
    otherwise = tuple(
        f"{operation.name} ({operation.faults[entry.code].value})"
        for operation in workspace.catalog.operations.values()
        if operation.faults.get(entry.code, entry.fault_class) is not entry.fault_class
    )
    return Meaning(
        code=entry.code,
        known=True,
        means=entry.meaning,
        cause=entry.cause,
        remedy=entry.remedy,
        fault_class=entry.fault_class.value,
        operations=otherwise,
    )


def _family(workspace: Workspace, code: str) -> Meaning:
    kind = class_of(code)
    family = (
        say("functional: the request, or the state of the point")
        if kind == "invalid"
        else say("technical")
    )
    return Meaning(
        code=code,
        known=False,
        means=say("not in the catalogue of codes; by its family it is {family}", family=family),
        remedy=say(
            "read the text that came with it; Enedis' annex of return codes has the newest codes"
        ),
        fault_class=kind.value,
        suggestion=closest(code, workspace.catalog.faults),
    )


def _of_status(status: int) -> Meaning:
    """Explain a status, or its class if the status has no entry."""
    if status in STATUSES:
        meaning = STATUSES[status]
    elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
        meaning = _OTHER_REFUSAL
    else:
        meaning = _OTHER_FAILURE
    return Meaning(
        code=f"HTTP{status}",
        known=status in STATUSES,
        means=meaning.means,
        cause=meaning.cause,
        remedy=meaning.remedy,
        simulated=_ANEW if meaning.exit in _GOES_ON else "",
        fault_class=meaning.fault_class.value,
        exit=meaning.exit,
    )


def _ends(workspace: Workspace) -> Iterator[tuple[str, FlowEnding]]:
    """Every code of a flow's end, with the end."""
    for flow in workspace.catalog.flows.values():
        for verdict in ends_of(flow):
            place = place_of(verdict)
            if not place:
                continue
            exits = Exit.PARTIAL if verdict.partial else Exit.FAILED
            yield (
                verdict.code,
                FlowEnding(
                    flow=flow.name,
                    place=place,
                    message=reword(verdict.message.source_text, _flat),
                    hint=reword(verdict.hint.source_text, _flat) if verdict.hint else "",
                    exit=Exit.TECHNICAL if verdict.technical else exits,
                ),
            )


def place_of(verdict: Verdict) -> str:
    """The file and line of a flow's end; empty for an end made by a program."""
    at = verdict.message.spot.at()
    return f"{at.file}:{at.line}" if at else ""


def _flat(text: str) -> str:
    return " ".join(text.split())


class StatusMeaning(Struct, frozen=True):
    """The explanation of a status."""

    means: str
    cause: str
    remedy: str
    fault_class: FaultClass
    exit: Exit


_AGAIN = say(
    "reads are retried; later, `sgeflow resume RUN` resumes the run. An order is not sent "
    "again: `sgeflow orders` lists orders whose outcome is unknown"
)

STATUSES = {
    401: StatusMeaning(
        say("credentials are missing or not accepted"),
        say(
            "the token of the gateway or of another service is wrong or has expired, or the "
            "certificate is missing"
        ),
        say("operator: the token or certificate of the environment"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    403: StatusMeaning(
        say("this caller has no access there"),
        say(
            "the server does not know the certificate, or the path does not exist; or the token "
            "has no right to this service of the gateway"
        ),
        say("operator: the route of the operation, base_url, then the certificate or the right"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    404: StatusMeaning(
        say("not found at this address"),
        say(
            "base_url or the route is wrong; in another service, the resource does not exist "
            "or was deleted"
        ),
        say("the route of the operation, and base_url of the environment"),
        FaultClass.INVALID,
        Exit.TECHNICAL,
    ),
    407: StatusMeaning(
        say("a proxy asks for credentials"),
        say("a company proxy is between this machine and the server"),
        say("operator: user and password in `proxy` of the environment"),
        FaultClass.CREDENTIALS,
        Exit.CREDENTIALS,
    ),
    429: StatusMeaning(
        say("too many calls in too short a time"),
        say("the service's rate limit for all callers together, or the gateway's, was exceeded"),
        say(
            "lower the `rate` of the endpoint; sgeflow waits as long as the server asks, then "
            "retries"
        ),
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    500: StatusMeaning(
        say("the server failed"),
        say("SGE also sends its refusals with HTTP 500: read their code SGT…"),
        _AGAIN,
        FaultClass.TECHNICAL,
        Exit.TECHNICAL,
    ),
    502: StatusMeaning(
        say("a gateway got no usable answer from the server behind it"),
        say("the service or the gateway restarts, or is down"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    503: StatusMeaning(
        say("the server is not available now"),
        say("maintenance, too much load, or a gateway that has suspended the server behind it"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
    504: StatusMeaning(
        say("a gateway waited too long for the server behind it"),
        say("the service is slow, or down"),
        _AGAIN,
        FaultClass.TRANSIENT,
        Exit.TECHNICAL,
    ),
}
"""Explanations of the statuses that occur in calls."""

_OTHER_REFUSAL = StatusMeaning(
    say("the server does not accept this request there"),
    "",
    STATUSES[404].remedy,
    FaultClass.INVALID,
    Exit.TECHNICAL,
)
_OTHER_FAILURE = StatusMeaning(
    say("the server failed"), "", _AGAIN, FaultClass.TECHNICAL, Exit.TECHNICAL
)
