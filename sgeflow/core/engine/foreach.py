"""The items of a `foreach`: one after the other, and what they give together."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.failures import error_failure
from sgeflow.core.engine.step import Done, End, Failed, Returned, Run, Step
from sgeflow.core.engine.unknown_orders import deciding_end
from sgeflow.core.language.template import Scope
from sgeflow.core.model import Failure, Status
from sgeflow.errors import SgeflowError
from sgeflow.messages import Message, say, say_count


def stops_others(end: Any) -> bool:
    """Whether an item or branch ended in a way that ends the others too."""
    return not isinstance(end, Done)


def is_return(end: Any) -> bool:
    """Whether the whole flow ends here, well."""
    return isinstance(end, Returned)


def in_turn(
    step: Step, scripts: tuple[Script[End], ...], scope: Scope, run: Run
) -> Script[list[End | None]]:
    """One item after the other, to the first that stops or that `until` holds for."""
    until = step.foreach.until if step.foreach else None
    ends: list[End | None] = []
    for script in scripts:
        end = yield from script
        ends.append(end)
        if is_return(end) or (stops_others(end) and (step.keep or not step.collect)):
            break
        if isinstance(end, Done) and end.status is not Status.SKIPPED and until:
            try:
                if until.truth({**scope, "this": end.outputs}):
                    break
            except SgeflowError as error:
                ends[-1] = Failed(failure=error_failure(error, run), undos=end.undos)
                break
    return ends


def gather(step: Step, items: list[Any], ends: list[End | None]) -> End:
    """What the items give together, in their order."""
    began = [end for end in ends if end is not None]
    undos = tuple(pending for end in began for pending in end.undos)
    outputs = [end.outputs for end in began if isinstance(end, Done)]
    partial = any(isinstance(e, Done) and e.status is Status.PARTIAL for e in began)
    if end := deciding_end(began, collect=step.collect):
        return replace(end, undos=undos)
    if not step.collect:
        status = Status.PARTIAL if partial else Status.DONE
        return Done(outputs=outputs, undos=undos, status=status, summary=_summary(len(outputs)))
    failed = [
        failed_item(items[index], end.failure)
        for index, end in enumerate(ends)
        if isinstance(end, Failed)
    ]
    return Done(
        outputs={"items": outputs, "failed": failed},
        undos=undos,
        status=Status.PARTIAL if failed or partial else Status.DONE,
        summary=_summary(len(outputs), len(failed)),
    )


def _summary(count: int, failed: int = 0) -> Message:
    items = say_count("{count:,} item", "{count:,} items", count=count)
    return say("{items}, {failed:,} failed", items=items, failed=failed) if failed else items


def failed_item(item: Any, failure: Failure) -> dict[str, Any]:
    """A collected failure, as expressions read it."""
    return {"item": item, "step": failure.step, **fault_facts(failure)}


def fault_facts(failure: Failure) -> dict[str, Any]:
    """What handlers read as `fault`."""
    fault_class = failure.fault_class.value if failure.fault_class else ""
    return {"code": failure.code, "message": failure.problem.message, "class": fault_class}
