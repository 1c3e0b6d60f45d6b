"""The page of the API: every name of `sgeflow.__all__`, by what it is for, from its docstring."""

from __future__ import annotations

from collections.abc import Iterator

import sgeflow

_HEAD = """# The API

For anyone who calls sgeflow from Python. [The library](library.md) shows how it is used;
here is every public name, from its docstring.
"""
_GROUPS = {
    "Functions": (
        "call",
        "run",
        "run_fleet",
        "resume",
        "resume_fleet",
        "resolve_order",
        "connect",
        "windows",
        "open_catalog",
    ),
    "How it is done": ("Options", "Fleet", "Endpoint"),
    "What comes of it": (
        "CallResult",
        "RunReport",
        "FleetReport",
        "Failure",
        "Problem",
        "Measure",
        "Connection",
        "Workspace",
    ),
    "Events": ("Listener", "RunStarted", "StepBegun", "StepEnded", "CallRecord", "Warn"),
}
_WITHIN = {  # what a class has for its callers; what is not said here has all of it
    "Options": (),
    "Fleet": (),
    "Workspace": ("operation", "flow", "environment"),
}


def api_page() -> str:
    """The page, as mkdocstrings fills it in.

    Raises:
        ValueError: a public name stands in no group, or one in a group is not public.
    """
    errors = tuple(sorted(n for n in sgeflow.__all__ if _is_error(n)))
    groups = {**_GROUPS, "Errors": ("SgeflowError", *(n for n in errors if n != "SgeflowError"))}
    named = {name for names in groups.values() for name in names}
    if lost := named ^ ({*sgeflow.__all__} - {"__version__"}):
        raise ValueError(f"the page of the API and the public names differ: {sorted(lost)}")
    return "\n".join([_HEAD, *_sections(groups)])


def _sections(groups: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for title, names in groups.items():
        yield f"## {title}\n"
        for name in names:
            yield f"::: sgeflow.{name}\n    options:\n      heading_level: 3"
            if name in _WITHIN:
                yield f"      members: [{', '.join(_WITHIN[name])}]"
            yield ""


def _is_error(name: str) -> bool:
    found = getattr(sgeflow, name)
    return isinstance(found, type) and issubclass(found, sgeflow.SgeflowError)
