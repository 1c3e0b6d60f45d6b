"""The whole command line: its commands, and the place where errors become text and exit code."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Annotated, Any

import typer

from sgeflow.cli.commands import Commands, command_path, in_language
from sgeflow.cli.shared.signals import SignalHandler, interruptible
from sgeflow.errors import Exit, SgeflowError, UsageError
from sgeflow.locale.translate import check_language, language
from sgeflow.runtime.arguments import command_line
from sgeflow.terminal.terminal import Terminal
from sgeflow.version import __version__

# Typer contains click since 0.26 and depends on it before; click's exceptions are reached through
# Typer.
_CommandLineError: Any = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="sgeflow",
    cls=Commands,
    help="Run flows and call operations of SGE, the web services of Enedis, from YAML documents.",
    epilog="Results go to stdout, everything else to stderr. Try: sgeflow run konnector",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
) -> None:
    """Run flows and call operations of SGE, the web services of Enedis, from YAML documents."""
    if version:
        sys.stdout.write(f"sgeflow {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
        raise typer.Exit


def run(words: Sequence[str], *, behind: SignalHandler | None = None) -> int:
    """Run one command line and return its exit code; no exception escapes.

    After the command, Ctrl-C calls `behind`, or the handler that was set before.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # of text streams alone
    terminal = Terminal()
    with interruptible(terminal, behind), command_line():
        try:
            return _run_guarded(words, terminal)
        except KeyboardInterrupt:
            terminal.tell_interruption()
            return Exit.INTERRUPTED


def _run_guarded(words: Sequence[str], terminal: Terminal) -> int:
    try:
        return _run(words, terminal)
    except SgeflowError as error:
        _tell(error, terminal)
        return error.exit
    except BrokenPipeError:
        terminal.discard_results()
        return Exit.OK
    except Exception as error:  # noqa: BLE001 - a file that the system refuses, else a bug
        from sgeflow.adapters.system_files import refusal_of_file

        if (refusal := refusal_of_file(error)) is not None:
            _tell(refusal, terminal)
            return refusal.exit
        from sgeflow.runtime.bug_report import trace_of, write_bug

        _tell(SgeflowError(write_bug(error, words, terminal.state, __version__)), terminal)
        if terminal.debug:
            terminal.aside(trace_of(error))
        return Exit.BUG


def _run(words: Sequence[str], terminal: Terminal) -> int:
    check_language()
    command = _whole_command(language())
    args = [*words[1:], "--help"] if words and words[0] == "help" else list(words)
    try:
        code = command(args=args, prog_name="sgeflow", standalone_mode=False, obj=terminal)
    except _CommandLineError as error:
        from sgeflow.cli.shared.usage_errors import usage

        raise UsageError(usage(error, command_path(args))) from None
    except typer.Exit as end:
        code = end.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit:  # Typer's exit when the reader of stdout has closed the pipe
        raise BrokenPipeError from None
    return int(code) if isinstance(code, int) else Exit.OK


@cache
def _whole_command(reads: str) -> Any:
    """Return the whole command line in a language."""
    return in_language(reads, typer.main.get_command(app))


def _tell(error: SgeflowError, terminal: Terminal) -> None:
    from sgeflow.terminal.formats import to_json
    from sgeflow.terminal.problems import problems_text

    if terminal.log == "json":
        for problem in error.problems:
            document = problem.to_dict()
            terminal.log_event("problem", level="error", exit=int(error.exit), **document)
    elif terminal.output == "json":
        problems = [problem.to_dict() for problem in error.problems]
        terminal.aside(to_json({"exit": int(error.exit), "problems": problems}))
    else:
        text = problems_text(error.problems, terminal.width, terminal.paint_aside)
        terminal.aside(text)
