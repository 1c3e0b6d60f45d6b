"""The door of the command line; `--version` answers before anything else is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process and return its exit code."""
    words = sys.argv[1:]
    if words and words[0] in ("--version", "-V"):
        from sgeflow import __version__

        sys.stdout.write(f"sgeflow {__version__}\n")
        return 0
    from sgeflow.cli.main import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
