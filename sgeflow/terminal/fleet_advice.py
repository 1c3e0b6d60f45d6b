"""What a person may do behind the end of a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.locale.translate import translate
from sgeflow.messages import Message, say, say_count


def next_lines(report: Any) -> Iterator[str]:
    """About orders that nobody knows of, and about rows that are left or failed."""
    orders = _about_orders(report) if report.going_on else ()  # a simulated one leaves none
    yield from map(translate, (*orders, *_about_the_rest(report)))


def _about_orders(report: Any) -> Iterator[Message]:
    if standing := report.tally.stranded:
        yield say_count(
            "{count:,} row could not undo what it did:  {command}",
            "{count:,} rows could not undo what they did:  {command}",
            count=standing,
            command=report.orders,
        )
    if waiting := report.tally.unknown:
        yield say_count(
            "{count:,} row waits for a person to look for its order:  {command}",
            "{count:,} rows wait for a person to look for their orders:  {command}",
            count=waiting,
            command=report.orders,
        )

    if accounts := report.accounts:
        yield say_count(
            "{count:,} account of an earlier customer is still open:  {command}",
            "{count:,} accounts of earlier customers are still open:  {command}",
            count=accounts,
            command=report.orders,
        )
    if report.held and report.tally.failed:
        yield say(
            "orders are held since {since}: look at Enedis for orders that this state does not"
            " know, then  {command}",
            since=report.held,
            command=report.release,
        )


def _about_the_rest(report: Any) -> Iterator[Message]:
    if report.given_up and not report.is_whole:
        yield say_count(
            "{count:,} rows were not begun: too many have failed",
            "{count:,} rows were not begun: too many have failed",
            count=report.not_begun,
        )
    if report.token_refused and not report.is_whole:
        yield say(
            "the gateway refuses the token of {environment}: mend it, and look with"
            "  sgeflow doctor --env {environment}",
            environment=report.environment,
        )
    if not report.is_whole and not report.interrupted:  # an interrupted one says so at its end
        yield (
            say("go on with  {command}", command=report.going_on)
            if report.going_on
            else say("a simulated fleet is not gone on with: run it again")
        )
    elif report.is_whole and report.tally.failed > report.tally.waiting:
        yield say("run the failed rows again with  {command}", command=report.again)
