"""Options that several commands share, each declared once with its environment variable."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sgeflow.cli.shared import completion
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import Message, from_table, say
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.runtime.options import Options

LOG_FORMS = ("text", "json")


Act = TypeVar("Act", bound=Callable[..., None])


class CommandApp(typer.Typer):
    """The Typer app of a command or of a group."""

    def register(
        self, name: str = "", *forms: str, quiet: bool = False, verbose: bool = False
    ) -> Callable[[Act], Act]:
        """Register a command, or the group's own function if there is no name.

        The command gets the option `--output` with its forms, `--quiet`, `--verbose` and `--debug`.
        The callbacks of these options set the terminal, so that the function does not take them.
        """
        added: dict[str, tuple[Any, Any]] = {"debug": (Debug, False)}
        if verbose:
            added = {"verbose": (Verbose, False), **added}
        if quiet:
            added = {"quiet": (Quiet, False), **added}
        if forms:
            added = {"output": (Annotated[str | None, output(*forms)], None), **added}

        def decorate(act: Act) -> Act:
            @wraps(act)
            def call(**values: Any) -> None:
                act(**{key: value for key, value in values.items() if key not in added})

            own = signature(act, eval_str=True)
            parameters = [
                *own.parameters.values(),
                *(
                    Parameter(key, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
                    for key, (annotation, default) in added.items()
                ),
            ]
            call.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
            call.__annotations__ = {one.name: one.annotation for one in parameters}
            (self.command(name) if name else self.callback())(call)
            return act

        return decorate


def command_app(**more: Any) -> CommandApp:
    """Return the Typer app of a command; a group of commands passes more settings."""
    return CommandApp(
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **more,
    )


def terminal_of(context: typer.Context) -> Terminal:
    """Return the terminal of this command: its streams and output options."""
    terminal: Terminal = context.find_object(Terminal) or Terminal()
    return terminal


def need(
    context: typer.Context, word: str, name: str, known: Callable[[], list[str]] | None = None
) -> None:
    """Check that a required word is given; without it print the help if requested, or raise.

    The error lists the names that `known`, the completion of the word, gives.
    """
    if word:
        return
    if context.params.get("help_"):
        typer.echo(context.get_help())
        raise typer.Exit
    from sgeflow.cli.shared.usage_errors import known_here

    problem = Problem(
        id=Id.USAGE,
        message=say("{name} is missing", name=from_table(name)),
        details=(("see", f"{context.command_path} --help"),),
    )
    raise UsageError(known_here(problem, name, known() if known else ()))


def is_on_command_line(context: typer.Context, *parameters: str) -> bool:
    """Return whether a parameter comes from the command line, not from a variable."""
    sources = (context.get_parameter_source(one) for one in parameters)
    return any(source is not None and source.name == "COMMANDLINE" for source in sources)


def option(*words: str, help: str, envvar: str = "", **more: Any) -> Any:  # noqa: A002 - Typer's word
    """Return an option that names its variable in its help.

    Older versions of Typer import rich to add the variable, even for plain help.
    """
    text = f"{help} [env var: {envvar}]" if envvar else help
    return typer.Option(
        *words, help=text, envvar=envvar or None, show_envvar=False, show_default=False, **more
    )


def argument(**more: Any) -> Any:
    """Return an argument; its default is not shown."""
    return typer.Argument(show_default=False, **more)


def file_to_write(*words: str, help: str, **more: Any) -> Any:  # noqa: A002 - Typer's word
    """Return an option for a file or folder to write; a symbolic link is refused early."""
    return option(*words, help=help, callback=_tell_link, **more)


def _tell_link(context: typer.Context, value: Any) -> Any:
    if isinstance(value, Path) and value.is_symlink():
        from sgeflow.adapters.atomic_write import link_note

        terminal_of(context).aside(link_note(value) or "")
    return value


def _manner(name: str) -> Callable[[typer.Context, Any], Any]:
    """Return a callback that sets a terminal option before the command begins."""

    def tell(context: typer.Context, value: Any) -> Any:
        if value:
            setattr(terminal_of(context), name, str(value) if isinstance(value, Path) else value)
        return value

    return tell


def _flag(name: str, *words: str, text: str) -> Any:
    return option(
        *words, help=text, envvar=f"SGEFLOW_{name.upper()}", is_eager=True, callback=_manner(name)
    )


def _environment(text: str) -> Any:
    return option(
        "--env",
        metavar="NAME",
        help=f"{text} [env var: SGEFLOW_ENV]",
        autocompletion=completion.environments,
    )


def output(*forms: str) -> Any:
    """Return the option for the form of the result, with the forms of the command."""

    def check(context: typer.Context, value: str | None) -> str | None:
        if value and value not in forms:
            raise unknown_form(value, forms)
        result: str | None = _manner("output")(context, value)
        return result

    return option(
        "--output",
        "-O",
        help=f"Form of the result: {', '.join(forms)}.",
        envvar="SGEFLOW_OUTPUT",
        metavar="FORM",
        is_eager=True,
        callback=check,
        autocompletion=lambda: list(forms),
    )


def unknown_form(value: str, forms: tuple[str, ...]) -> UsageError:
    """Return the error for a form that the result does not have."""
    message = say('--output: "{value}" is not available here', value=value)
    return UsageError(_no_form(message, value, forms))


def _read_log(context: typer.Context, value: str | None) -> str | None:
    if value and value not in LOG_FORMS:
        message = say('--log: "{value}" is not a format', value=value)
        raise UsageError(_no_form(message, value, LOG_FORMS))
    result: str | None = _manner("log")(context, value)
    return result


def _no_form(message: Message, value: str, forms: tuple[str, ...]) -> Problem:
    from sgeflow.core.language.mistakes.suggest import closest

    near = closest(value, forms)
    return Problem(
        id=Id.USAGE, message=message, allowed=forms, allowed_label="forms", suggestion=near
    )


Project = Annotated[
    Path | None,
    option(
        "--project",
        metavar="DIR",
        help="Project folder; by default the nearest upwards with documents.",
        envvar="SGEFLOW_PROJECT",
    ),
]
# These four have variables too, which the session reads: the cassette's date and environment come
# after the option and before the variable.
Env = Annotated[str | None, _environment("Environment; by default the simulator.")]
StateOf = Annotated[str | None, _environment("Environment of the state, if it has its own.")]
Today = Annotated[
    str | None,
    option(
        "--today",
        metavar="YYYY-MM-DD",
        help="The date to run at, instead of today's. [env var: SGEFLOW_TODAY]",
    ),
]
Scenario = Annotated[
    str | None,
    option(
        "--scenario",
        metavar="NAME",
        help="The scenario of the simulator. [env var: SGEFLOW_SCENARIO]",
        autocompletion=completion.scenarios,
    ),
]
Offline = Annotated[
    bool | None,
    option(
        "--offline",
        help="Never use the network; simulated and replayed runs never do."
        " [env var: SGEFLOW_OFFLINE]",
    ),
]
Faults = Annotated[
    str,
    option(
        "--faults",
        metavar="LIST",
        help="Faults of the simulator: SGT500:5%,latency:200ms,503:2%.",
        envvar="SGEFLOW_FAULTS",
    ),
]
Record = Annotated[
    Path | None,
    file_to_write(
        "--record",
        metavar="FILE",
        help="Record the conversation in a vcrpy cassette, without personal data and secrets.",
        envvar="SGEFLOW_RECORD",
    ),
]
Replay = Annotated[
    Path | None,
    option(
        "--replay",
        metavar="FILE",
        help="Answer from a cassette, without any network.",
        envvar="SGEFLOW_REPLAY",
    ),
]
State = Annotated[
    str | None,
    option(
        "--state",
        metavar="PLACE",
        help="Place of the journal and stores: a folder (.sgeflow beside the project), or"
        " postgresql://…",
        envvar="SGEFLOW_STATE",
        is_eager=True,
        callback=_manner("state"),
    ),
]
Quiet = Annotated[bool, _flag("quiet", "--quiet", "-q", text="No progress, only problems.")]
Verbose = Annotated[bool, _flag("verbose", "--verbose", "-v", text="Every step and every call.")]
Debug = Annotated[bool, _flag("debug", "--debug", text="Show the traceback of a bug.")]
Simulated = Annotated[
    str, option("--generation", help="current (the default) or previous.", metavar="NAME")
]
Log = Annotated[
    str | None,
    option(
        "--log",
        metavar="text|json",
        help="Log progress on stderr, one line an event.",
        envvar="SGEFLOW_LOG",
        is_eager=True,
        callback=_read_log,
        autocompletion=lambda: list(LOG_FORMS),
    ),
]
Confirm = Annotated[
    bool,
    option(
        "--confirm-orders",
        help="Send orders although the environment asks for a confirmation.",
        envvar="SGEFLOW_CONFIRM_ORDERS",
    ),
]

Operation = Annotated[
    str,
    argument(metavar="OPERATION", help="Its name.", autocompletion=completion.operations),
]
OutputPath = Annotated[str, option("--path", metavar="NAME", help="Only this output.")]
Run = Annotated[
    str,
    argument(
        metavar="RUN", help="A run's id, or the beginning of it.", autocompletion=completion.runs
    ),
]
Customer = Annotated[
    int | None,
    option(
        "--customer",
        metavar="N",
        min=1,
        help="Number of an earlier customer of the point; default: the current customer.",
    ),
]


def run_options(
    env: str | None,
    today: str | None,
    scenario: str | None,
    faults: str,
    record: Path | None,
    replay: Path | None,
    state: str | None,
    offline: bool | None,
    *,
    confirm: bool = False,
) -> Options:
    """Return the options of a run or call.

    Raises:
        UsageError: a cassette is to be both recorded and replayed.
    """
    from sgeflow.runtime.options import Options

    if record and replay:
        message = say("a cassette is either recorded or replayed")
        raise UsageError.of(Id.USAGE, message, where="--record, --replay")
    return Options(
        environment=env,
        today=today,
        scenario=scenario,
        faults=faults,
        record=record,
        replay=replay,
        state=state,
        offline=offline,
        confirm_orders=confirm,
    )
