"""Extras: libraries that a part of sgeflow needs, and the command that brings them."""

from __future__ import annotations

import sys
from pathlib import Path

from sgeflow.adapters.project_files import show_path
from sgeflow.patterns import regex

_EXTRA = regex(r"""extra\s*==\s*['"]([\w-]+)['"]""")


def install_command(extra: str) -> str:
    """The command to type: it works in any folder, for the Python that sgeflow runs on.

    It names the libraries rather than `sgeflow[extra]`, which pip would look for on a registry
    though sgeflow came from a clone.
    """
    import shlex
    from importlib.metadata import PackageNotFoundError, requires

    try:
        declared = requires("sgeflow") or []
    except PackageNotFoundError:  # a folder that is imported and not installed
        declared = []
    parts = [line.partition(";") for line in declared]
    named = [name.strip() for name, _, mark in parts if extra in _EXTRA.findall(mark)]
    python = shlex.quote(show_path(Path(sys.executable)))
    libraries = map(shlex.quote, named or [f"sgeflow[{extra}]"])
    return f"{python} -m pip install {' '.join(libraries)}"
