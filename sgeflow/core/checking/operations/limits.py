"""What `limits` says of periods: checked, and made rules, which every call is held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sgeflow.core.checking.document import TYPES
from sgeflow.core.documents import Limits, Operation
from sgeflow.core.language.dates import Duration, add, parse_duration
from sgeflow.core.language.expression import Expression, compile_expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.parameter import Parameter, Rule
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.text import Path
from sgeflow.core.language.unparse import constant_text
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, exception_text, say, say_count

Parameters = Mapping[str, Parameter]
_LIMITS = ("window", "history")
_TWO = 2  # dates: where a period begins, and its end


def limit_rules(reader: Reader, limits: Limits, parameters: Parameters) -> Iterator[Rule]:
    """The rules that follow: how long a period of a kind is at most, and how far back it begins.

    A limit of months is held to with a month more: how Enedis rounds its months is not written.
    """
    dates = _dates(parameters)
    for limit in _LIMITS:
        for kind, written in getattr(limits, limit).items():
            named = _kind_of(parameters, kind)
            if named is None or len(dates) != _TWO or _flaw(written):
                continue
            start, end = dates
            needed = dates if limit == "window" else [start]
            there = [f"present({one.name})" for one in needed if not one.required]
            when = " && ".join([f"{named.name} == {constant_text(kind)}", *there])
            if limit == "window":
                check = f"{start.name} >= date_add({end.name}, '-{written}')"
                message = _window_message(kind, written)
            else:
                check = f"{start.name} >= date_add(run.today, '-{_lenient_length(written)}')"
                message = say("{kind} goes back {time}", kind=kind, time=_time(written))
            yield Rule(
                when=_expression(reader, when, ("limits", limit, kind)),
                check=_expression(reader, check, ("limits", limit, kind)),
                message=message,
                dated=limit == "history",
            )


def check_limits(reader: Reader, operation: Operation) -> Iterator[Problem]:
    """A limit is one of a kind of data, a value of some parameter, and of a period of two dates."""
    known = [name for one in operation.parameters.values() for name in _kinds(one)]
    dates = _dates(operation.parameters)
    for limit in _LIMITS:
        for kind, written in getattr(operation.limits, limit).items():
            path: Path = ("limits", limit, kind)
            if kind not in known:
                yield Problem(
                    id=Id.UNKNOWN_REFERENCE,
                    message=say('no parameter can be "{name}"', name=kind),
                    at=reader.at(path, key=True),
                    note=say("a period is given for a value of a parameter"),
                    allowed=tuple(known),
                    suggestion=closest(kind, known),
                )
            if flaw := _flaw(written):
                yield Problem(id=Id.MALFORMED, message=flaw, at=reader.at(path))
        if getattr(operation.limits, limit) and len(dates) != _TWO:
            yield Problem(
                id=Id.UNKNOWN_REFERENCE,
                message=say("a limit is one of the two dates of a period"),
                lacks=TYPES,  # whose mistakes are told, not what follows from them
                at=reader.at(("limits", limit), key=True),
                note=say_count(
                    "{count} parameter has `format: date`; write a rule instead",
                    "{count} parameters have `format: date`; write a rule instead",
                    count=len(dates),
                ),
            )


def _dates(parameters: Parameters) -> list[Parameter]:
    """The dates that are taken, in the order of the XML: where a period begins, and its end."""
    return [one for one in parameters.values() if one.is_date]


def _kinds(parameter: Parameter) -> list[str]:
    return [str(value) for value in parameter.schema.get("enum", ())]


def _kind_of(parameters: Parameters, kind: str) -> Parameter | None:
    return next((one for one in parameters.values() if kind in _kinds(one)), None)


def _flaw(written: str) -> Message | None:
    """Why dates cannot be so far apart."""
    try:
        add("2100-01-01", written)
    except ValueError as error:
        return exception_text(error)
    length = parse_duration(written)
    if length and not length.backwards:
        return None
    return say("{text!r} is no length of time; write it like P7D or P24M", text=written)


def _lenient_length(written: str) -> str:
    length = parse_duration(written)
    return f"P{length.months + 1}M{length.days}D" if length.months else written


def _window_message(kind: str, written: str) -> Message:
    return say(
        "{kind} covers at most {time} a call; a flow cuts a longer period with "
        "windows(start, end, '{step}')",
        kind=kind,
        time=_time(written),
        step=written,
    )


def _time(written: str) -> Message | str:
    length = parse_duration(written)
    if length == Duration(months=length.months):
        return say_count("{count} month", "{count} months", count=length.months)
    if length == Duration(days=length.days):
        return say_count("{count} day", "{count} days", count=length.days)
    return written


def _expression(reader: Reader, text: str, path: Path) -> Expression:
    return compile_expression(text, reader.spot(path))
