"""YAML text is read on behind what is no YAML where it is plain what was meant."""

from __future__ import annotations

import yaml
from msgspec.structs import replace

from sgeflow.core.language.mistakes.yaml_composer import Loader, compose_text
from sgeflow.core.language.mistakes.yaml_repairs import (
    MOST_PATCHES,
    Patch,
    apply_patches,
    patches_for,
    place_in_source,
)
from sgeflow.core.language.mistakes.yaml_syntax import unreadable, unsound
from sgeflow.core.language.text import Source
from sgeflow.errors import Problem

_IN_BRACKETS = "while parsing a flow"


def mend(
    source: Source,
) -> tuple[yaml.Node | None, tuple[Patch, ...], tuple[Problem, ...]]:
    """The nodes of a text; with as many patches as problems, else it is not read on.

    Marks of nodes are places of the patched text.
    """
    patches: tuple[Patch, ...] = ()
    problems: tuple[Problem, ...] = ()
    while True:
        text = apply_patches(source.text, patches)
        composed = Source(source.name, text, source.private)
        try:
            return compose_text(text), patches, problems
        except yaml.MarkedYAMLError as error:
            problem = unreadable(composed, error, Loader)
            problems = (*problems, _in_source(problem, text, source, patches))
            mends = [one for one in patches_for(text, error, problem) if _mends(text, one)]
            if len(mends) != 1 or len(patches) == MOST_PATCHES:
                return None, patches, problems
            (patch,) = mends
            start, end = (place_in_source(at, patches) for at in (patch.start, patch.end))
            patches = (*patches, replace(patch, start=start, end=end))
        except (yaml.YAMLError, RecursionError) as error:
            return None, patches, (*problems, unsound(composed, error))


def _mends(text: str, patch: Patch) -> bool:
    """Whether a text with a patch is sound up to the end of the line that it mends, and beyond."""
    if patch.stands_for_value:
        return True
    line = text.count("\n", 0, patch.start)
    try:
        compose_text(apply_patches(text, (patch,)))
    except yaml.MarkedYAMLError as error:
        mark, begun = error.problem_mark, error.context_mark
        is_within = (
            _IN_BRACKETS in (error.context or "") and begun is not None and begun.line <= line
        )
        return mark is not None and mark.line > line and not is_within
    except (yaml.YAMLError, RecursionError):
        return False
    return True


def _in_source(problem: Problem, text: str, source: Source, patches: tuple[Patch, ...]) -> Problem:
    """A problem of a patched text, told of the text as it is written."""
    at = problem.at
    if at is None or not patches:
        return problem
    begin = sum(len(line) + 1 for line in text.split("\n")[: at.line - 1])
    place = place_in_source(begin + at.column - 1, patches)
    column = place - (source.text.rfind("\n", 0, place) + 1)
    line, before = source.line(at.line - 1), source.line(at.line - 2)
    return replace(problem, at=replace(at, column=column + 1, text=line, before=before))
