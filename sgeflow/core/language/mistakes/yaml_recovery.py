"""Error recovery of YAML: a text is read on behind a slip, in the ways in which it may be meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

import yaml
from msgspec.structs import replace

from sgeflow.core.language.mistakes.yaml_composer import Composition, Loader, compose_text
from sgeflow.core.language.mistakes.yaml_fixes import Way, open_value, site_of, ways_to_fix
from sgeflow.core.language.mistakes.yaml_layout import SlipKind
from sgeflow.core.language.mistakes.yaml_patches import (
    MOST_PATCHES,
    Patches,
    add_patches,
    apply_patches,
    place_in_source,
)
from sgeflow.core.language.mistakes.yaml_syntax import unreadable, unsound
from sgeflow.core.language.text import Source
from sgeflow.errors import Problem
from sgeflow.messages import say, sentences

_UNSOUND = -1.0
_MOST_MEANT = 3  # that may be meant; all are looked at
_IN_BRACKETS = "while parsing a flow"


def recover(source: Source) -> tuple[Composition, ...]:
    """The nodes of a text; in each way in which its slips may be meant."""
    first = _compose(source, 0)
    others = range(1, first.ways if first.is_whole else 1)
    return (first, *(_compose(source, way) for way in others))


def _compose(source: Source, way: int) -> Composition:
    """The nodes of a text, each of its slips fixed in one of the ways that there are."""
    patches: Patches = ()
    problems: tuple[Problem, ...] = ()
    ways = 1
    while True:
        text = apply_patches(source.text, patches)
        composed = Source(source.name, text, source.private)
        try:
            return Composition(compose_text(text), patches, problems, ways=ways)
        except yaml.MarkedYAMLError as error:
            problem, kind = unreadable(composed, error, Loader)
            problems = (*problems, _in_source(problem, text, source, patches))
            fixes = _sound_fixes(text, error, problem, kind)
            if not fixes or len(problems) > MOST_PATCHES:
                return _broken_off(source, problems)
            fix = fixes[min(way, len(fixes) - 1)]
            is_open = any(one.is_open for one in fix)
            ways = max(ways, len(fixes), 1 + is_open)
            patches = add_patches(patches, fix)
        except (yaml.YAMLError, RecursionError) as error:
            return _broken_off(source, (*problems, unsound(composed, error)))


def _broken_off(source: Source, problems: tuple[Problem, ...]) -> Composition:
    """A text that is not read on: the last of its problems says so, where anything is left."""
    *before, last = problems
    line = last.at.line if last.at else 0
    if any(rest.strip() for rest in source.text.split("\n")[line:]):
        rest = say("the rest of the document was not looked at")
        last = replace(last, note=sentences(last.note, rest, between="; "))
    return Composition(problems=(*before, last), is_whole=False)


def _sound_fixes(
    text: str, error: yaml.MarkedYAMLError, problem: Problem, kind: SlipKind
) -> list[Patches]:
    """What may be meant where a text could not be composed: what composes, of a few ways at most.

    Where there are more, or none, nothing is known of the value in which the slip stands.
    """
    ways = ways_to_fix(text, error, problem, kind)
    fixes = _furthest(text, ways)
    if 0 < len(fixes) <= _MOST_MEANT:
        return fixes
    is_in_value = kind not in (SlipKind.COLUMN, SlipKind.OTHER)
    opened = open_value(site_of(text, error, problem)) if is_in_value else ()
    return _furthest(text, [tuple(opened)])


def _furthest(text: str, ways: Sequence[Way]) -> list[Patches]:
    """Of each way the patches behind which a text is read furthest, where none is read further."""
    reached = [max(_reaches(text, way), default=(_UNSOUND, ()), key=_line) for way in ways]
    most = max(map(_line, reached), default=_UNSOUND)
    return [patches for line, patches in reached if line == most > _UNSOUND]


def _reaches(text: str, way: Way) -> Iterator[tuple[float, Patches]]:
    return ((_reach(text, patches), patches) for patches in way)


def _line(reached: tuple[float, Patches]) -> float:
    return reached[0]


def _reach(text: str, patches: Patches) -> float:
    """The line up to which a text with patches is sound; `_UNSOUND` where it fixes none."""
    if all(one.stands_for_value and not one.is_open for one in patches):
        return inf
    line = text.count("\n", 0, max(one.end for one in patches))
    try:
        compose_text(apply_patches(text, patches))
    except yaml.MarkedYAMLError as error:
        mark, begun = error.problem_mark, error.context_mark
        is_within = (
            _IN_BRACKETS in (error.context or "") and begun is not None and begun.line <= line
        )
        reach = mark.line if mark is not None else _UNSOUND
        return _UNSOUND if is_within or reach <= line else reach
    except (yaml.YAMLError, RecursionError):
        return _UNSOUND
    return inf


def _in_source(problem: Problem, text: str, source: Source, patches: Patches) -> Problem:
    """A problem of a patched text, told of the text as it is written."""
    at = problem.at
    if at is None or not patches:
        return problem
    begin = sum(len(line) + 1 for line in text.split("\n")[: at.line - 1])
    place = place_in_source(begin + at.column - 1, patches)
    column = place - (source.text.rfind("\n", 0, place) + 1)
    line, before = source.line(at.line - 1), source.line(at.line - 2)
    return replace(problem, at=replace(at, column=column + 1, text=line, before=before))
