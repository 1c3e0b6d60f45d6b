"""A job of a Cozy stack: its variables, and how a job ends."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.values import Discreet

KILLED_BEFORE = 5.0  # seconds before the limit of the stack
_USUAL_LIMIT = 305.0
_ID = regex(r"[A-Za-z0-9_-]{1,64}")
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")


class StackJob(Discreet, frozen=True, kw_only=True):
    """One job of a konnector: the household's Cozy, the account and the work to do."""

    withheld = frozenset({"address", "token", "secrets"})

    address: str
    token: str
    account: str
    slug: str
    number: str = ""  # the job's id; a second start of the job has the same id
    limit: float = _USUAL_LIMIT - KILLED_BEFORE  # seconds until the stack kills the job
    is_manual: bool = False
    deleted_revision: str | None = None  # revision of a deleted account
    secrets: Mapping[str, str] = field(default_factory=dict)  # the operator's secrets, by name

    def inputs(self, today: date | None) -> dict[str, Any]:
        """The inputs that the job itself provides, beside those of the account's form.

        A start by hand after a job that reported the end of the consent is a new consent, given on
        `today`; None if no job can have reported it.
        """
        chosen = {"history": "P1Y" if self.is_manual else "P3Y"}
        if self.is_manual and today is not None:
            chosen["consentGivenOn"] = today.isoformat()
        return {**chosen, "cozy": True, "account": self.account, "app": self.slug}


def read_job(variables: Mapping[str, str]) -> StackJob:
    """Read the job from environment variables.

    Raises:
        UsageError: a variable is missing or unreadable; the message contains no value.
    """
    address = _need(variables, "COZY_URL")
    if not re.fullmatch(r"https?://[^\s/@]+(/[^\s@]*)?", address):
        raise UsageError(_problem("COZY_URL", say("the value is not an address")))
    message = _parse(_need(variables, "COZY_FIELDS"), "COZY_FIELDS")
    account = message.get("account")
    if not isinstance(account, str) or not _ID.fullmatch(account):
        raise UsageError(_problem("COZY_FIELDS", say("it names no account")))
    is_deleted = message.get("account_deleted") is True
    revision = message.get("account_rev")
    if is_deleted and not isinstance(revision, str):
        raise UsageError(_problem("COZY_FIELDS", say("it names no account_rev")))
    number = variables.get("COZY_JOB_ID", "")
    limit = variables.get("COZY_TIME_LIMIT", "")
    is_number = limit.isascii() and limit.isdigit() and len(limit) < 7  # noqa: PLR2004 - digits
    seconds = float(limit) if is_number else _USUAL_LIMIT
    return StackJob(
        address=address.rstrip("/"),
        token=_token(_need(variables, "COZY_CREDENTIALS")),
        account=account,
        slug=str(message.get("konnector") or "sgeflow"),
        number=number if _ID.fullmatch(number) else "",
        limit=max(0.0, seconds - KILLED_BEFORE),
        is_manual=variables.get("COZY_JOB_MANUAL_EXECUTION", "") == "true",
        deleted_revision=revision if is_deleted else None,
        secrets=_secrets(variables),
    )


def _token(text: str) -> str:
    """A token as it is, or taken from the credentials of a development client."""
    if not text.lstrip().startswith("{"):
        token = text.strip()
    else:
        content = _parse(text, "COZY_CREDENTIALS")
        inner = content.get("token")
        access = inner.get("accessToken") if isinstance(inner, dict) else inner
        token = access if isinstance(access, str) else ""
    if not token or any(sign <= " " or sign > "~" for sign in token):
        raise UsageError(_problem("COZY_CREDENTIALS", say("it holds no token")))
    return token


def _secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """The operator's secrets that the stack keeps; empty unless they are a map of names."""
    text = variables.get("COZY_PARAMETERS", "").strip()
    if text in ("", "null"):
        return {}
    secrets = _parse(text, "COZY_PARAMETERS").get("secret")
    if not isinstance(secrets, dict):
        return {}
    return {
        name: value
        for name, value in secrets.items()
        if isinstance(value, str) and _NAME.fullmatch(name)
    }


def _parse(text: str, name: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UsageError(_problem(name, say("it is not a JSON object")))
    return content


def _need(variables: Mapping[str, str], name: str) -> str:
    if not (text := variables.get(name, "")):
        raise UsageError(_problem(name, say("it is not set")))
    return text


def _problem(name: str, why: Message) -> Problem:
    message = say("the variable {name} is not as a Cozy's stack gives it", name=name)
    return Problem(id=Id.USAGE, message=message, note=why)


LOGIN_FAILED = "LOGIN_FAILED"
VENDOR_DOWN = "VENDOR_DOWN"
UNKNOWN_ERROR = "UNKNOWN_ERROR"
UNCLEAR = "UNKNOWN_ERROR.UNCLEAR"  # on the operator's list: the customer of the consent is unknown
PARTIAL_SYNC = "UNKNOWN_ERROR.PARTIAL_SYNC"
_OWN = regex(
    r"(LOGIN_FAILED|USER_ACTION_NEEDED|VENDOR_DOWN|MAINTENANCE|TERMS_VERSION_MISMATCH|UNKNOWN_ERROR)"
    r"(\.[A-Z_]+)?"
)
_BY_EXIT: Mapping[Exit, str] = {
    Exit.REFUSED: VENDOR_DOWN,
    Exit.TECHNICAL: VENDOR_DOWN,
    Exit.PARTIAL: PARTIAL_SYNC,
    Exit.INTERRUPTED: PARTIAL_SYNC,
}


class JobEnd(Struct, frozen=True, kw_only=True):
    """The end of a job; an empty code means success."""

    code: str = ""
    tries_again: bool = False  # whether the stack starts the job a second time after 60 ms

    @property
    def exit(self) -> int:
        """The exit code of the process."""
        return 1 if self.code else 0


def end_for(code: str, exit_: Exit) -> JobEnd:
    """The end of a job by a flow's code, or else by an exit code.

    An immediate repetition helps only after a timeout; the next schedule asks SGE again.
    """
    if exit_ is Exit.OK:
        return JobEnd()
    if _OWN.fullmatch(code):
        return JobEnd(code=code)
    known = _BY_EXIT.get(exit_, UNKNOWN_ERROR)
    return JobEnd(code=known, tries_again=exit_ is Exit.INTERRUPTED)
