"""One check and how it came out: what was found, and what to do when that is not well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from itertools import chain

from msgspec import Struct

from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import Message, say
from sgeflow.values import Discreet


class CheckStatus(Enum):
    """How a check came out; programs read the values."""

    FINE = "ok"
    WARNING = "warning"  # it works now, and somebody must act
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True, kw_only=True):
    """A check by name, what was found, and what to do; an id where it is not well."""

    check: Message
    status: CheckStatus
    message: Message
    remedy: str = ""
    id: Id | None = None


class FindingGroup(Struct, frozen=True, kw_only=True):
    """Findings of one thing: an endpoint, the environment, this machine."""

    name: str  # for programs
    title: str
    findings: tuple[Finding, ...]


class Checkup(Struct, frozen=True, kw_only=True):
    """All that was found of an environment."""

    environment: str
    title: str
    simulated: bool
    groups: tuple[FindingGroup, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in their order."""
        return tuple(chain.from_iterable(group.findings for group in self.groups))

    def count(self, status: CheckStatus) -> int:
        """How many checks came out so."""
        return sum(finding.status is status for finding in self.findings)

    @property
    def exit(self) -> Exit:
        """The exit code of the first failed check, else of the first warning, else 0."""
        for status in (CheckStatus.FAILED, CheckStatus.WARNING):
            for finding in self.findings:
                if finding.status is status and finding.id:
                    return finding.id.exit
        return Exit.OK


def fine(check: Message, message: Message) -> Finding:
    """A check that found nothing wrong."""
    return Finding(check=check, status=CheckStatus.FINE, message=message)


def warning(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """A check of something that works now, and will not, or should not."""
    return Finding(check=check, status=CheckStatus.WARNING, message=message, remedy=remedy, id=id_)


def failure(check: Message, id_: Id, message: Message, remedy: str) -> Finding:
    """A check that failed."""
    return Finding(check=check, status=CheckStatus.FAILED, message=message, remedy=remedy, id=id_)


def skip(check: Message, why: Message) -> Finding:
    """A check that could not be made, and why."""
    return Finding(
        check=check, status=CheckStatus.SKIPPED, message=say("not checked: {why}", why=why)
    )


def of_problem(check: Message, problem: Problem, otherwise: str) -> Finding:
    """A problem as a finding: its own remedy, or another one when it has none."""
    remedy = next((text for label, text in problem.details if label == "remedy"), otherwise)
    return failure(check, problem.id, problem.message, remedy)


def of_problems(check: Message, problems: Iterable[Problem], otherwise: str) -> tuple[Finding, ...]:
    """Each problem as a finding."""
    return tuple(of_problem(check, problem, otherwise) for problem in problems)


class Certificate(Discreet, frozen=True, kw_only=True):
    """The facts of one certificate; names as bytes, to compare, and as a person reads them."""

    withheld = frozenset({"subject", "issuer"})

    name: str
    issuer_name: str
    begins: datetime
    ends: datetime
    for_clients: bool = True
    subject: bytes
    issuer: bytes

    @property
    def signs_itself(self) -> bool:
        """Whether it is its own issuer."""
        return self.subject == self.issuer
