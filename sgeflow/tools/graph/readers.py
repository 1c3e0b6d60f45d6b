"""Who reads a value of a flow."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sgeflow.core.checking.flows.expression_sites import ExpressionSite, every_site, reads
from sgeflow.core.engine.step import Catalog, Flow
from sgeflow.core.engine.walk import StepPosition, is_in_handler, placed_in, plain
from sgeflow.core.language.unparse import FieldPath
from sgeflow.messages import say, verbatim
from sgeflow.tools.graph.origins import Link


def readers(
    flow: Flow, path: FieldPath, step: StepPosition | None = None, rest: FieldPath = ()
) -> Iterator[Link]:
    """The expressions of a flow that read a path, or what a step gives behind some names."""
    for site in every_site(flow):
        targets = _seen_as(step, rest, site) if step else (path,)
        if any(_touches(read, target) for read in reads(site) for target in targets):
            yield _reader(site)


def callers(flow: Flow, catalog: Catalog, rest: FieldPath) -> Iterator[Link]:
    """Who reads an output of a flow in the flows that call it."""
    for other in catalog.flows.values():
        for one in placed_in(other):
            if one.step.uses.flow == flow.name:
                for link in readers(other, (), one, rest):
                    words = say("{flow}, {reader}", flow=other.name, reader=link.words)
                    yield replace(link, words=words)


def _seen_as(placed: StepPosition, rest: FieldPath, site: ExpressionSite) -> tuple[FieldPath, ...]:
    """The paths by which a site reads what a step gives: shorter ones within the same group."""
    here = (*site.block, site.step.id) if site.step else ()
    shared = 0
    for one, other in zip(placed.block, here, strict=False):
        if one != other:
            break
        shared += 1
    names = placed.path[shared:]
    if is_in_handler(names):  # nothing reads it from outside
        return ()
    within = ("steps", *plain(names), *rest)
    itself = site.step is placed.step and site.role in ("poll", "foreach", "undo")
    return (within, ("this", *rest)) if itself else (within,)


def _touches(read: FieldPath, target: FieldPath) -> bool:
    """Whether a path that is read is the target, lies in it, or holds it."""
    shorter = min(len(read), len(target))
    return read == target or (shorter > 1 and read[:shorter] == target[:shorter])


def _reader(site: ExpressionSite) -> Link:
    text = site.expression.text
    at = site.expression.spot.at(0, len(text))
    if site.step is None:
        return Link(words=verbatim(site.role), at=at, text=text)
    step = ".".join((*plain(site.block), site.step.id))
    words = say("step {step}, {role}", step=step, role=verbatim(site.role))
    return Link(words=words, at=at, text=text)
