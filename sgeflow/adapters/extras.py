"""Extras: the command that installs the optional libraries of a part of sgeflow."""

import sys
from pathlib import Path

from sgeflow.adapters.project_files import show_path
from sgeflow.patterns import regex

_EXTRA = regex(r"""extra\s*==\s*['"]([\w-]+)['"]""")


def install_command(extra: str) -> str:
    """The command that installs an extra for the Python that runs sgeflow, from any folder.

    The command names the libraries: pip would look for `sgeflow[extra]` on a registry, although
    sgeflow was installed from a clone.
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
