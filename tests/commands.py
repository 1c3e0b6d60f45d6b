"""Every command of the command line, for tests that read them all."""

from sgeflow.cli.commands import COMMANDS, make_command


def every_command():
    """Each command, subcommands too, with the words that call it."""
    for name in COMMANDS:
        command = make_command(name)
        yield (name,), command
        for below, inner in getattr(command, "commands", {}).items():
            yield (name, below), inner
