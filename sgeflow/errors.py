"""The errors that sgeflow raises on purpose, their exit codes, and the form of a message.

    SgeflowError                  has problems; the command line prints them and exits with `exit`
    ├── UsageError            2   the command line
    ├── InvalidDocuments      3   documents: operations, flows, environments
    ├── InvalidValues         3   values of parameters or inputs
    ├── EvaluationError       3   an expression that found an unsuitable value
    ├── TechnicalError        5   network, files, stores, unusable answers
    ├── CredentialsError      6   tokens, certificates, rights
    ├── GuardError            8   refused before sending
    └── ReplayMiss            9   no recorded answer matches

Faults of SGE, failed checks and failed runs are values, not errors (`core.model`).
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any, Self, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.messages import Message


class Exit(IntEnum):
    """The exit codes of the command line; other programs rely on them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    REFUSED = 4
    TECHNICAL = 5
    CREDENTIALS = 6
    PARTIAL = 7
    GUARDED = 8
    NO_RECORDING = 9
    BUG = 70
    INTERRUPTED = 130


class Id(Enum):
    """The stable ids of messages: (id, subject, exit code)."""

    USAGE = ("SGE001", "the command line is not understood", Exit.USAGE)
    UNKNOWN_NAME = ("SGE002", "no operation, flow or environment of that name", Exit.USAGE)
    UNREADABLE = ("SGE003", "a file or folder cannot be read", Exit.INVALID)

    NOT_YAML = ("SGE010", "the document is not well-formed YAML", Exit.INVALID)
    DUPLICATE_KEY = ("SGE011", "a key is written twice", Exit.INVALID)
    UNKNOWN_KEY = ("SGE012", "a key that does not exist there", Exit.INVALID)
    MISSING_KEY = ("SGE013", "a key that must be there is missing", Exit.INVALID)
    WRONG_TYPE = ("SGE014", "a value of the wrong type", Exit.INVALID)
    NOT_ALLOWED = ("SGE015", "a value that is not among the allowed ones", Exit.INVALID)
    MALFORMED = ("SGE016", "a value that does not have the expected form", Exit.INVALID)
    VERB = ("SGE017", "a step without a verb, or with two", Exit.INVALID)
    NAME = ("SGE018", "a name used twice, or unlike its file", Exit.INVALID)
    YAML_FEATURE = ("SGE019", "a YAML feature that sgeflow does not read", Exit.INVALID)
    UNKNOWN_REFERENCE = ("SGE020", "a reference to something that does not exist", Exit.INVALID)
    UNKNOWN_ARGUMENT = ("SGE021", "`with` names a parameter that is not there", Exit.INVALID)
    MISSING_ARGUMENT = ("SGE022", "`with` lacks a required parameter", Exit.INVALID)
    SECRET = ("SGE023", "a secret that is misplaced, or in clear", Exit.INVALID)
    CYCLE = ("SGE024", "flows that call each other in a circle", Exit.INVALID)
    ENVELOPE = ("SGE025", "an envelope that cannot become XML", Exit.INVALID)
    MODIFIER = ("SGE026", "a modifier that does not fit its step", Exit.INVALID)

    EXPRESSION = ("SGE030", "an expression that is not JMESPath", Exit.INVALID)
    UNKNOWN_FIELD = ("SGE031", "an expression reads a field that does not exist", Exit.INVALID)
    UNKNOWN_ROOT = ("SGE032", "an expression starts from a name that does not exist", Exit.INVALID)
    FUNCTION = ("SGE033", "a function that does not exist, or is called wrongly", Exit.INVALID)
    NOT_YET = ("SGE034", "a step that may not have run is read", Exit.INVALID)
    NOT_BOOLEAN = ("SGE035", "a condition that is not true or false", Exit.INVALID)
    BRACES = ("SGE036", "`${…}` where a bare expression belongs, or none around one", Exit.INVALID)
    TEMPLATE = ("SGE037", "a `${…}` that is not closed, or is empty", Exit.INVALID)
    EVALUATION = ("SGE038", "an expression met a value that it cannot use", Exit.INVALID)
    PLAIN_FORM = ("SGE039", "an expression can be simpler", Exit.INVALID)

    MISSING_VALUE = ("SGE040", "a required parameter or input was not given", Exit.INVALID)
    UNKNOWN_VALUE = ("SGE041", "a parameter or input that does not exist", Exit.INVALID)
    INVALID_VALUE = ("SGE042", "a parameter or input has an invalid value", Exit.INVALID)
    RULE = ("SGE043", "values that do not go together", Exit.INVALID)

    SETTING = ("SGE050", "the environment lacks a setting or a secret", Exit.CREDENTIALS)
    CERTIFICATE = ("SGE051", "a certificate or key cannot be used", Exit.CREDENTIALS)
    EXPIRES = ("SGE052", "a certificate or token expires soon", Exit.CREDENTIALS)
    EXPOSED = ("SGE053", "others can read a key or secret", Exit.CREDENTIALS)
    CLOCK = ("SGE054", "the clock of this machine, or the day of a run, is wrong", Exit.CREDENTIALS)

    CHECK_FAILED = ("SGE101", "a check of the flow did not hold", Exit.FAILED)
    FLOW_FAILED = ("SGE102", "the flow ended with `fail`", Exit.FAILED)
    PARTIAL = ("SGE103", "some items failed, the others are kept", Exit.PARTIAL)
    EXPECTATION = ("SGE104", "a flow test did not see what it expects", Exit.FAILED)

    FAULT = ("SGE201", "the service of an operation refused the call", Exit.REFUSED)
    HTTP_REFUSED = ("SGE202", "another service refused the call", Exit.REFUSED)

    ORDER_UNKNOWN = ("SGE301", "an order was sent and its answer lost", Exit.GUARDED)
    GUARD = ("SGE302", "a guard refused the call", Exit.GUARDED)
    NO_STUB = ("SGE303", "no stub answers the request of a simulated environment", Exit.GUARDED)
    STRANDED = ("SGE304", "what was done could not be undone", Exit.GUARDED)

    NOT_SENT = ("SGE401", "the server could not be reached, nothing was sent", Exit.TECHNICAL)
    NO_ANSWER = ("SGE402", "the request was sent and no answer came", Exit.TECHNICAL)
    SERVER_ERROR = ("SGE403", "the server answered with an HTTP error", Exit.TECHNICAL)
    BAD_ANSWER = ("SGE404", "the answer is not what it should be", Exit.TECHNICAL)
    TOO_LARGE = ("SGE405", "the answer is larger than allowed", Exit.TECHNICAL)
    THROTTLED = ("SGE406", "the server asks to slow down", Exit.TECHNICAL)
    TIMEOUT = ("SGE407", "a step, call or run took longer than its `timeout`", Exit.TECHNICAL)
    POLL = ("SGE408", "the awaited result did not come", Exit.TECHNICAL)
    DOWN = ("SGE409", "the flow stopped: the other side does not work now", Exit.TECHNICAL)
    OTHER_ANSWER = ("SGE411", "the answer belongs to another request", Exit.TECHNICAL)
    DEFERRED = ("SGE412", "a relay does not take the mail for now", Exit.TECHNICAL)

    REJECTED = ("SGE501", "the gateway or server refused the credentials", Exit.CREDENTIALS)
    TLS = ("SGE502", "no trusted TLS connection could be made", Exit.CREDENTIALS)

    NO_RECORDING = ("SGE601", "no recorded answer matches the request", Exit.NO_RECORDING)
    CASSETTE = ("SGE602", "the cassette cannot be used", Exit.NO_RECORDING)
    PERSONAL = ("SGE603", "a cassette seems to have personal or secret data", Exit.FAILED)
    UNASKED = ("SGE604", "a recorded call is never asked for", Exit.NO_RECORDING)

    STORAGE = ("SGE701", "a file or database cannot be written or read", Exit.TECHNICAL)

    FILE = ("SGE711", "a delivered file is damaged, or laid out in a way not known", Exit.TECHNICAL)
    KEY = ("SGE712", "no key opens a delivered file", Exit.CREDENTIALS)
    FLUX = ("SGE713", "a delivered file of a kind that is not read", Exit.PARTIAL)

    BUG = ("SGE900", "a bug of sgeflow", Exit.BUG)

    @property
    def code(self) -> str:
        """The id as people see it, `SGE012`."""
        return self.value[0]

    @property
    def about(self) -> str:
        """The subject of messages with this id, for the reference."""
        return self.value[1]

    @property
    def exit(self) -> Exit:
        """The exit code of a command that ends with this message."""
        return self.value[2]


class Location(Struct, frozen=True, kw_only=True):
    """A place in a document: line and column from 1, and the lines to show around it."""

    file: str
    line: int
    column: int
    length: int = 1
    before: str = ""
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Details = tuple[tuple[str, str], ...]
"""Labelled lines under a message."""

_NAMES = 20  # names that the text of an error lists at most


class Problem(Struct, frozen=True, kw_only=True):
    """One mistake: the message, its place, the allowed values, the remedy."""

    id: Id
    message: Message
    at: Location | None = None
    where: str = ""  # a place outside files: "step contract · item 2"
    note: str = ""  # text under the caret: "a step has no such key"
    allowed: tuple[str, ...] = ()
    allowed_label: str = "allowed here"
    suggestion: str = ""
    details: Details = ()  # labelled lines: means, remedy, next …
    lacks: str = ""  # the document that is missing, or lacks a wanted part

    def __str__(self) -> str:
        place = str(self.at) if self.at else self.where
        sentence = "; ".join(filter(None, (str(self.message), self._remedy())))
        return f"{self.id.code} {sentence}" + (f"  {place}" if place else "")

    def with_details(self, *details: tuple[str, str]) -> Problem:
        """Return the problem with more labelled lines at its end."""
        return replace(self, details=(*self.details, *details))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data in English; keys without a value are left out."""
        at = self.at
        document = {
            "id": self.id.code,
            "message": str(self.message),
            "file": at.file if at else "",
            "line": at.line if at else None,
            "column": at.column if at else None,
            "length": at.length if at else None,
            "where": str(self.where),
            "note": str(self.note),
            "allowed": [str(one) for one in self.allowed],
            "suggestion": str(self.suggestion),
            "details": [{"label": str(label), "text": str(text)} for label, text in self.details],
        }
        return {key: value for key, value in document.items() if value not in ("", None, [])}

    def _remedy(self) -> str:
        """The suggestion or, without one, the allowed names."""
        if self.suggestion:
            return f"did you mean {self.suggestion}?"
        names, more = self.allowed[:_NAMES], len(self.allowed) - _NAMES
        listed = " ".join(names) + (f" … and {more} more" if more > 0 else "")
        return f"{self.allowed_label}: {listed}" if names else ""


class _Fields(TypedDict, total=False):
    """The fields that a problem may have beside its id and message."""

    at: Location | None
    where: str
    note: str
    allowed: tuple[str, ...]
    allowed_label: str
    suggestion: str
    details: Details


class SgeflowError(Exception):
    """An error with one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @classmethod
    def of(cls, code: Id, message: Message, **more: Unpack[_Fields]) -> Self:
        """Return the error with a single problem, whose fields are those of `Problem`."""
        return cls(Problem(id=code, message=message, **more))

    @property
    def exit(self) -> Exit:
        """The exit code for a command that ends with this error."""
        return self.problems[0].id.exit if self.problems else Exit.BUG

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class UsageError(SgeflowError):
    """The command line is not understood."""


class InvalidDocuments(SgeflowError):
    """Documents with mistakes: all mistakes of all documents, in one error."""


class InvalidValues(SgeflowError):
    """Values for parameters or inputs with mistakes: all of them, in one error."""


class EvaluationError(SgeflowError):
    """An expression found a value of an unsuitable type or form."""


class TechnicalError(SgeflowError):
    """A file, a store or a server failed."""


class CredentialsError(SgeflowError):
    """Credentials, a certificate or rights are missing or refused."""


class GuardError(SgeflowError):
    """A guard refused the call before it was sent."""


class Unsuccessful(SgeflowError):
    """A call or a run failed; raised by `raise_for_failure`."""


class ReplayMiss(SgeflowError):
    """A replay holds no answer for the request."""
